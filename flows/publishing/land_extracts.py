"""Reads the files of a build into landing: each as received, all as text, with the file and row it came from."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import duckdb

from expectations.every_sheet_read import check_every_sheet_read
from flows.publishing.mappings import Mappings, mapping_for
from flows.secrets_folder import workbook_passphrase
from flows.settings import Settings
from transforms.landing.read_extract import Arrival, read_extract
from transforms.landing.unread_sheets import note_unread_sheets
from transforms.profile.measure_indicators import Received
from transforms.quality.compare_deliveries import Before
from warehouse import catalogue
from warehouse.contract import Table
from warehouse.database import side_by_side
from warehouse.problem import Problem
from warehouse.store.evidence_store import EvidenceStore, proved_extract
from warehouse.store.extracts import BENCHMARKS, DOCUMENTS, Extract, KnownExtracts


@dataclass(frozen=True, slots=True)
class Landed:
    """One table's arrival: the file it came in, and the result of reading it."""

    extract: Extract
    table: Table
    arrival: Arrival
    refused_because: str | None


def land_extracts(
    connection: duckdb.DuckDBPyConnection,
    store: EvidenceStore,
    known: KnownExtracts,
    settings: Settings,
    mappings: Mappings,
) -> list[Landed]:
    """Read every file that matches a contract into landing; a file that cannot be read does not stop the others."""
    dated = [extract for extract in known.extracts if extract.source != BENCHMARKS]
    with local_files(store, dated) as paths:
        # If two files hold the same table, the newer delivery's is used, and within a delivery the last by name.
        homes: dict[str, tuple[Table, Extract, Path]] = {}
        for extract, path in sorted(paths, key=lambda found: (str(found[0].as_at), found[0].slot)):
            for table in extract.tables:
                if (extract.source == DOCUMENTS) == (table.source == DOCUMENTS):
                    homes[table.name] = (table, extract, path)
        # The largest first, so that no thread is left with a long file at the end.
        largest_first = sorted(homes.values(), key=lambda home: (-home[1].size, home[0].name))
        landed = side_by_side(
            connection,
            [
                partial(_land_one, table=table, extract=extract, path=path, settings=settings, mappings=mappings)
                for table, extract, path in largest_first
            ],
        )
    return _note_unread_sheets_of_each_file(connection, landed)


def _note_unread_sheets_of_each_file(connection: duckdb.DuckDBPyConnection, landed: Sequence[Landed]) -> list[Landed]:
    """Note which sheets of each workbook no table was read from, and check that none of them has rows."""
    by_file: dict[tuple[str, ...], list[Landed]] = {}
    for one in landed:
        by_file.setdefault(one.extract.slot, []).append(one)
    accounted: list[Landed] = []
    for file in by_file.values():
        for one, arrival in zip(file, note_unread_sheets([one.arrival for one in file]), strict=True):
            accounted.append(replace(one, arrival=arrival))
            if arrival.sheets_read and one.refused_because is None:
                check_every_sheet_read(
                    connection, one.table, one.extract.sha256, arrival.rows_received, arrival.sheets_not_read
                )
    return accounted


def _land_one(
    connection: duckdb.DuckDBPyConnection,
    table: Table,
    extract: Extract,
    path: Path,
    settings: Settings,
    mappings: Mappings,
) -> Landed:
    arrival = _read(connection, table, extract=extract, path=path, settings=settings, mappings=mappings)
    refused = arrival.refused_because if arrival.status == "refused" else _without_key(table, arrival)
    if refused is not None:
        connection.execute(f"DROP TABLE IF EXISTS {table.landing_name}")
    return Landed(extract, table, arrival, refused)


def _read(
    connection: duckdb.DuckDBPyConnection,
    table: Table,
    *,
    extract: Extract,
    path: Path,
    settings: Settings,
    mappings: Mappings,
) -> Arrival:
    assert extract.file_format is not None
    return read_extract(
        connection,
        table,
        path,
        extract_id=extract.sha256,
        file_format=extract.file_format,
        cp1252_declared=extract.source in {source.strip() for source in settings.cp1252_sources.split(",")},
        shared_workbook=table.sheet is not None,
        mapping=mapping_for(mappings, table, extract.as_at),
        passphrase=workbook_passphrase(settings.secrets, extract.source),
    )


def deliveries_before(
    store: EvidenceStore, known: KnownExtracts, landed: Sequence[Landed], settings: Settings, mappings: Mappings
) -> dict[str, Before]:
    """For each table, by its name in a drop, its file in the same source's previous delivery."""
    sources = {one.table.file: one.extract.source for one in landed}
    older = known.before()
    before: dict[str, Before] = {}
    for file, table in catalogue.by_file().items():
        extract = older.get((sources.get(file) or table.source or "", table.name))
        if extract is None or extract.as_at is None:
            continue
        path = proved_extract(store, extract.sha256)
        gone = "was disposed of" if extract.sha256 in known.disposed else "is no longer in the store"
        before[file] = Before(
            as_at=extract.as_at,
            extract_id=extract.sha256,
            file_name=extract.file_name,
            read=partial(_read, extract=extract, path=path, settings=settings, mappings=mappings)
            if path is not None
            else None,
            because="" if path is not None else f"the file of the previous delivery {gone}",
        )
    return before


def _without_key(table: Table, arrival: Arrival) -> str | None:
    absent = [
        column.heading
        for column in table.columns
        if column.name in table.key and column.heading not in {canonical for canonical, _ in arrival.headings}
    ]
    if not absent or arrival.status == "empty":
        return None
    return (
        f"The key column {', '.join(heading or '' for heading in absent)} is missing, so rows cannot be told apart."
        f" Ask {table.team} to add it and send the file again."
    )


def received_tables(landed: Sequence[Landed], known: KnownExtracts) -> Mapping[str, Received]:
    """What arrived for each records table, for the figures that need it."""
    found = {one.table.name: one for one in landed}
    came_before = {name: extract for (_, name), extract in known.before().items()}
    received: dict[str, Received] = {}
    for table in catalogue.tables("records"):
        if table.file is None:
            continue
        one = found.get(table.name)
        if one is None:
            before = came_before.get(table.name)
            last = f" with the newest delivery of {before.source} (last as at {before.as_at})" if before else ""
            received[table.name] = Received(f"was not received{last}", frozenset())
        elif one.refused_because is not None:
            received[table.name] = Received("was refused", frozenset())
        else:
            headings = {canonical for canonical, _ in one.arrival.headings}
            absent = frozenset(
                column.name for column in table.columns if column.heading and column.heading not in headings
            )
            received[table.name] = Received(None, absent)
    return received


@contextmanager
def local_files(store: EvidenceStore, extracts: Sequence[Extract]) -> Iterator[list[tuple[Extract, Path]]]:
    """Each extract with a file on this machine that holds its bytes.

    Raises:
        Problem: an extract is not in the store.
    """
    found: list[tuple[Extract, Path]] = []
    for extract in extracts:
        path = proved_extract(store, extract.sha256)
        if path is None:
            raise Problem(
                "An extract this build needs is not in the store.",
                where=f"{extract.source} {extract.as_at or ''} {extract.file_name}, ledger entry {extract.sequence}",
                why="The warehouse is built from the files received; without this one it cannot be built again.",
                fix="Restore the store from its backup; if the file was disposed of, rebuild as known on another date.",
            )
        found.append((extract, path))
    yield found
