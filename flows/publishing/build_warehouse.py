"""Known extracts to a warehouse: landing, records, checks and figures in one new file. A plain function."""

from __future__ import annotations

import datetime
import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import duckdb

from expectations.every_sheet_read import check_every_sheet_read
from expectations.judge import judge, state_coverage
from expectations.since_last_week import judge_since_last_week
from flows.callbacks import Say
from flows.publishing.mappings import Mappings, mapping_for, read_mappings, refuse_mappings
from flows.secrets_folder import passphrases_stand_for, workbook_passphrase
from flows.settings import Settings
from transforms.landing.read_extract import Arrival, read_extract
from transforms.landing.read_with_mapping import put_back_as_received
from transforms.landing.unread_sheets import note_unread_sheets
from transforms.profile.measure_indicators import Received, build_periods, measure_indicators
from transforms.profile.read_benchmarks import read_benchmarks
from transforms.quality.compare_deliveries import Before, compare_deliveries
from transforms.quality.standing_of_figures import note_standing_of_figures
from transforms.records.build_records import Loaded, build_records
from transforms.records.working_days import build_calendar
from warehouse import catalogue
from warehouse.code_version import code_version
from warehouse.contract import Table
from warehouse.database import build, create, insert, side_by_side
from warehouse.general_file import make_general_file
from warehouse.problem import Problem
from warehouse.store.evidence_store import EvidenceStore, proved_extract
from warehouse.store.extracts import BENCHMARKS, DOCUMENTS, MAPPINGS, Extract, KnownExtracts
from warehouse.store.ledger import Entry

ARRIVED_FILE = "source, as_at, file_name, extract_id, file_format, status, refused_because"
ARRIVED_TABLE = (
    "source_table, sheet, encoding, rows_received, rows_loaded, rows_set_aside, blank_rows, missing_headings,"
    " unknown_headings, notes"
)


@dataclass(frozen=True, slots=True)
class Landed:
    """One table's arrival: the file it came in and what reading it found."""

    extract: Extract
    table: Table
    arrival: Arrival
    refused_because: str | None


def fingerprint(evidence: KnownExtracts, as_at: datetime.date, settings: Settings) -> str:
    """SHA-256 over everything a build depends on: equal fingerprints, equal content."""
    said = {
        "extracts": [[*extract.slot, extract.sha256] for extract in evidence.extracts],
        "known": evidence.known.sha256,
        "as_at": as_at.isoformat(),
        "code": code_version(),
        "settings": {
            "authority": settings.authority,
            "stale_days": settings.stale_days,
            "set_aside_limit": settings.set_aside_limit,
            "cp1252_sources": settings.cp1252_sources,
            "secrets": passphrases_stand_for(settings.secrets),
        },
    }
    return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()


def build_warehouse(
    folder: Path,
    store: EvidenceStore,
    evidence: KnownExtracts,
    published_before: Sequence[Entry],
    *,
    as_at: datetime.date,
    settings: Settings,
    say: Say,
) -> tuple[Path, Path]:
    """Build both files in `folder`; returns (restricted, general).

    Args:
        evidence: what to build from.
        published_before: `published` ledger entries known at that moment: values as first published.
        as_at: the day everything is measured at.
        say: told each step, without personal data.

    Raises:
        Problem: an extract it needs is no longer in the store.
    """
    restricted = folder / "restricted.duckdb"
    general = folder / "general.duckdb"
    with build(restricted, memory_limit=settings.memory_limit, threads=settings.threads) as connection:
        for table in catalogue.tables("quality"):
            create(connection, table)
        say("reading extracts")
        with _local(store, evidence.of(MAPPINGS)) as files:
            mappings = read_mappings((extract.file_name, path) for extract, path in files)
        landed = _land(connection, store, evidence, settings, mappings)
        say("building records")
        _register_documents(connection, evidence)
        build_calendar(connection, as_at)
        loaded = build_records(connection, decisions=evidence.decisions)
        _name_documents(connection, evidence)
        _describe_arrivals(connection, evidence, landed, loaded, as_at, settings)
        refuse_mappings(connection, mappings)
        authority = settings.authority or _only_authority(connection)
        _describe_run(connection, evidence, as_at, settings, authority)
        say("comparing with the delivery before")
        compare_deliveries(connection, _before(store, evidence, landed, settings, mappings))
        say("measuring indicators")
        build_periods(connection, as_at)
        received = _received(landed, evidence)
        measure_indicators(connection, received, authority_code=authority)
        _first_published(connection, published_before)
        say("checking")
        # Seconds to import, and slower still beside other threads; by builds alone.
        from expectations.duckdb_engine import count_with_great_expectations

        judge(
            connection,
            {one.table.file or "": one.extract.as_at or as_at for one in landed if one.refused_because is None},
            as_at=as_at,
            count=count_with_great_expectations,
        )
        judge_since_last_week(connection)
        state_coverage(connection)
        note_standing_of_figures(connection, received)
        say("reading published figures")
        with _local(store, evidence.of(BENCHMARKS)) as benchmarks:
            read_benchmarks(connection, benchmarks, authority_code=authority, as_at=as_at)
        put_back_as_received(connection)
        connection.execute("CHECKPOINT built")
    say("making the general file")
    make_general_file(restricted, general, memory_limit=settings.memory_limit, threads=settings.threads)
    return restricted, general


def _land(
    connection: duckdb.DuckDBPyConnection,
    store: EvidenceStore,
    evidence: KnownExtracts,
    settings: Settings,
    mappings: Mappings,
) -> list[Landed]:
    """Read every file of the evidence that a contract knows into landing; one that fails never stops the others."""
    dated = [extract for extract in evidence.extracts if extract.source != BENCHMARKS]
    with _local(store, dated) as paths:
        # Where two files stand for one table, the newer delivery's does, and of one delivery the later name.
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
    return _account_for_sheets(connection, landed)


def _account_for_sheets(connection: duckdb.DuckDBPyConnection, landed: Sequence[Landed]) -> list[Landed]:
    """Tell of each workbook which of its sheets no table was read from, and promise that there are none with rows."""
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


def _before(
    store: EvidenceStore, evidence: KnownExtracts, landed: Sequence[Landed], settings: Settings, mappings: Mappings
) -> dict[str, Before]:
    """Of each table the newest file that an older delivery of the same source brought, by its name in a drop."""
    sources = {one.table.file: one.extract.source for one in landed}
    older = evidence.before()
    before: dict[str, Before] = {}
    for file, table in catalogue.by_file().items():
        extract = older.get((sources.get(file) or table.source or "", table.name))
        if extract is None or extract.as_at is None:
            continue
        path = proved_extract(store, extract.sha256)
        gone = "was disposed of" if extract.sha256 in evidence.disposed else "is no longer in the store"
        before[file] = Before(
            as_at=extract.as_at,
            extract_id=extract.sha256,
            file_name=extract.file_name,
            read=partial(_read, extract=extract, path=path, settings=settings, mappings=mappings)
            if path is not None
            else None,
            because="" if path is not None else f"the file of the delivery before {gone}",
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
        f"The key column {', '.join(heading or '' for heading in absent)} is absent: no row can be told from another."
        f" Ask {table.team} to add it and send the file again."
    )


def _received(landed: Sequence[Landed], evidence: KnownExtracts) -> Mapping[str, Received]:
    """What arrived of each records table, for the figures that need it."""
    found = {one.table.name: one for one in landed}
    came_before = {name: extract for (_, name), extract in evidence.before().items()}
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


def _register_documents(connection: duckdb.DuckDBPyConnection, evidence: KnownExtracts) -> None:
    """Where each document of the drop lies in the store, for the register to point at."""
    connection.execute("CREATE TEMP TABLE document_files (file_name VARCHAR, extract_id VARCHAR)")
    rows = [[extract.file_name, extract.sha256] for extract in evidence.of(DOCUMENTS)]
    if rows:
        connection.executemany("INSERT INTO document_files VALUES (?, ?)", rows)


def _name_documents(connection: duckdb.DuckDBPyConnection, evidence: KnownExtracts) -> None:
    connection.execute(
        "UPDATE records.documents AS document SET extract_id = there.extract_id"
        " FROM document_files AS there WHERE there.file_name = document.file_name"
    )


def _describe_arrivals(
    connection: duckdb.DuckDBPyConnection,
    evidence: KnownExtracts,
    landed: Sequence[Landed],
    loaded: Mapping[str, Loaded],
    as_at: datetime.date,
    settings: Settings,
) -> None:
    """Fill quality.arrivals with every file used, and quality.sources with every delivery."""
    by_extract: dict[tuple[str, str, str, str], list[Landed]] = {}
    for one in landed:
        by_extract.setdefault(one.extract.slot, []).append(one)
    for extract in evidence.extracts:
        file = [extract.source, extract.as_at, extract.file_name, extract.sha256, extract.file_format]
        for one in by_extract.get(extract.slot, ()):
            count = loaded[one.table.file or ""]
            refused = one.refused_because is not None
            received = one.arrival.rows_received
            connection.execute(
                f"INSERT INTO quality.arrivals ({ARRIVED_FILE}, {ARRIVED_TABLE}) VALUES ({', '.join('?' * 17)})",
                [
                    *file,
                    "refused" if refused else one.arrival.status,
                    one.refused_because,
                    one.table.file,
                    one.arrival.sheet,
                    one.arrival.encoding,
                    received,
                    0 if refused else count.rows_loaded,
                    received if refused else count.rows_set_aside,
                    one.arrival.blank_rows,
                    "; ".join(one.arrival.missing_headings) or None,
                    "; ".join(one.arrival.unknown_headings) or None,
                    " ".join(one.arrival.notes) or None,
                ],
            )
        if extract.slot not in by_extract:
            status, because = _no_table(extract)
            connection.execute(
                f"INSERT INTO quality.arrivals ({ARRIVED_FILE}) VALUES ({', '.join('?' * 7)})", [*file, status, because]
            )
    sources = sorted({extract.source for extract in evidence.extracts})
    for source in sources:
        extracts = evidence.of(source)
        dated = [extract.as_at for extract in extracts if extract.as_at]
        older = (as_at - max(dated)).days if dated else 0
        newest = max(extract.received_at for extract in extracts)
        connection.execute(
            "INSERT INTO quality.sources VALUES (?, ?, ?, ?, ?, ?)",
            [
                source,
                max(dated, default=None),
                newest.replace(tzinfo=None),
                len(extracts),
                older >= settings.stale_days,
                older,
            ],
        )


def _no_table(extract: Extract) -> tuple[str, str | None]:
    """Status and reason of a file that is the home of no table in this build."""
    if extract.source in (BENCHMARKS, DOCUMENTS, MAPPINGS):
        return "kept", None
    if extract.tables:
        return "not known", "superseded by another file for the same table"
    return "not known", "no contract knows a file of this name"


def _only_authority(connection: duckdb.DuckDBPyConnection) -> str | None:
    codes = connection.execute("SELECT DISTINCT authority_code FROM records.population").fetchall()
    return str(codes[0][0]) if len(codes) == 1 else None


def _describe_run(
    connection: duckdb.DuckDBPyConnection,
    evidence: KnownExtracts,
    as_at: datetime.date,
    settings: Settings,
    authority: str | None,
) -> None:
    known_at = evidence.known_at.replace(tzinfo=None) if evidence.known_at else None
    connection.execute(
        "INSERT INTO quality.run VALUES (?, ?, ?, ?, ?, ?, ?)",
        [
            as_at,
            known_at,
            evidence.known.sequence,
            evidence.known.sha256,
            fingerprint(evidence, as_at, settings),
            code_version(),
            authority,
        ],
    )


def _first_published(connection: duckdb.DuckDBPyConnection, published_before: Sequence[Entry]) -> None:
    create(connection, catalogue.by_name()["profile.as_first_published"])
    first: dict[tuple[str, str, str], list[object]] = {}
    for entry in published_before:
        for code, kind, ends_on, numerator, denominator, value in entry.body.get("figures", []):
            first.setdefault(
                (code, kind, ends_on),
                [code, kind, ends_on, numerator, denominator, value, entry.at.replace(tzinfo=None), entry.sequence],
            )
    insert(connection, catalogue.by_name()["profile.as_first_published"], [first[key] for key in sorted(first)])


@contextmanager
def _local(store: EvidenceStore, extracts: Sequence[Extract]) -> Iterator[list[tuple[Extract, Path]]]:
    """The extracts with a file of this machine each."""
    found: list[tuple[Extract, Path]] = []
    for extract in extracts:
        path = proved_extract(store, extract.sha256)
        if path is None:
            raise Problem(
                "An extract this build needs is not in the store.",
                where=f"{extract.source} {extract.as_at or ''} {extract.file_name}, ledger entry {extract.sequence}",
                why="The warehouse is a function of the evidence; without it the figures cannot be made again.",
                fix="Restore the store from its backup; if the file was disposed of, rebuild as known on another date.",
            )
        found.append((extract, path))
    yield found
