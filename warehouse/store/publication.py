"""Publishing a build: one commit point, the ledger's `published` entry.

Both files are kept under their hashes, then the entry that names them is appended (the commit), then each file that
people open is replaced in one rename. If a run is killed in between, `heal` restores the files from the ledger.

A pack's `sealed` entry keeps its build from being pruned: it gives the SHA-256 of the restricted file as `build`.
The caller must hold the store's lock for everything that writes here.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any, NamedTuple

from warehouse.problem import Problem
from warehouse.store.evidence_store import EvidenceStore
from warehouse.store.keys import GENERAL, RESTRICTED, build_key, name_of_run
from warehouse.store.ledger import Entry, Ledger

# The published files, by the name of their hash in the body of a `published` entry.
PUBLISHED = {
    "restricted": RESTRICTED,
    "general": GENERAL,
}
_SHA256 = re.compile(r"[0-9a-f]{64}")
_REPORT = re.compile(r"runs/([0-9]{8}T[0-9]{12}Z)/")


def publish(
    store: EvidenceStore,
    ledger: Ledger,
    *,
    restricted: Path,
    general: Path,
    at: datetime,
    body: Mapping[str, Any],
    entry_id: str | None = None,
    move: bool = False,
) -> Entry:
    """Keep both files, commit them to the ledger, and put them where people open them.

    Args:
        restricted, general: two finished DuckDB files, closed.
        at: the moment of publication, not before the ledger's last entry.
        body: the body of the entry, to which the hashes `restricted` and `general` are added (as at, evidence, code
            version, headline results).
        entry_id: as in `Ledger.append`.
        move: the files are handed over and gone afterwards; quicker if they are on the store's own disk.

    Returns:
        The `published` entry.

    Raises:
        Problem: a file is still being written, or the ledger refuses the entry; nothing has been published.
    """
    sources = {"restricted": restricted, "general": general}
    if clash := sorted(set(body) & set(sources)):
        raise Problem(
            f"The body may not name {', '.join(clash)}.", fix="Rename it: these are the hashes of the published files."
        )
    for source in sources.values():
        if source.with_name(f"{source.name}.wal").exists():
            raise Problem(
                "A build is not finished: DuckDB's log is still next to it.",
                where=str(source),
                why="The file alone would lack what is still in the log.",
                fix="CHECKPOINT and close every connection before publishing.",
            )
    stored = {name: store.put_by_hash("builds", source, move=move) for name, source in sources.items()}
    hashes = {name: build.sha256 for name, build in stored.items()}
    entry = ledger.append("published", {**body, **hashes}, at, entry_id)
    for name, key in PUBLISHED.items():
        store.replace_with(key, stored[name].key)
    return entry


def latest_published(ledger: Ledger, until: datetime | date | int | None = None) -> Entry | None:
    """The last `published` entry (known by `until`, see `Ledger.until`); None before the first."""
    entries = ledger.entries() if until is None else ledger.until(until)
    return next((entry for entry in reversed(entries) if entry.kind == "published"), None)


class Healed(NamedTuple):
    """What was repaired at the start of a run: one phrase for each repair done or not possible; empty if all was well.

    `stands` is False if a published file does not match the ledger and could not be restored.
    """

    done: list[str]
    stands: bool


def heal(store: EvidenceStore, ledger: Ledger) -> Healed:
    """Restore the published files to match the ledger, and remove half-written files of killed runs.

    Run it at each start. A published file that cannot be restored is left unchanged: the run must publish a new one.
    """
    stands = True
    done = [f"removed {name}, which a stopped run left half-written" for name in store.remove_leftovers()]
    entry = latest_published(ledger)
    for name, key in PUBLISHED.items():
        there = store.exists(key)
        if entry is None:
            if there:
                done.append(f"{key} is not known to the ledger: nothing has been published yet")
            continue
        expected = _hash(entry, name)
        if there and store.recorded_sha256(key) == expected:
            continue
        said = f"ledger entry {entry.sequence}"
        build = build_key(expected)
        if not store.exists(build):
            stands = False
            done.append(f"{key} does not match {said} and cannot be restored: {build} is not in the store")
        elif store.sha256(build) != expected:
            stands = False
            done.append(f"{key} does not match {said} and cannot be restored: {build} has been altered")
        else:
            store.replace_with(key, build)
            done.append(f"restored {key} from {said}: it was {'not the file published' if there else 'missing'}")
    return Healed(done, stands)


def prune(store: EvidenceStore, ledger: Ledger, keep: int = 14) -> list[str]:
    """Remove builds, except the last `keep` and those named in the entry of a sealed or released pack.

    Builds that were never published (by killed runs) are removed too. Before the first publication nothing is removed.

    Returns:
        The keys removed.
    """
    wanted = _wanted(ledger, keep)
    if not wanted:
        return []
    kept = {build_key(sha256) for sha256 in wanted}
    return _removed(store, (key for key in store.keys("builds") if key not in kept))


def prune_reports(store: EvidenceStore, ledger: Ledger, until: datetime, keep: int = 14) -> list[str]:
    """Remove the reports of runs that began before `until` (aware), unless `prune` keeps the run's build.

    Reports name rows of children, so they may not be kept for ever; they can be written again from the evidence.

    Args:
        keep: how many builds `prune` keeps.

    Returns:
        The keys removed.
    """
    wanted = _wanted(ledger, keep)
    kept = {
        entry.body.get("run_id")
        for entry in ledger.entries()
        if entry.kind == "published" and _hash(entry, "restricted") in wanted
    }
    oldest = name_of_run(until)
    runs = ((key, match[1]) for key in store.keys("runs") if (match := _REPORT.match(key)))
    return _removed(store, (key for key, run in runs if run < oldest and run not in kept))


def _wanted(ledger: Ledger, keep: int) -> set[str]:
    """The hashes of the last `keep` builds and of those named in a pack's entry."""
    if keep < 1:
        raise Problem("At least one build must be kept.", fix="Give keep=1 or more.")
    builds: dict[str, set[str]] = {}  # restricted hash -> every hash published with it, in order of last publication
    named: set[str] = set()
    for entry in ledger.entries():
        if entry.kind == "published":
            restricted = _hash(entry, "restricted")
            builds[restricted] = builds.pop(restricted, set()) | {restricted, _hash(entry, "general")}
        elif entry.kind in ("sealed", "released"):
            # Any hash in the body counts: keeping one build too many is the smaller mistake.
            named.update(_SHA256.findall(str(entry.body)))
    wanted = set(named) if builds else set()
    for restricted in list(builds)[-keep:]:
        wanted |= builds[restricted]
    for together in builds.values():
        if together & named:
            wanted |= together
    return wanted


def _removed(store: EvidenceStore, keys: Iterable[str]) -> list[str]:
    removed = list(keys)
    for key in removed:
        store.remove(key)
    return removed


def _hash(entry: Entry, name: str) -> str:
    sha256 = entry.body.get(name)
    if not isinstance(sha256, str) or not _SHA256.fullmatch(sha256):
        raise Problem(
            f"Ledger entry {entry.sequence} does not name the {name} file it published.",
            why="The published file cannot be checked or restored.",
            fix="Publish with `warehouse.store.publication.publish`.",
        )
    return sha256
