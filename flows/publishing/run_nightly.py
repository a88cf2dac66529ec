"""The nightly run as a plain function: receive, build, check, publish, report. No Prefect here."""

from __future__ import annotations

import datetime
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flows.callbacks import Say
from flows.publishing.build_warehouse import build_warehouse, fingerprint
from flows.publishing.checks_page import checks_page
from flows.publishing.run_report import Report, issues, read_report, report_markdown, rows_set_aside
from flows.receiving.places import open_drop
from flows.receiving.receive_drop import Receipt, receive_drop, seen_before
from flows.settings import Settings
from warehouse.database import reading
from warehouse.england_time import KnownOn
from warehouse.problem import Problem
from warehouse.store.checked_ledger import checked_ledger
from warehouse.store.evidence_store import EvidenceStore
from warehouse.store.extracts import known_extracts
from warehouse.store.keys import RESTRICTED, STATUS, name_of_run
from warehouse.store.ledger import Entry
from warehouse.store.publication import heal, latest_published, prune, prune_reports, publish


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a nightly run came to.

    Attributes:
        state: "published", "nothing new", "built" (asked not to publish) or "stopped" (too many rows set aside).
        said: one sentence for people.
        receipt: what was received.
        healed: what was put right from an earlier run that was stopped.
        report: the run's report; None where nothing was built.
        entry: the `published` entry in force.
        warehouse: the restricted file that was built or stands published.
        stopped_because: tables over the limit, where the run stopped.
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
    drop: Path | str | None,
    settings: Settings,
    started_at: datetime.datetime,
    received_at: datetime.datetime | None = None,
    as_at: datetime.date | None = None,
    as_known_on: KnownOn | None = None,
    publishing: bool = True,
    say: Say = lambda step: None,
) -> Outcome:
    """Receive a drop, build the warehouse from the evidence and publish it.

    Args:
        drop: where the sources deliver, a folder or s3://bucket/prefix; None: build from what was received before.
        started_at: the moment of the run, aware.
        received_at: the moment to receive and publish at, when loading history; by default `started_at`. May not
            precede the ledger's last entry.
        as_at: the day everything is measured at; by default the newest of any source.
        as_known_on: use only what had been received by then (a day means its end, Europe/London; a ledger number too).
        publishing: False builds into the store without replacing the published files.
        say: told each step.

    Raises:
        Problem: another run is writing, the drop is not there, or there is nothing to build from.
    """
    with store.lock("writer"):
        ledger = checked_ledger(store)
        mended = heal(store, ledger)
        healed = tuple(mended.done)
        run_id = name_of_run(started_at)
        # History is loaded week by week at its own moments: what such a run publishes belongs to that moment too.
        # Another run may have received while this one was waiting its turn.
        happened_at = received_at or max(started_at, ledger.last_at() or started_at)
        receipt = None
        if drop is not None:
            say("receiving files")
            place = open_drop(drop)
            receipt = receive_drop(
                place,
                store,
                ledger,
                received_at=happened_at,
                settle_seconds=settings.settle_seconds,
                seen=seen_before(place, store, settings),
            )
        entries = ledger.entries() if as_known_on is None else ledger.until(as_known_on)
        evidence = known_extracts(entries)
        measured_at = as_at or evidence.as_at
        if measured_at is None or evidence.known_at is None:
            raise Problem(
                "There is no evidence to build from.",
                where=f"the store{'' if as_known_on is None else f', as known on {as_known_on}'}",
                why="No dated extract had been received.",
                fix="Deliver extracts to the drop and give --drop, or name a later --as-known-on.",
            )
        evidence_print = fingerprint(evidence, measured_at, settings)
        last = latest_published(ledger)
        is_known = last is not None and last.body.get("evidence_fingerprint") == evidence_print
        if last is not None and is_known and mended.stands and publishing:
            with store.workspace("build"):
                pass  # empties it of what a run left that was killed once it had published
            _mark(store, "current", last, "")
            return Outcome(
                "nothing new",
                f"Nothing new: the published files of ledger entry {last.sequence} already show this evidence"
                f" as at {measured_at}.",
                receipt,
                healed,
                None,
                last,
                store.local_copy(RESTRICTED),
                run_id,
            )
        published_before = [
            entry for entry in entries if entry.kind == "published" and entry.sequence <= evidence.known.sequence
        ]
        with store.workspace("build") as folder:
            restricted, general = build_warehouse(
                folder, store, evidence, published_before, as_at=measured_at, settings=settings, say=say
            )
            with reading(restricted) as connection:
                report = read_report(connection, settings.set_aside_limit)
                beside = {
                    "rows_set_aside.csv": rows_set_aside(connection),
                    "issues.csv": issues(connection),
                    "checks.html": checks_page(connection),
                }
            _write_report(store, run_id, report, receipt, healed, beside)
            if report.over_the_limit:
                said = (
                    f"Stopped before publishing: more than {settings.set_aside_limit:g}% of the rows of"
                    f" {', '.join(report.over_the_limit)} were set aside."
                    + (" The files published before stay, marked stale." if last else " Nothing is published yet.")
                )
                _mark(store, "stale", last, said)
                return Outcome("stopped", said, receipt, healed, report, last, None, run_id, report.over_the_limit)
            if not publishing:
                kept = store.put_by_hash("builds", restricted, move=True)
                store.put_by_hash("builds", general, move=True)
                return Outcome(
                    "built",
                    f"Built as known at ledger entry {evidence.known.sequence}; not published.",
                    receipt,
                    healed,
                    report,
                    last,
                    store.local_copy(kept.key),
                    run_id,
                )
            say("publishing")
            entry = publish(
                store,
                ledger,
                restricted=restricted,
                general=general,
                move=True,
                at=max(happened_at, ledger.last_at() or happened_at),
                body={
                    "as_at": measured_at.isoformat(),
                    "evidence_fingerprint": evidence_print,
                    "known_sequence": evidence.known.sequence,
                    "known_sha256": evidence.known.sha256,
                    "as_known_on": None if as_known_on is None else str(as_known_on),
                    "figures": [list(figure) for figure in report.current_figures],
                    "run_id": run_id,
                },
            )
            prune(store, ledger, settings.keep_builds)
            oldest = started_at - datetime.timedelta(days=settings.keep_report_days)
            prune_reports(store, ledger, oldest, settings.keep_builds)
        _mark(store, "current", entry, "" if as_known_on is None else f"a rebuild as known on {as_known_on}")
        said = f"Published as at {measured_at}, ledger entry {entry.sequence}."
        if as_known_on is not None:
            said += (
                f" These files show what was known on {as_known_on}; the next run without it brings them up to date."
            )
        return Outcome(
            "published",
            said,
            receipt,
            healed,
            report,
            entry,
            store.local_copy(RESTRICTED),
            run_id,
        )


def _mark(store: EvidenceStore, state: str, entry: Entry | None, because: str) -> None:
    """Say beside the published files whether they are current."""
    said = {
        "state": state,
        "because": because,
        "as_at": entry.body["as_at"] if entry else None,
        "ledger_entry": entry.sequence if entry else None,
        "ledger_sha256": entry.sha256 if entry else None,
        "published_at": entry.at.isoformat() if entry else None,
    }
    _put(store, STATUS, json.dumps(said, indent=2, sort_keys=True) + "\n")


def _write_report(
    store: EvidenceStore,
    run_id: str,
    report: Report,
    receipt: Receipt | None,
    healed: tuple[str, ...],
    beside: Mapping[str, str],
) -> None:
    """Keep the run's report, and what lies beside it by file name."""
    said = {**report.as_json(), "received": list(receipt.received) if receipt else [], "healed": list(healed)}
    _put(store, f"runs/{run_id}/report.json", json.dumps(said, indent=2, default=str) + "\n")
    _put(store, f"runs/{run_id}/report.md", report_markdown(report, receipt, healed))
    for name, text in beside.items():
        _put(store, f"runs/{run_id}/{name}", text)


def _put(store: EvidenceStore, key: str, text: str) -> None:
    store.replace(key, text.encode())
