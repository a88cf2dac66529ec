"""What must be true of a store after a run was killed or refused, and what the next run must repair."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Collection, Mapping
from pathlib import Path

import duckdb

from transforms.evidence.bag import verify
from warehouse.problem import Problem
from warehouse.store.evidence_store import EvidenceStore
from warehouse.store.keys import STATUS, build_key, extract_key
from warehouse.store.ledger import Entry, Head, Ledger
from warehouse.store.local_folder import LocalFolder
from warehouse.store.publication import PUBLISHED

# What differs although the content is the same: when a run took place, and when its inputs were received.
OF_THE_RUN = {
    "quality.run": {"as_known_on", "ledger_head", "evidence_fingerprint"},
    "quality.sources": {"received_at"},
}
OF_THE_RUN_IN_THE_LEDGER = frozenset(
    {
        "run_id",
        "restricted",
        "general",
        "known_sha256",
        "evidence_fingerprint",
        "inputs",
        "build",
        "fingerprint",
        "zip_sha256",
    }
)

# Opening a file costs more than hashing it, and most trials leave one of two files.
_HEADS: dict[str, Head] = {}


def broken(store: EvidenceStore, known: Head, *, may_be_absent: bool, handed_over: Collection[str] = ()) -> list[str]:
    """What is wrong with a store that a run has just left, however it ended; empty if all is well.

    Args:
        known: the ledger's position before the run.
        may_be_absent: whether nothing had been published before.
        handed_over: hashes of files that were not built at this ledger's own entries, so that they name others.
    """
    try:
        Ledger(store).verify(known)
        entries = Ledger(store).entries()
    except Problem as problem:
        return [f"the ledger is not whole: {problem}"]
    said = [
        *_published_files(store, entries, may_be_absent, handed_over),
        *_mark(store, entries),
        *_received(store, entries),
        *_sealed(store, entries),
    ]
    for key in store.keys("builds"):
        if build_key(store.sha256(key)) != key:
            said.append("a build is not the file its name says")
    for key in store.keys("extracts"):
        if extract_key(store.sha256(key)) != key:
            said.append("an extract is not the file its name says")
    return said


def unhealed(store: EvidenceStore, *, sweeps: bool = True) -> list[str]:
    """What the next run left undone: after it nothing may need repair by hand.

    Args:
        sweeps: whether that run removes half-written files: the nightly does, of every run before it.
    """
    entries = Ledger(store).entries()
    last = next(entry for entry in reversed(entries) if entry.kind == "published")
    said = []
    for name, key in PUBLISHED.items():
        if store.sha256(key) != last.body[name]:
            said.append(f"{key} is not the file of the last published entry")
        if not store.exists(build_key(last.body[name])):
            said.append(f"the {name} build of the last published entry is not kept")
    mark = json.loads(store.read(STATUS))
    if (mark["state"], mark["ledger_entry"]) != ("current", last.sequence):
        said.append(f"the mark next to the files says {mark['state']}, ledger entry {mark['ledger_entry']}")
    sealed = {f"packs/{entry.body['framework']}/{entry.body['pack_id']}" for entry in entries if entry.kind == "sealed"}
    for key in store.keys("packs"):
        if not any(key.startswith((f"{pack}/", f"{pack}.zip")) for pack in sealed):
            said.append("a file of a pack that was never sealed is in packs/")
            break
    if store.protect([], entries[-1].at).is_locked:
        said += [f"{pack}.zip is not locked" for pack in sorted(sealed) if not store.is_protected(f"{pack}.zip")]
    if isinstance(store, LocalFolder):
        left = [path.name for path in store.root.rglob(".partial-*") if sweeps]
        left += [path.name for path in (store.root / ".work").glob("*")]
        if left:
            said.append(f"half-written files are left: {left}")
    if store.holders():
        said.append(f"a lock is still held: {store.holders()}")
    return said


def statements(store: EvidenceStore) -> list[str]:
    """What the ledger states, without times: two histories that say the same give the same result."""
    said = []
    for entry in Ledger(store).entries():
        body = {name: value for name, value in entry.body.items() if name not in OF_THE_RUN_IN_THE_LEDGER}
        said.append(f"{entry.kind} {json.dumps(body, sort_keys=True)}")
    return said


def content(file: Path) -> Mapping[str, str]:
    """A digest of every table of a warehouse file, by name; without the times of its run."""
    with duckdb.connect(str(file), read_only=True) as connection:
        columns: dict[str, list[str]] = {}
        for table, column in connection.execute(
            "SELECT schema_name || '.' || table_name, column_name FROM duckdb_columns() WHERE NOT internal ORDER BY ALL"
        ).fetchall():
            if column not in OF_THE_RUN.get(table, ()):
                columns.setdefault(table, []).append(f'"{column}"')
        each = [
            f"SELECT '{table}', count(*) || ' ' || coalesce(sum(hash({', '.join(names)})), 0) FROM {table}"
            for table, names in columns.items()
        ]
        return dict(connection.execute(" UNION ALL ".join(each)).fetchall())


def content_of(store: EvidenceStore, name: str) -> Mapping[str, str]:
    """The content of a published file; `name` as in PUBLISHED."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "warehouse.duckdb"
        store.fetch(PUBLISHED[name], file)
        return content(file)


def head_in(file: Path, sha256: str) -> Head:
    """The ledger position that a published file of this hash says it was built at."""
    if sha256 not in _HEADS:
        _HEADS[sha256] = _read_head(file)
    return _HEADS[sha256]


def _read_head(file: Path) -> Head:
    with duckdb.connect(str(file), read_only=True) as connection:
        row = connection.execute("SELECT ledger_sequence, ledger_head FROM quality.run").fetchone()
    assert row is not None
    return Head(*row)


def _published_files(
    store: EvidenceStore, entries: list[Entry], may_be_absent: bool, handed_over: Collection[str]
) -> list[str]:
    said = []
    published = [entry for entry in entries if entry.kind == "published"]
    for name, key in PUBLISHED.items():
        if not store.exists(key):
            if not may_be_absent:
                said.append(f"{key} is gone")
            continue
        hashes = {entry.body[name] for entry in published}
        sha256 = store.sha256(key)
        if sha256 not in hashes:
            said.append(f"{key} is neither yesterday's nor today's")
        if sha256 not in hashes or sha256 in handed_over:
            continue
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / "warehouse.duckdb"
            store.fetch(key, file)
            try:
                Ledger(store).verify(head_in(file, sha256))
            except (duckdb.Error, Problem) as error:
                said.append(f"{key} does not open, or its ledger head is not in the ledger: {error}")
    if published:
        last = published[-1]
        for name in PUBLISHED:
            if not store.exists(build_key(last.body[name])):
                said.append(f"the {name} build of the last published entry is not in the store")
    return said


def _mark(store: EvidenceStore, entries: list[Entry]) -> list[str]:
    if not store.exists(STATUS):
        return []
    try:
        mark = json.loads(store.read(STATUS))
    except ValueError:
        return ["the mark next to the published files is torn"]
    number = mark["ledger_entry"]
    if number is not None and (number > len(entries) or entries[number - 1].kind != "published"):
        return [f"the mark next to the published files names ledger entry {number}, which published nothing"]
    return []


def _received(store: EvidenceStore, entries: list[Entry]) -> list[str]:
    received = [entry for entry in entries if entry.kind == "received"]
    said = [
        f"the extract of ledger entry {entry.sequence} is not in the store"
        for entry in received
        if not store.exists(extract_key(entry.body["sha256"]))
    ]
    slots = [
        json.dumps([entry.body[part] for part in ("source", "as_at", "release", "file_name", "sha256")])
        for entry in received
    ]
    if len(set(slots)) < len(slots):
        said.append("the same file was received twice")
    return said


def _sealed(store: EvidenceStore, entries: list[Entry]) -> list[str]:
    said = []
    for entry in entries:
        if entry.kind != "sealed":
            continue
        root = f"packs/{entry.body['framework']}/{entry.body['pack_id']}"
        with tempfile.TemporaryDirectory() as folder:
            zip_file = Path(folder) / "pack.zip"
            bag = Path(folder) / "bag"
            try:
                store.fetch(f"{root}.zip", zip_file)
                for key in store.keys(root):
                    place = bag / key.removeprefix(f"{root}/")
                    place.parent.mkdir(parents=True, exist_ok=True)
                    store.fetch(key, place)
                found = [verify(zip_file), verify(bag)]
            except Problem as problem:
                said.append(f"the pack of ledger entry {entry.sequence} is missing: {problem.what}")
                continue
            if not all(one.whole and one.content_hash == entry.body["content_hash"] for one in found):
                said.append(f"the pack of ledger entry {entry.sequence} is not whole")
    return said
