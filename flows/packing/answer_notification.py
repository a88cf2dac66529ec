"""Answers a notification: freezes what is known, gathers the pack and seals a draft. No Prefect here."""

from __future__ import annotations

import datetime
import hashlib
import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from flows.callbacks import Say, carry_out
from flows.publishing.build_warehouse import build_warehouse
from flows.settings import Settings
from transforms.evidence.bag import Sealed, seal, verify
from transforms.evidence.build_pack import PackSummary, build_pack
from transforms.evidence.framework import Framework, load_framework
from warehouse.code_version import code_version
from warehouse.database import reading
from warehouse.england_time import KnownOn
from warehouse.problem import Problem
from warehouse.store.checked_ledger import checked_ledger
from warehouse.store.evidence_store import EvidenceStore, proved_extract, sha256_of
from warehouse.store.extracts import known_extracts
from warehouse.store.keys import build_key, pack_key, zip_of
from warehouse.store.ledger import Entry, Ledger
from warehouse.store.publication import latest_published


@dataclass(frozen=True, slots=True)
class SealedPack:
    """The pack that answers a notification.

    Attributes:
        state: "sealed", "sealed before" (same extracts, same notification) or "rebuilt" (made again and compared).
        folder, zip_path: where it is: a path, or an address in a bucket; None if it no longer exists.
        ledger_entry: the entry that sealed it.
        protection: whether the store itself protects it from loss, in words.
        summary: what it contains; None if it was sealed before.
    """

    state: str
    said: str
    framework: str
    pack_id: str
    version: int
    content_hash: str
    folder: str | None
    zip_path: str | None
    ledger_entry: int
    summary: PackSummary | None
    protection: str = ""

    def as_json(self) -> dict[str, Any]:
        """For machines: `--json`."""
        return {
            "state": self.state,
            "said": self.said,
            "framework": self.framework,
            "pack_id": self.pack_id,
            "version": self.version,
            "content_hash": self.content_hash,
            "folder": self.folder,
            "zip": self.zip_path,
            "ledger_entry": self.ledger_entry,
            "protection": self.protection,
            "asks": self.asks,
        }

    @property
    def asks(self) -> list[dict[str, Any]]:
        """Each thing asked for and how ready its answers are."""
        if self.summary is None:
            return []
        return [
            {
                "id": one.request.id,
                "title": one.request.title,
                "due_day": one.request.due_day,
                "status": str(one.readiness.status),
                "why": list(one.readiness.reasons),
            }
            for one in self.summary.requests
        ]

    def lines(self) -> list[str]:
        """For a terminal."""
        lines = [self.said]
        for ask in self.asks:
            day = "no day" if ask["due_day"] is None else f"day {ask['due_day']}"
            lines.append(f"  {ask['status']:<9} {day:<6} {ask['title']}")
            lines += [f"  {'':<9} {'':<6} {why}" for why in ask["why"][:2] if ask["status"] != "ready"]
        lines += [
            f"Content hash {self.content_hash}",
            f"Folder       {self.folder}",
            f"Zip          {self.zip_path}",
            *([self.protection] if self.protection else []),
            "It is a draft until two people release it: daytwo release PACK --prepared-by NAME --approved-by NAME"
            " --route TEXT",
        ]
        return lines


def answer_notification(
    store: EvidenceStore,
    *,
    framework: str,
    received_at: datetime.datetime,
    settings: Settings,
    started_at: datetime.datetime,
    as_known_on: KnownOn | None = None,
    say: Say = lambda step: None,
) -> SealedPack:
    """Make and seal the draft pack a framework's notification asks for.

    Args:
        framework: its id, such as slac_2009.
        received_at: when the notification came, aware.
        started_at: now, aware; goes into the ledger and never into the pack's payload.
        as_known_on: make it from what was known then; a pack sealed from the same extracts is made again and compared.
        say: called with each step.

    Raises:
        Problem: no such framework, nothing published, another pack is being made, or a rebuild differs.
    """
    asked = load_framework(framework)
    ledger = checked_ledger(store)
    with store.lock("pack"), frozen(store, ledger, as_known_on, settings, say) as (warehouse, build_hash):
        # A killed run may have sealed a pack without locking it.
        protection = _protect_sealed(store, ledger, settings)
        inputs = _inputs(warehouse, framework, received_at, settings)
        sealed = _sealed_for(ledger, inputs)
        same = next((one for one in reversed(sealed) if one.body["fingerprint"] == _fingerprint(inputs)), None)
        if same is not None and as_known_on is None:
            with store.workspace("pack"):
                pass  # empties it of anything left by a run that was killed after sealing
            return _sealed_before(store, same, protection)
        version = same.body["version"] if same else max((entry.body["version"] for entry in sealed), default=0) + 1
        with store.workspace("pack") as workspace:
            folder = workspace / f"{received_at.astimezone(datetime.UTC):%Y%m%dT%H%MZ}-v{version}"
            summary, made = gather_and_seal(
                store,
                warehouse,
                asked,
                received_at=received_at,
                folder=folder,
                version=version,
                authority_name=inputs["authority_name"],
                changes=_changes(ledger, sealed[-1], inputs) if sealed and same is None else (),
                say=say,
            )
            if same is not None:
                return _compare(store, same, made.content_hash, summary)
            zip_sha256 = carry_out(say, "keeping the pack", partial(_keep, store, made, framework))
            entry = _enter(
                ledger,
                {
                    "framework": framework,
                    "pack_id": folder.name,
                    "version": version,
                    "content_hash": made.content_hash,
                    "zip_sha256": zip_sha256,
                    "build": build_hash,
                    "fingerprint": _fingerprint(inputs),
                    "inputs": inputs,
                },
                started_at,
            )
            said = (
                f"Sealed {framework} {folder.name} (version {version}) as ledger entry {entry.sequence},"
                f" from what was known at entry {inputs['known_sequence']}, as at {inputs['as_at']}."
            )
            return _sealed_pack("sealed", said, store, entry, summary, _protect_sealed(store, ledger, settings))


def _inputs(warehouse: Path, framework: str, received_at: datetime.datetime, settings: Settings) -> dict[str, Any]:
    """Everything a pack's payload depends on, except libraries and fonts."""
    with reading(warehouse) as connection:
        run = connection.execute(
            "SELECT ledger_sequence, ledger_head, as_at::VARCHAR, code_version, authority_code FROM quality.run"
        ).fetchone()
    assert run is not None
    return {
        "framework": framework,
        "received_at": received_at.astimezone(datetime.UTC).isoformat(),
        "known_sequence": run[0],
        "known_sha256": run[1],
        "as_at": run[2],
        "warehouse_code": run[3],
        "code": code_version(),
        "authority_name": council_name(settings, run[4]),
    }


def _fingerprint(inputs: dict[str, Any]) -> str:
    """SHA-256 of the inputs: equal fingerprints, equal content."""
    return hashlib.sha256(json.dumps(inputs, sort_keys=True).encode()).hexdigest()


def _sealed_for(ledger: Ledger, inputs: dict[str, Any]) -> list[Entry]:
    """The packs sealed for the same notification, oldest first."""
    return [
        entry
        for entry in ledger.entries()
        if entry.kind == "sealed"
        and entry.body["framework"] == inputs["framework"]
        and entry.body["inputs"]["received_at"] == inputs["received_at"]
    ]


def _keep(store: EvidenceStore, made: Sealed, framework: str) -> str:
    """Put the pack's folder and zip into the store; returns the hash of the stored zip."""
    root = pack_key(framework, made.folder.name)
    # Files that a killed run left unsealed must not mix with this pack.
    for key in store.keys(root):
        store.remove(key)
    store.remove(zip_of(root))
    for path in sorted(file for file in made.folder.rglob("*") if file.is_file()):
        store.put_if_absent(f"{root}/{path.relative_to(made.folder).as_posix()}", path)
    store.put_if_absent(zip_of(root), made.zip_file)
    return store.sha256(zip_of(root))


def _enter(ledger: Ledger, body: dict[str, Any], started_at: datetime.datetime) -> Entry:
    """Record in the ledger that the pack was sealed."""
    return ledger.append("sealed", body, max(started_at, ledger.last_at() or started_at))


def _sealed_pack(
    state: str, said: str, store: EvidenceStore, entry: Entry, summary: PackSummary | None, protection: str = ""
) -> SealedPack:
    """The pack of a `sealed` entry, with where it is now."""
    body = entry.body
    folder, zip_path = _places(store, body["framework"], body["pack_id"])
    return SealedPack(
        state,
        said,
        body["framework"],
        body["pack_id"],
        body["version"],
        body["content_hash"],
        folder,
        zip_path,
        entry.sequence,
        summary,
        protection,
    )


def council_name(settings: Settings, authority_code: str) -> str:
    """The council's name on the pack's pages."""
    return settings.authority_name or (f"Authority {authority_code}" if authority_code else "The council")


def gather_and_seal(
    store: EvidenceStore,
    warehouse: Path,
    framework: Framework,
    *,
    received_at: datetime.datetime,
    folder: Path,
    version: int,
    authority_name: str,
    changes: Sequence[str] = (),
    say: Say,
) -> tuple[PackSummary, Sealed]:
    """Write the pack into `folder`, whose name becomes its id, and seal it there: a bag, and a zip next to it.

    A rehearsal calls this too, so it proves what a notification will do.

    Raises:
        Problem: as `build_pack` and `seal`.
    """

    def gather() -> PackSummary:
        with reading(warehouse) as connection:
            return build_pack(
                connection,
                framework,
                received_at,
                documents=partial(proved_extract, store),
                folder=folder,
                version=version,
                authority_name=authority_name,
                changes=changes,
                progress=say,
            )

    summary = carry_out(say, "gathering the pack", gather)
    info = {
        "Source-Organization": authority_name,
        "External-Identifier": f"{framework.id} {folder.name}",
        "External-Description": f"{framework.title}: draft pack, version {version}",
        "Ledger-Head": f"{summary.ledger_sequence} {summary.ledger_head}",
        "Code-Version": code_version(),
    }
    made = carry_out(say, "sealing", partial(seal, folder, bagged_on=received_at.date(), info=info))
    return summary, made


@contextmanager
def frozen(
    store: EvidenceStore,
    ledger: Ledger,
    as_known_on: KnownOn | None,
    settings: Settings,
    say: Say,
    *,
    workspace: str = "warehouse_for_pack",
) -> Iterator[tuple[Path, str | None]]:
    """The restricted warehouse to answer from, and its hash if it is a published build.

    Args:
        as_known_on: use what was known then; None: what is published.
        workspace: of the store, in which a warehouse that is no longer kept is built again.

    Raises:
        Problem: nothing has been published, or nothing was known then.
    """
    if as_known_on is None:
        entry = latest_published(ledger)
        if entry is None:
            raise Problem(
                "Nothing has been published yet.",
                why="A pack is built from a published warehouse.",
                fix="Run: daytwo nightly --drop D --store S",
            )
        builds = [entry]
        entries = ledger.until(entry.body["known_sequence"])
    else:
        entries = ledger.until(as_known_on)
        known = known_extracts(entries).head.sequence
        published = (entry for entry in reversed(ledger.entries()) if entry.kind == "published")
        builds = [entry for entry in published if entry.body["known_sequence"] == known]
    for entry in builds:
        path = carry_out(say, "freezing what is known", partial(_proved_build, store, entry.body["restricted"], say))
        if path is not None:
            yield path, entry.body["restricted"]
            return
    known_then = known_extracts(entries)
    if known_then.as_at is None:
        raise Problem(
            "Nothing was known then.",
            where=f"as known on {as_known_on}",
            why="A pack is built from extracts.",
            fix="Name a later moment; daytwo status shows what is in the ledger.",
        )
    published_before = [
        entry for entry in entries if entry.kind == "published" and entry.sequence <= known_then.head.sequence
    ]
    with store.workspace(workspace) as folder:
        restricted, _ = build_warehouse(
            folder, store, known_then, published_before, as_at=known_then.as_at, settings=settings, say=say
        )
        yield restricted, None


def _proved_build(store: EvidenceStore, sha256: str, say: Say) -> Path | None:
    """A kept build, checked to be the bytes published; None if it must be built again from the extracts."""
    path = store.local_copy(build_key(sha256))
    if path is not None and sha256_of(path) != sha256:
        say("the kept build has changed since it was published: building it again")
        return None
    return path


def _places(store: EvidenceStore, framework: str, pack_id: str) -> tuple[str | None, str | None]:
    """Where the pack's folder and zip are; None for one that does not exist."""
    root = pack_key(framework, pack_id)
    declaration = f"{root}/bagit.txt"
    folder = store.place(declaration).removesuffix("/bagit.txt") if store.exists(declaration) else None
    return folder, store.place(zip_of(root)) if store.exists(zip_of(root)) else None


def _protect_sealed(store: EvidenceStore, ledger: Ledger, settings: Settings) -> str:
    """Have the store lock every sealed pack not yet locked; returns the sentence on how the last one is protected."""
    said = ""
    for entry in ledger.entries():
        if entry.kind != "sealed":
            continue
        root = pack_key(entry.body["framework"], entry.body["pack_id"])
        until = entry.at + datetime.timedelta(days=settings.pack_retention_days)
        protection = store.protect([], until)
        if not protection.is_locked:
            return protection.said
        # The zip last: if it is locked, everything is.
        if store.exists(zip_of(root)) and not store.is_protected(zip_of(root)):
            protection = store.protect([*store.keys(root), zip_of(root)], until)
        said = protection.said
    return said


def _sealed_before(store: EvidenceStore, entry: Entry, protection: str) -> SealedPack:
    """The pack sealed from the same inputs, proved whole if its folder still exists."""
    body = entry.body
    root = pack_key(body["framework"], body["pack_id"])
    folder, _ = _places(store, body["framework"], body["pack_id"])
    if folder is not None:
        with store.workspace("pack_again") as workspace:
            for key in store.keys(root):
                copy = workspace / key.removeprefix("packs/")
                copy.parent.mkdir(parents=True, exist_ok=True)
                store.fetch(key, copy)
            found = verify(workspace / root.removeprefix("packs/"))
        if not found.whole or found.content_hash != body["content_hash"]:
            raise Problem(
                "The pack sealed from these extracts is no longer whole.",
                where=folder,
                why="It can no longer be proved to be what was sealed.",
                fix=f"Restore packs/ from the backup, or take the zip; it was ledger entry {entry.sequence}.",
            )
    said = (
        f"Nothing new: {body['framework']} {body['pack_id']} was sealed from the same extracts as ledger entry"
        f" {entry.sequence}."
    )
    return _sealed_pack("sealed before", said, store, entry, None, protection)


def _compare(store: EvidenceStore, entry: Entry, content_hash: str, summary: PackSummary) -> SealedPack:
    """The pack made again, which must have the same content as the sealed one."""
    body = entry.body
    if content_hash != body["content_hash"]:
        raise Problem(
            f"The rebuilt pack has the content hash {content_hash}, the sealed one {body['content_hash']}.",
            where=f"{body['framework']} {body['pack_id']}, ledger entry {entry.sequence}",
            why="Extracts, notification and code are the same, so libraries or fonts differ, or a file was altered.",
            fix="Rebuild with the lock file of the sealed pack's version, and run daytwo verify on the sealed pack.",
        )
    said = (
        f"Rebuilt {body['framework']} {body['pack_id']}: the same content hash as sealed in ledger entry"
        f" {entry.sequence}."
    )
    return _sealed_pack("rebuilt", said, store, entry, summary)


def _changes(ledger: Ledger, before: Entry, inputs: dict[str, Any]) -> tuple[str, ...]:
    """What changed since the previous version: files received, rows decided, and the code."""
    earlier = known_extracts(ledger.until(before.body["inputs"]["known_sequence"]))
    later = known_extracts(ledger.until(inputs["known_sequence"]))
    then = {extract.slot: extract for extract in earlier.extracts}
    now = {extract.slot: extract for extract in later.extracts}
    said = []
    for slot in sorted(now):
        place = " ".join(part for part in slot if part)
        if slot not in then:
            said.append(f"received since: {place}")
        elif then[slot].sha256 != now[slot].sha256:
            said.append(f"superseded since: {place}")
    said += [f"no longer used: {' '.join(part for part in slot if part)}" for slot in sorted(then) if slot not in now]
    decided = {decision.sequence for decision in later.decisions} - {
        decision.sequence for decision in earlier.decisions
    }
    withdrawn = {(decision.source_table, decision.key) for decision in earlier.decisions} - {
        (decision.source_table, decision.key) for decision in later.decisions
    }
    for count, what in ((len(decided), "decided since"), (len(withdrawn), "no longer decided")):
        if count:
            said.append(f"{what}: {count} partner {'row' if count == 1 else 'rows'} waiting for a match")
    for name, what in (("code", "the program"), ("as_at", "the as-at date"), ("authority_name", "the council's name")):
        if before.body["inputs"][name] != inputs[name]:
            said.append(f"changed since: {what}, from {before.body['inputs'][name]} to {inputs[name]}")
    return tuple(said)
