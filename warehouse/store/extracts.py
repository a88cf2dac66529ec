"""Which received files a build uses, read from the ledger.

A file is identified by its hash. New bytes for the same delivery replace the old (both are kept). The newest delivery
of each source is used; an older one that arrives later never replaces it.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from warehouse import catalogue
from warehouse.contract import Table
from warehouse.store.decisions import MatchDecision, match_decisions
from warehouse.store.ledger import Entry, Head

DOCUMENTS = "documents"
BENCHMARKS = "benchmarks"
MAPPINGS = "mappings"
_DATED = re.compile(r"[_-](\d{8}|\d{4}-\d{2}-\d{2})$")
FileFormat = Literal["csv", "xlsx", "parquet"]
KINDS_THAT_CHANGE_A_BUILD = ("received", "withdrawn", "decided", "disposed")
"""Kinds of ledger entry that change what a build uses; the others only record what was done."""


@dataclass(frozen=True, slots=True)
class Extract:
    """One file as received.

    Attributes:
        source: folder of the drop.
        as_at: the day the delivery is true for; None for documents, benchmarks and mappings.
        release: folder of a benchmark release; empty elsewhere.
        file_name: as received.
        sha256: the hash of its bytes, which is its name in the store.
        size: in bytes.
        received_at: when, UTC.
        sequence: the ledger entry that received it.
    """

    source: str
    as_at: datetime.date | None
    release: str
    file_name: str
    sha256: str
    size: int
    received_at: datetime.datetime
    sequence: int

    @property
    def slot(self) -> tuple[str, str, str, str]:
        """Identifies the files that are versions of each other: the later one of a slot replaces the earlier."""
        return (self.source, self.as_at.isoformat() if self.as_at else "", self.release, self.file_name)

    @property
    def file_format(self) -> FileFormat | None:
        """By the name's ending; None if no reader knows it."""
        return file_format_of(self.file_name)

    @property
    def tables(self) -> tuple[Table, ...]:
        """The tables the file can hold, by its name: `ssd_person.csv`, `SSD_PERSON_20261031.csv`."""
        return tables_named(self.file_name)


@dataclass(frozen=True, slots=True)
class KnownExtracts:
    """What a build uses.

    Attributes:
        extracts: the files of each source's newest delivery, one for each slot.
        as_at: the newest as-at date of any source; None until something dated has arrived.
        head: the newest ledger entry used: its number and hash.
        head_at: when that entry was written; None if there is none.
        older: the files of each source's older deliveries, the oldest first: not built from, but the newest delivery is
            compared with the previous one.
        disposed: hashes of files that were disposed of.
        decisions: people's decisions about partner rows that match no child.
    """

    extracts: tuple[Extract, ...]
    as_at: datetime.date | None
    head: Head
    head_at: datetime.datetime | None
    older: tuple[Extract, ...] = ()
    disposed: frozenset[str] = frozenset()
    decisions: tuple[MatchDecision, ...] = ()

    def of(self, source: str) -> tuple[Extract, ...]:
        return tuple(extract for extract in self.extracts if extract.source == source)

    def before(self) -> dict[tuple[str, str], Extract]:
        """The newest file for a table from an older delivery, by source and table's name."""
        return {(extract.source, table.name): extract for extract in self.older for table in extract.tables}


def file_format_of(file_name: str) -> FileFormat | None:
    """csv, xlsx or parquet, by the file name's ending; None for any other."""
    match file_name.rsplit(".", 1)[-1].lower():
        case "csv" | "xlsx" | "parquet" as known:
            return known
        case _:
            return None


def tables_named(file_name: str) -> tuple[Table, ...]:
    """The tables a file with this name can hold; none if no reader knows its ending."""
    if file_format_of(file_name) is None:
        return ()
    stem = _DATED.sub("", file_name.rsplit(".", 1)[0]).lower()
    own = catalogue.by_file().get(stem)
    as_sheets = file_format_of(file_name) == "xlsx"
    sheets = [table for table in catalogue.tables("records") if table.sheet == stem] if as_sheets else []
    return (*((own,) if own else ()), *sheets)


def received_files(entries: Iterable[Entry]) -> dict[tuple[str, str, str, str], Extract]:
    """The newest version of every file ever received, by slot, without withdrawn files."""
    newest: dict[tuple[str, str, str, str], Extract] = {}
    for entry in entries:
        if entry.kind == "received":
            extract = _extract(entry)
            newest[extract.slot] = extract
        elif entry.kind == "withdrawn":
            gone = entry.body.get("sha256")
            newest = {slot: extract for slot, extract in newest.items() if extract.sha256 != gone}
    return newest


def known_extracts(entries: Iterable[Entry]) -> KnownExtracts:
    """What a build uses if these ledger entries, and no later ones, are known."""
    known_entries = list(entries)
    newest = received_files(known_entries)
    newest_as_at: dict[str, datetime.date] = {}
    for extract in newest.values():
        if extract.as_at and extract.as_at >= newest_as_at.get(extract.source, extract.as_at):
            newest_as_at[extract.source] = extract.as_at
    releases = sorted({extract.release for extract in newest.values() if extract.source == BENCHMARKS})
    chosen = [
        extract
        for extract in newest.values()
        if extract.as_at == newest_as_at.get(extract.source)
        and (extract.source != BENCHMARKS or extract.release in releases[-1:])
    ]
    last = next((entry for entry in reversed(known_entries) if entry.kind in KINDS_THAT_CHANGE_A_BUILD), None)
    return KnownExtracts(
        extracts=tuple(sorted(chosen, key=lambda extract: extract.slot)),
        as_at=max(newest_as_at.values(), default=None),
        head=last.head if last else Head(0, "0" * 64),
        head_at=last.at if last else None,
        older=tuple(
            sorted(
                (
                    extract
                    for extract in newest.values()
                    if extract.as_at and extract.as_at < newest_as_at[extract.source]
                ),
                key=lambda extract: (str(extract.as_at), extract.slot),
            )
        ),
        disposed=frozenset(str(entry.body.get("sha256")) for entry in known_entries if entry.kind == "disposed"),
        decisions=match_decisions(known_entries),
    )


def _extract(entry: Entry) -> Extract:
    body = entry.body
    return Extract(
        source=body["source"],
        as_at=datetime.date.fromisoformat(body["as_at"]) if body.get("as_at") else None,
        release=body.get("release", ""),
        file_name=body["file_name"],
        sha256=body["sha256"],
        size=body["size"],
        received_at=entry.at,
        sequence=entry.sequence,
    )
