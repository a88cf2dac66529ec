"""`daytwo status`: what is published, how old it is, whether the ledger is intact, and what needs attention.

It changes nothing.
"""

from __future__ import annotations

import argparse
import datetime
import json
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from flows.commands.arguments import add_store, now, store_of
from flows.commands.printing import show
from warehouse.england_time import LONDON
from warehouse.problem import Problem
from warehouse.store.keys import WRITER, pack_key, zip_of

if TYPE_CHECKING:
    from warehouse.store.evidence_store import EvidenceStore
    from warehouse.store.ledger import Entry, Head

HELP = "show what is published, how old it is, whether the ledger is intact, and what needs attention"
PLACE = 110

WRITERS = {
    WRITER: "a nightly run is writing",
    "pack": "a pack is being built",
    "pull": "sources are being pulled",
    "rehearsal": "packs are being rehearsed",
}
"""What is running while each lock of the store is held."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_store(parser)


def run(given: argparse.Namespace) -> int:
    said = read_status(store_of(given), now())
    show(given, lambda: said, lambda: show_status(said))
    return 0


AS_IT_SHOULD_BE = ("as published", "not published yet")
"""States of a published file that need no attention."""


def read_status(store: EvidenceStore, now: datetime.datetime) -> dict[str, Any]:
    """Read the state of a store without writing to it or taking its locks.

    Args:
        now: aware; ages are counted up to it.

    Returns:
        JSON values: `published`, `mark`, `files`, `sources`, `ledger`, `packs`, `rehearsals`, `last_run`, `working` and
        `look_at`, sentences on what needs attention (empty: nothing does).
    """
    from flows.packing.rehearsal_report import last_rehearsals

    entries, broken = _entries(store)
    mark, unreadable = _mark(store)
    look_at = list(unreadable)
    run, sources, opened_because = _general_file(store)
    if opened_because:
        look_at.append(opened_because)
    damage = _verified(store, entries, mark, run) or broken
    if damage:
        look_at.append(f"The ledger is damaged: {damage['what']} ({damage['where']}). {damage['fix']}.")
    last = next((entry for entry in reversed(entries) if entry.kind == "published"), None)
    published = _published(last, now) if last else None
    files = _files(store, last)
    look_at += [
        f"{file['key']} is {file['state']}; the next nightly run repairs it if the build is still kept."
        for file in files
        if file["state"] not in AS_IT_SHOULD_BE
    ]
    if mark is not None and mark["state"] == "stale":
        look_at.append(f"The published files are stale: {mark['because']}")
    for source in sources:
        if source["is_stale"]:
            look_at.append(f"{source['source']} is as at {source['as_at']}, {source['days_older']} days older.")
    look_at += _packs_gone(store, entries)
    return {
        "read_at": now.isoformat(timespec="seconds"),
        "published": published,
        "mark": mark,
        "files": files,
        "sources": sources,
        "ledger": {
            "entries": len(entries),
            "head": entries[-1].sha256 if entries else None,
            "last_at": entries[-1].at.isoformat() if entries else None,
            "is_whole": damage is None,
            "broken": damage,
        },
        "packs": _packs(store, entries),
        "rehearsals": last_rehearsals(store),
        "last_run": _last_run(store),
        "working": _working(store, now),
        "look_at": look_at,
    }


def show_status(said: dict[str, Any]) -> list[str]:
    """What `read_status` found, as lines for a terminal."""
    lines = _published_lines(said["published"])
    if said["mark"]:
        because = f": {said['mark']['because']}" if said["mark"]["because"] else ""
        lines.append(f"Marked     {said['mark']['state']}{because}")
    lines += [f"File       {file['key']}: {file['state']}" for file in said["files"]]
    for source in said["sources"]:
        stale = f", stale: {source['days_older']} days older" if source["is_stale"] else ""
        dated = f"as at {source['as_at']}" if source["as_at"] else "undated"
        files = f"{source['files']} {'file' if source['files'] == 1 else 'files'}"
        lines.append(f"Source     {source['source']}: {dated}, {files}{stale}")
    ledger = said["ledger"]
    if ledger["is_whole"]:
        lines.append(f"Ledger     intact, {ledger['entries']} entries")
    else:
        lines.append(f"Ledger     DAMAGED: {ledger['broken']['what']}")
    for pack in said["packs"]:
        state = f"{pack['state']}, locked in the bucket" if pack["is_locked"] else pack["state"]
        lines.append(f"Pack       {pack['framework']} {pack['pack_id']}, version {pack['version']}: {state}")
    lines += [f"Rehearsed  {one['framework']}: {one['said']}" for one in said["rehearsals"]]
    last = said["last_run"]
    if last:
        lines.append(f"Last run   {_moment(last['at'])}, report: {last['report']}")
    lines += [f"Now        {work['said']}" for work in said["working"]]
    if said["look_at"]:
        lines += ["", "Needs attention:", *(f"  - {sentence}" for sentence in said["look_at"])]
    return lines


def _published_lines(published: dict[str, Any] | None) -> list[str]:
    if published is None:
        return ["Nothing has been published yet. Run: daytwo nightly --drop D --store S"]
    lines = [
        f"Published  as at {published['as_at']}, ledger entry {published['ledger_entry']},"
        f" {_moment(published['published_at'])} ({_age(published['hours_old'])} ago)",
    ]
    if published["as_known_on"]:
        lines.append(f"           a rebuild as known on {published['as_known_on']}")
    return lines


def _entries(store: EvidenceStore) -> tuple[list[Entry], dict[str, str] | None]:
    from warehouse.store.ledger import Ledger

    try:
        return Ledger(store).entries(), None
    except Problem as problem:
        return [], _as_json(problem)


def _verified(
    store: EvidenceStore, entries: Sequence[Entry], mark: dict[str, Any] | None, run: Head | None
) -> dict[str, str] | None:
    """What is wrong with the ledger, checked against every head of it that is recorded elsewhere; None: nothing."""
    from warehouse.store.keys import STATUS
    from warehouse.store.ledger import Head, Ledger

    heads = [
        Head(entry.body["known_sequence"], entry.body["known_sha256"])
        for entry in entries
        if entry.kind == "published" and "known_sha256" in entry.body
    ]
    heads += [head for head in (run, *_heads_of_packs(store)) if head is not None]
    try:
        Ledger(store).verify(*heads)
    except Problem as problem:
        return _as_json(problem)
    # The mark names an entry without its hash: it shows if entries after the last pack have been cut off.
    number = mark["ledger_entry"] if mark else None
    if number and number > len(entries):
        return {
            "what": f"its end has been cut off: it stops at entry {len(entries)}, but entry {number} was published",
            "where": STATUS,
            "fix": "Restore the ledger's files from a backup",
        }
    return None


def _heads_of_packs(store: EvidenceStore) -> list[Head]:
    """The positions of the ledger that packs record (`Ledger-Head: <number> <hash>` in bag-info.txt)."""
    from warehouse.store.ledger import Head

    heads = []
    for key in store.keys("packs"):
        if not key.endswith("/bag-info.txt"):
            continue
        for line in store.read(key).decode("utf-8", "replace").splitlines():
            label, _, text = line.partition(":")
            number, _, sha256 = text.strip().partition(" ")
            if label == "Ledger-Head" and number.isdecimal():
                heads.append(Head(int(number), sha256))
    return heads


def _as_json(problem: Problem) -> dict[str, str]:
    return {"what": problem.what, "where": problem.where, "fix": problem.fix}


def _mark(store: EvidenceStore) -> tuple[dict[str, Any] | None, tuple[str, ...]]:
    """What the mark beside the published files says, and what is wrong with it."""
    from warehouse.store.keys import STATUS

    if not store.exists(STATUS):
        return None, ()
    try:
        read = json.loads(store.read(STATUS))
        return {name: read[name] for name in ("state", "because", "as_at", "ledger_entry", "published_at")}, ()
    except (ValueError, KeyError, TypeError):
        return None, (f"{STATUS} cannot be read; the next nightly run writes it again.",)


def _general_file(store: EvidenceStore) -> tuple[Head | None, list[dict[str, Any]], str | None]:
    """The ledger's head when the general file was built, the file's sources, and why it could not be read."""
    import duckdb

    from warehouse.database import reading
    from warehouse.store.ledger import Head
    from warehouse.store.publication import PUBLISHED

    path = store.local_copy(PUBLISHED["general"])
    if path is None:
        return None, [], None
    try:
        with reading(path) as connection:
            run = connection.execute("SELECT ledger_sequence, ledger_head FROM quality.run").fetchone()
            rows = connection.execute(
                "SELECT source, as_at::VARCHAR, received_at, is_stale, days_older, files FROM quality.sources"
                " ORDER BY source"
            ).fetchall()
    except duckdb.Error as error:
        return None, [], f"{PUBLISHED['general']} cannot be read ({type(error).__name__})."
    sources = [
        {
            "source": source,
            "as_at": as_at,
            "received_at": received.replace(tzinfo=datetime.UTC).isoformat() if received else None,
            "is_stale": bool(is_stale),
            "days_older": days,
            "files": files,
        }
        for source, as_at, received, is_stale, days, files in rows
    ]
    return (Head(run[0], run[1]) if run else None), sources, None


def _published(entry: Entry, now: datetime.datetime) -> dict[str, Any]:
    return {
        "as_at": entry.body.get("as_at"),
        "as_known_on": entry.body.get("as_known_on"),
        "ledger_entry": entry.sequence,
        "published_at": entry.at.isoformat(),
        "hours_old": round((now - entry.at).total_seconds() / 3600, 1),
    }


def _files(store: EvidenceStore, last: Entry | None) -> list[dict[str, Any]]:
    """Whether each published file is the one its ledger entry names."""
    from warehouse.store.publication import PUBLISHED

    found = []
    for name, key in PUBLISHED.items():
        if not store.exists(key):
            state = "missing" if last else "not published yet"
        elif last is None:
            state = "not in the ledger"
        elif store.recorded_sha256(key) == last.body.get(name):
            state = "as published"
        else:
            state = f"not the file of ledger entry {last.sequence}"
        found.append({"key": key, "state": state})
    return found


def _packs_gone(store: EvidenceStore, entries: Sequence[Entry]) -> list[str]:
    """A sentence for each sealed pack that is no longer in the store."""
    return [
        f"{root} was sealed as ledger entry {entry.sequence} and is no longer in the store."
        for entry in entries
        if entry.kind == "sealed"
        and not store.exists(f"{(root := pack_key(entry.body['framework'], entry.body['pack_id']))}/bagit.txt")
    ]


def _packs(store: EvidenceStore, entries: Sequence[Entry]) -> list[dict[str, Any]]:
    released = {entry.body.get("sealed"): entry for entry in entries if entry.kind == "released"}
    packs = []
    for entry in entries:
        if entry.kind != "sealed":
            continue
        root = pack_key(entry.body["framework"], entry.body["pack_id"])
        release = released.get(entry.sequence)
        packs.append(
            {
                "framework": entry.body["framework"],
                "pack_id": entry.body["pack_id"],
                "version": entry.body["version"],
                "state": "released" if release else "draft",
                "sealed_at": entry.at.isoformat(),
                "ledger_entry": entry.sequence,
                "released_at": release.at.isoformat() if release else None,
                "content_hash": entry.body["content_hash"],
                "is_locked": store.is_protected(zip_of(root)),
            }
        )
    return packs


def _last_run(store: EvidenceStore) -> dict[str, Any] | None:
    reports = [key for key in store.keys("runs") if key.endswith("/report.md")]
    if not reports:
        return None
    run_id = reports[-1].split("/")[1]
    try:
        at = datetime.datetime.strptime(run_id, "%Y%m%dT%H%M%S%fZ").replace(tzinfo=datetime.UTC).isoformat()
    except ValueError:
        at = None
    return {"run_id": run_id, "at": at, "report": store.place(reports[-1])}


def _working(store: EvidenceStore, now: datetime.datetime) -> list[dict[str, Any]]:
    """Who holds a lock, according to its note. The lock itself is not tried: that could stop a run from starting."""
    return [
        {
            "lock": holder.lock,
            "since": holder.since.isoformat(timespec="seconds"),
            "host": holder.host,
            "process": holder.process,
            "said": f"{WRITERS[holder.lock]}, for {_age((now - holder.since).total_seconds() / 3600)}"
            f" (process {holder.process} on {holder.host})",
        }
        for holder in store.holders()
        if holder.lock in WRITERS
    ]


def _moment(text: str | None) -> str:
    if text is None:
        return "at an unknown time"
    return f"{datetime.datetime.fromisoformat(text).astimezone(LONDON):%Y-%m-%d %H:%M}"


def _age(hours: float) -> str:
    """Rounded down, in the largest unit that gives at least one."""
    minutes = max(0, int(hours * 60))
    for size, unit in ((24 * 60, "day"), (60, "hour"), (1, "minute")):
        if minutes >= size or size == 1:
            number = minutes // size
            return f"{number} {unit}{'' if number == 1 else 's'}"
    raise AssertionError
