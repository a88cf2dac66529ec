"""Checks one extract against its contract before it is delivered: the same reading and rules as the nightly run."""

from __future__ import annotations

import datetime
import tempfile
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from expectations.every_sheet_read import check_every_sheet_read
from expectations.judge import judge
from flows.publishing.mappings import Mappings, mapping_for, read_mappings
from flows.secrets_folder import workbook_passphrase
from flows.settings import Settings
from transforms.landing.mapping import MappingFile, read_mapping
from transforms.landing.read_extract import Arrival, read_extract
from transforms.landing.read_with_mapping import put_back_as_received
from transforms.landing.unread_sheets import note_unread_sheets
from transforms.records.build_records import build_records
from warehouse import catalogue
from warehouse.contract import Table
from warehouse.database import build, create
from warehouse.problem import Problem
from warehouse.store.evidence_store import sha256_of
from warehouse.store.extracts import MAPPINGS, file_format_of, tables_named


@dataclass(frozen=True, slots=True)
class Checked:
    """What one file's check found.

    Attributes:
        arrivals: how each table of the file was read.
        set_aside: table, sheet, row, rule, reason of the first rows that would be set aside; counts by table.
        broken: table, promise, rows that break it, team, the first of them as rows and as sheets.
        not_checked: table, promise, why.
    """

    file_name: str
    arrivals: tuple[Arrival, ...]
    set_aside_counts: dict[str, int]
    set_aside: tuple[tuple[Any, ...], ...]
    broken: tuple[tuple[Any, ...], ...]
    not_checked: tuple[tuple[Any, ...], ...]

    @property
    def accepted(self) -> bool:
        """Every table could be read and no row would be set aside."""
        return all(arrival.status != "refused" for arrival in self.arrivals) and not self.set_aside

    def as_json(self) -> dict[str, Any]:
        return {
            "file": self.file_name,
            "accepted": self.accepted,
            "tables": [
                {
                    "table": arrival.source_table,
                    "sheet": arrival.sheet,
                    "status": arrival.status,
                    "refused_because": arrival.refused_because,
                    "rows_received": arrival.rows_received,
                    "rows_set_aside": self.set_aside_counts.get(arrival.source_table, 0),
                    "missing_headings": list(arrival.missing_headings),
                    "unknown_headings": list(arrival.unknown_headings),
                    "mapping": arrival.mapping,
                    "sheets_not_read": [{"sheet": sheet, "rows": rows} for sheet, rows in arrival.sheets_not_read],
                    "notes": list(arrival.notes),
                }
                for arrival in self.arrivals
            ],
            "set_aside": [
                dict(zip(("table", "sheet", "row", "rule", "reason"), row, strict=True)) for row in self.set_aside
            ],
            "broken": [
                dict(zip(("table", "promise", "rows", "team", "first_rows", "first_sheets"), row, strict=True))
                for row in self.broken
            ],
            "not_checked": [dict(zip(("table", "promise", "because"), row, strict=True)) for row in self.not_checked],
        }


def check_file(
    path: Path,
    *,
    table: str | None,
    as_at: datetime.date,
    settings: Settings,
    mapping: Path | None = None,
    listed: int = 20,
) -> Checked:
    """Read one file and run its contract's checks; rules that need other files are reported as not checked.

    Args:
        table: its table in a drop, where the file's name does not say.
        as_at: the day the file is true for.
        mapping: how the council's own layout is to be read; None: the one that holds in the drop the file lies in.
        listed: rows named at most.

    Raises:
        Problem: there is no such file, no contract knows it, or the mapping given cannot be used.
    """
    if not path.is_file():
        raise Problem("There is no such file.", where=str(path), fix="Give the path of an extract.")
    tables = _tables(path, table)
    file_format = file_format_of(path.name)
    if file_format is None:
        raise Problem("This is no CSV, XLSX or Parquet file.", where=str(path), fix="Save it as one of these.")
    in_a_drop = _is_a_day(path.resolve().parent.name)
    source = path.resolve().parents[1].name if in_a_drop else tables[0].source or ""
    given = _given_mapping(mapping, tables) if mapping else None
    lying_there = _mappings_beside(path) if in_a_drop and given is None else {}
    # The build wants a file of its own; it is gone when the check is over.
    with (
        tempfile.TemporaryDirectory(prefix="daytwo-check-") as folder,
        build(
            Path(folder) / "check.duckdb", memory_limit=settings.memory_limit, threads=settings.threads
        ) as connection,
    ):
        for made in catalogue.tables("quality"):
            create(connection, made)
        sha256 = sha256_of(path)
        arrivals = note_unread_sheets(
            [
                read_extract(
                    connection,
                    one,
                    path,
                    extract_id=sha256,
                    file_format=file_format,
                    cp1252_declared=one.source in settings.cp1252_sources.split(","),
                    shared_workbook=one.sheet is not None,
                    mapping=given if given and given.table == one else mapping_for(lying_there, one, as_at),
                    passphrase=workbook_passphrase(settings.secrets, source),
                )
                for one in tables
            ]
        )
        for one, arrival in zip(tables, arrivals, strict=True):
            connection.execute(
                "INSERT INTO quality.arrivals (source_table, status, rows_received) VALUES (?, ?, ?)",
                [arrival.source_table, arrival.status, arrival.rows_received],
            )
            if arrival.sheets_read and arrival.status != "refused":
                check_every_sheet_read(connection, one, sha256, arrival.rows_received, arrival.sheets_not_read)
        loaded = build_records(connection, only=tables)
        connection.execute("INSERT INTO quality.run (as_at) VALUES (?)", [as_at])
        judge(
            connection,
            {arrival.source_table: as_at for arrival in arrivals if arrival.status != "refused"},
            as_at=as_at,
            only=tables,
        )
        put_back_as_received(connection)
        return Checked(
            file_name=path.name,
            arrivals=tuple(_held_against(arrival, given, as_at) for arrival in arrivals),
            set_aside_counts={one.file or "": loaded[one.file or ""].rows_set_aside for one in tables},
            set_aside=tuple(
                connection.execute(
                    "SELECT source_table, sheet, row_number, rule, reason FROM quality.rejected_rows"
                    " ORDER BY source_table, sheet, row_number LIMIT ?",
                    [listed],
                ).fetchall()
            ),
            broken=tuple(
                connection.execute(
                    """
                    SELECT source_table, title, rows_broken, team, issue.first_rows, issue.first_sheets
                    FROM quality.checks AS check_made LEFT JOIN (
                      SELECT check_code, source_table, list(row_number ORDER BY sheet, row_number)[:5] AS first_rows,
                             list(sheet ORDER BY sheet, row_number)[:5] AS first_sheets
                      FROM quality.issues WHERE row_number IS NOT NULL GROUP BY check_code, source_table
                    ) AS issue USING (check_code, source_table)
                    WHERE outcome = 'broken' AND severity <> 'critical'
                    ORDER BY source_table, check_code
                    """
                ).fetchall()
            ),
            not_checked=tuple(
                connection.execute(
                    "SELECT source_table, title, because FROM quality.checks WHERE outcome = 'could not be checked'"
                    " ORDER BY source_table, check_code"
                ).fetchall()
            ),
        )


def _tables(path: Path, table: str | None) -> tuple[Table, ...]:
    if table is not None:
        known = catalogue.by_file().get(table.lower())
        if known is None:
            raise Problem(f"No contract is called {table}.", fix="daytwo where NAME finds the contract of a table.")
        return (known,)
    named = tables_named(path.name)
    if not named:
        raise Problem(
            f"No contract knows a file named {path.name}.",
            where=str(path),
            why="Its columns cannot be checked.",
            fix="Name it as its table (ssd_person.csv), or give --table.",
        )
    return named


def _is_a_day(name: str) -> bool:
    try:
        return bool(datetime.date.fromisoformat(name))
    except ValueError:
        return False


def _given_mapping(path: Path, tables: tuple[Table, ...]) -> MappingFile:
    if not path.is_file():
        raise Problem("There is no such mapping.", where=str(path), fix="Give the path of a mapping file (.toml).")
    mapping = read_mapping(path)
    if mapping.table not in tables:
        read_as = " and ".join(str(one.file) for one in tables)
        raise Problem(
            f"The mapping is one of {mapping.table.file}, and the file is {read_as}.",
            where=str(path),
            why="Its columns are other columns.",
            fix="Give the mapping of this table, or --table.",
        )
    return mapping


def _mappings_beside(path: Path) -> Mappings:
    """Those of the drop that a file lies in, so that it is read as the nightly run would."""
    folder = path.resolve().parents[2] / MAPPINGS
    return read_mappings((one.name, one) for one in sorted(folder.glob("*.toml")) if one.is_file())


def _held_against(arrival: Arrival, mapping: MappingFile | None, as_at: datetime.date) -> Arrival:
    """The arrival, told where the mapping it was checked with does not hold yet on its day."""
    if mapping is None or arrival.mapping != mapping.name or mapping.valid_from <= as_at:
        return arrival
    note = f"The mapping holds from {mapping.valid_from}: the nightly run does not read a file as at {as_at} with it."
    return replace(arrival, notes=(*arrival.notes, note))


def show(checked: Checked) -> list[str]:
    """The result as lines for a terminal."""
    lines: list[str] = []
    several = {arrival.source_table for arrival in checked.arrivals if len(arrival.sheets_read) > 1}

    def place(table: str, sheet: str | None, row: int) -> str:
        return f"sheet {sheet} row {row}" if table in several else f"row {row}"

    for arrival in checked.arrivals:
        aside = checked.set_aside_counts.get(arrival.source_table, 0)
        sheet_read = f", sheet {arrival.sheet}" if arrival.sheet else ""
        if arrival.status == "refused":
            lines.append(f"{checked.file_name}{sheet_read} would be REFUSED as {arrival.source_table}:")
            lines += [f"  {line}" for line in (arrival.refused_because or "").splitlines()]
            continue
        lines.append(
            f"{checked.file_name}{sheet_read} as {arrival.source_table}: {arrival.rows_received:,} rows received,"
            f" {(arrival.rows_received or 0) - aside:,} would be loaded, {aside:,} set aside."
        )
        lines += [f"  missing: {heading}" for heading in arrival.missing_headings]
        lines += [f"  unknown: {heading}" for heading in arrival.unknown_headings]
        lines += [f"  note: {note}" for note in arrival.notes]
    if checked.set_aside:
        lines += ["", "Rows that would be set aside:"]
        for table, sheet, row, rule, reason in checked.set_aside:
            lines.append(f"  {table} {place(table, sheet, row)}: {rule}. {reason}")
        total = sum(checked.set_aside_counts.values())
        if total > len(checked.set_aside):
            lines.append(f"  ... and {total - len(checked.set_aside)} more")
    if checked.broken:
        lines += ["", "Loaded, and reported:"]
        for table, title, rows, team, first, sheets in checked.broken:
            places = [place(table, sheet, row) for sheet, row in zip(sheets or (), first or (), strict=True)]
            listed = f" ({', '.join(places)}{' ...' if rows > len(places) else ''})" if places else ""
            lines.append(f"  {table}: not true that {title}: {rows:,} rows{listed}; {team}")
    if checked.not_checked:
        lines += ["", "Could not be checked from this file alone:"]
        lines += [f"  {table}: {title} ({because})" for table, title, because in checked.not_checked]
    lines += ["", "Accepted." if checked.accepted else "Not accepted as it is."]
    return lines
