"""The nightly run as a plain function: receive, build, check, publish, report. No Prefect here."""

from __future__ import annotations

import datetime
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from flows.callbacks import Say, carry_out, silent
from flows.publishing.build_warehouse import build_warehouse
from flows.publishing.checks_page import checks_page
from flows.publishing.describe_build import fingerprint
from flows.publishing.run_report import Report, issues, read_report, report_markdown, rows_set_aside
from flows.receiving.places import Place
from flows.receiving.receive_drop import Receipt, receive_drop, seen_before
from flows.settings import Settings
from warehouse.database import reading
from warehouse.england_time import KnownOn
from warehouse.problem import Problem
from warehouse.store.checked_ledger import checked_ledger
from warehouse.store.evidence_store import EvidenceStore
from warehouse.store.extracts import KnownExtracts, known_extracts
from warehouse.store.keys import RESTRICTED, STATUS, WRITER, name_of_run, report_key
from warehouse.store.ledger import Entry, Ledger
from warehouse.store.publication import Healed, heal, latest_published, prune, prune_reports, publish


@dataclass(frozen=True, slots=True)
class Outcome:
    """The outcome of a nightly run.

    Attributes:
        state: "published", "nothing new", "built" (asked not to publish) or "stopped" (too many rows set aside).
        said: one sentence for people.
        receipt: what was received.
        healed: what was repaired after an earlier run was killed.
        report: the run's report; None if nothing was built.
        entry: the current `published` entry.
        warehouse: the restricted file that was built or is published; None if the run stopped.
        stopped_because: tables over the limit, if the run stopped.
    """

    state: str
    said: str
    receipt: Receipt | None
    healed: tuple[str, ...]
    report: Report | None
    entry: Entry | None
    warehouse: Path | None
    run_id: str
    stopped_because: tuple[str, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """For machines: `--json`."""
        return {
            "state": self.state,
            "said": self.said,
            "run_id": self.run_id,
            "received": list(self.receipt.received) if self.receipt else [],
            "left_alone": list(self.receipt.left_alone) if self.receipt else [],
            "healed": list(self.healed),
            "ledger_entry": self.entry.sequence if self.entry else None,
            "warehouse": str(self.warehouse) if self.warehouse else None,
            "stopped_because": list(self.stopped_because),
            "report": self.report.as_json() if self.report else None,
        }


def run_nightly(
    store: EvidenceStore,
    *,
    drop: Place | None,
    settings: Settings,
    started_at: datetime.datetime,
    received_at: datetime.datetime | None = None,
    as_at: datetime.date | None = None,
    as_known_on: KnownOn | None = None,
    publishing: bool = True,
    say: Say = silent,
) -> Outcome:
    """Receive a drop, build the warehouse from the files known and publish it.

    The store's lock is held from receiving the first file to publishing, so the steps follow one another in this
    thread. One ledger entry commits the publication; the next run repairs whatever a killed run leaves.

    Args:
        drop: where the sources deliver; None: build from what was received before.
        started_at: the moment of the run, aware.
        received_at: the moment to receive and publish at, when loading history; by default `started_at`. It may not be
            earlier than the ledger's last entry.
        as_at: the date everything is measured as at; by default the newest as-at date of any source.
        as_known_on: use only what had been received by then (a day means its end, Europe/London; a ledger number too).
        publishing: False builds into the store without replacing the published files.
        say: called with each step, or carries it out in this thread.

    Raises:
        Problem: another run is writing, the drop does not exist, or there is nothing to build from.
    """
    with store.lock(WRITER):
        ledger = checked_ledger(store)
        healed = heal(store, ledger)
        run = _Run(
            store,
            ledger,
            settings,
            say,
            started_at,
            # History is loaded week by week, each at its own moment: such a run also publishes at that moment.
            # Another run may have received files while this one waited its turn.
            received_at or max(started_at, ledger.last_at() or started_at),
            as_known_on,
            healed,
        )
        if drop is not None:
            run.receive(drop)
        inputs = run.what_is_known(as_at)
        last = latest_published(ledger)
        if last is not None and publishing and run.healed.stands and inputs.made(last):
            return run.nothing_new(last, inputs)
        with store.workspace("build") as folder:
            built = run.build(folder, inputs)
            report = run.report(built)
            if report.over_the_limit:
                return run.stop(last, report)
            if not publishing:
                return run.keep_unpublished(last, inputs, built, report)
            entry = run.publish(inputs, built, report)
        return run.published(entry, inputs, report)


@dataclass(frozen=True, slots=True)
class _Inputs:
    """What is known, and so what this run builds from.

    Attributes:
        published_before: `published` ledger entries known at that moment.
        measured_at: the date everything is measured as at.
        fingerprint: equal fingerprints, equal content.
    """

    known: KnownExtracts
    published_before: list[Entry]
    measured_at: datetime.date
    fingerprint: str

    def made(self, published: Entry) -> bool:
        """Whether the published files were built from the same inputs."""
        return published.body.get("evidence_fingerprint") == self.fingerprint


class _Built(NamedTuple):
    """The two files built, closed."""

    restricted: Path
    general: Path


@dataclass(slots=True)
class _Run:
    """A nightly run that holds the store's lock; its methods are its steps, in order.

    Attributes:
        happened_at: the moment it receives and publishes at.
        healed: what was repaired after an earlier run was killed.
        receipt: set by `receive`.
    """

    store: EvidenceStore
    ledger: Ledger
    settings: Settings
    say: Say
    started_at: datetime.datetime
    happened_at: datetime.datetime
    as_known_on: KnownOn | None
    healed: Healed
    receipt: Receipt | None = None

    @property
    def run_id(self) -> str:
        return name_of_run(self.started_at)

    def receive(self, drop: Place) -> None:
        """Keep the files of the drop, and enter them in the ledger."""

        def work() -> Receipt:
            return receive_drop(
                drop,
                self.store,
                self.ledger,
                received_at=self.happened_at,
                settle_seconds=self.settings.settle_seconds,
                seen=seen_before(drop, self.store, self.settings),
            )

        self.receipt = carry_out(self.say, "receiving files", work)

    def what_is_known(self, as_at: datetime.date | None) -> _Inputs:
        """What to build from: everything received and decided, or what was known at an earlier moment.

        Raises:
            Problem: no dated extract was known.
        """
        entries = self.ledger.entries() if self.as_known_on is None else self.ledger.until(self.as_known_on)
        known = known_extracts(entries)
        measured_at = as_at or known.as_at
        if measured_at is None or known.head_at is None:
            raise Problem(
                "There is nothing to build from.",
                where=f"the store{'' if self.as_known_on is None else f', as known on {self.as_known_on}'}",
                why="No extract with a date had been received.",
                fix="Deliver extracts to the drop and give --drop, or name a later --as-known-on.",
            )
        published = [entry for entry in entries if entry.kind == "published" and entry.sequence <= known.head.sequence]
        return _Inputs(known, published, measured_at, fingerprint(known, measured_at, self.settings))

    def nothing_new(self, last: Entry, inputs: _Inputs) -> Outcome:
        """The published files already show everything that is known: mark them current, and build nothing."""
        with self.store.workspace("build"):
            pass  # empties it of anything left by a run that was killed after publishing
        _mark(self.store, "current", last, "")
        said = (
            f"Nothing new: the published files of ledger entry {last.sequence} already show everything that is known,"
            f" as at {inputs.measured_at}."
        )
        return self._outcome("nothing new", said, None, last, self.store.local_copy(RESTRICTED))

    def build(self, folder: Path, inputs: _Inputs) -> _Built:
        """Build both files in `folder`, in the steps of `build_warehouse`."""
        files = build_warehouse(
            folder,
            self.store,
            inputs.known,
            inputs.published_before,
            as_at=inputs.measured_at,
            settings=self.settings,
            say=self.say,
        )
        return _Built(*files)

    def report(self, built: _Built) -> Report:
        """Read the report from the restricted file, and keep it under runs/ with its lists and page of checks."""

        def work() -> Report:
            with reading(built.restricted) as connection:
                report = read_report(connection, self.settings.set_aside_limit)
                lists = {
                    "rows_set_aside.csv": rows_set_aside(connection),
                    "issues.csv": issues(connection),
                    "checks.html": checks_page(connection),
                }
            said = {
                **report.as_json(),
                "received": list(self.receipt.received) if self.receipt else [],
                "healed": list(self.healed.done),
            }
            self._keep("report.json", json.dumps(said, indent=2, default=str) + "\n")
            self._keep("report.md", report_markdown(report, self.receipt, self.healed.done))
            for name, text in lists.items():
                self._keep(name, text)
            return report

        return carry_out(self.say, "writing the report", work)

    def stop(self, last: Entry | None, report: Report) -> Outcome:
        """Too many rows were set aside: leave what is published, and mark it stale."""
        said = (
            f"Stopped before publishing: more than {self.settings.set_aside_limit:g}% of the rows of"
            f" {', '.join(report.over_the_limit)} were set aside."
            + (" The files published before remain, marked stale." if last else " Nothing is published yet.")
        )
        _mark(self.store, "stale", last, said)
        return self._outcome("stopped", said, report, last, None, report.over_the_limit)

    def keep_unpublished(self, last: Entry | None, inputs: _Inputs, built: _Built, report: Report) -> Outcome:
        """Keep both files in the store without publishing them."""
        kept = self.store.put_by_hash("builds", built.restricted, move=True)
        self.store.put_by_hash("builds", built.general, move=True)
        said = f"Built as known at ledger entry {inputs.known.head.sequence}; not published."
        return self._outcome("built", said, report, last, self.store.local_copy(kept.key))

    def publish(self, inputs: _Inputs, built: _Built, report: Report) -> Entry:
        """Publish both files (the ledger entry commits this), then remove builds and reports no longer to be kept."""

        def work() -> Entry:
            entry = publish(
                self.store,
                self.ledger,
                restricted=built.restricted,
                general=built.general,
                move=True,
                at=max(self.happened_at, self.ledger.last_at() or self.happened_at),
                body={
                    "as_at": inputs.measured_at.isoformat(),
                    "evidence_fingerprint": inputs.fingerprint,
                    "known_sequence": inputs.known.head.sequence,
                    "known_sha256": inputs.known.head.sha256,
                    "as_known_on": None if self.as_known_on is None else str(self.as_known_on),
                    "figures": [list(figure) for figure in report.current_figures],
                    "run_id": self.run_id,
                },
            )
            prune(self.store, self.ledger, self.settings.keep_builds)
            oldest = self.started_at - datetime.timedelta(days=self.settings.keep_report_days)
            prune_reports(self.store, self.ledger, oldest, self.settings.keep_builds)
            return entry

        return carry_out(self.say, "publishing", work)

    def published(self, entry: Entry, inputs: _Inputs, report: Report) -> Outcome:
        """Mark what is published as current."""
        on = self.as_known_on
        _mark(self.store, "current", entry, "" if on is None else f"a rebuild as known on {on}")
        said = f"Published as at {inputs.measured_at}, ledger entry {entry.sequence}."
        if on is not None:
            said += f" These files show what was known on {on}; the next run without it brings them up to date."
        return self._outcome("published", said, report, entry, self.store.local_copy(RESTRICTED))

    def _keep(self, name: str, text: str) -> None:
        self.store.replace(report_key(self.run_id, name), text.encode())

    def _outcome(
        self,
        state: str,
        said: str,
        report: Report | None,
        entry: Entry | None,
        warehouse: Path | None,
        stopped_because: tuple[str, ...] = (),
    ) -> Outcome:
        return Outcome(
            state,
            said,
            self.receipt,
            tuple(self.healed.done),
            report,
            entry,
            warehouse,
            self.run_id,
            stopped_because,
        )


def _mark(store: EvidenceStore, state: str, entry: Entry | None, because: str) -> None:
    """Record next to the published files whether they are current."""
    said = {
        "state": state,
        "because": because,
        "as_at": entry.body["as_at"] if entry else None,
        "ledger_entry": entry.sequence if entry else None,
        "ledger_sha256": entry.sha256 if entry else None,
        "published_at": entry.at.isoformat() if entry else None,
    }
    store.replace(STATUS, (json.dumps(said, indent=2, sort_keys=True) + "\n").encode())
