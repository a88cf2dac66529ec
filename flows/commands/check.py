"""`daytwo check`: checks one extract, or a mapping file, before it is delivered.

It reads and checks a file as the nightly run does, without Prefect or Great Expectations.
"""

from __future__ import annotations

import argparse
import datetime
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from flows.commands.arguments import now
from flows.commands.printing import show
from warehouse.england_time import day
from warehouse.problem import Problem

if TYPE_CHECKING:
    import duckdb

    from flows.publishing.mappings import Mappings
    from flows.settings import Settings
    from transforms.landing.mapping import MappingFile
    from transforms.landing.read_extract import Arrival
    from warehouse.contract import Table
    from warehouse.store.extracts import FileFormat

HELP = "check one extract against its contract, before it is delivered"
PLACE = 60


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", metavar="FILE", help="such as ssd_person.csv, or a mapping file (.toml)")
    parser.add_argument("--table", help="the table the file is for, if its name does not say")
    parser.add_argument("--as-at", type=day, metavar="DATE", help="as-at date of the file (default: its folder's name)")
    parser.add_argument(
        "--mapping",
        metavar="M",
        help="mapping file for the council's own layout (default: the current one in the drop that holds the file)",
    )


def run(given: argparse.Namespace) -> int:
    from flows.settings import Settings

    path = Path(given.file)
    if path.suffix.lower() == ".toml":
        return _check_mapping(given, path)
    checked = check_file(
        path,
        table=given.table,
        as_at=given.as_at or _day_of(path.resolve().parent.name) or now().date(),
        settings=Settings.read(),
        mapping=Path(given.mapping) if given.mapping else None,
    )
    show(given, checked.as_json, checked.lines)
    return 0 if checked.accepted else 1


def _check_mapping(given: argparse.Namespace, path: Path) -> int:
    from transforms.landing.mapping import read_mapping

    if not path.is_file():
        raise Problem("There is no such file.", where=str(path), fix="Give the path of a mapping file.")
    mapping = read_mapping(path)
    words = sum(map(len, mapping.values.values()))
    said = {
        "mapping": mapping.name,
        "accepted": True,
        "table": mapping.table.file,
        "valid_from": mapping.valid_from,
        "owner": mapping.owner,
        "agreed_on": mapping.agreed_on,
        "headings": len(mapping.columns),
        "words": words,
    }
    lines = [
        f"{mapping.name}: {len(mapping.columns)} headings and {words} words of {mapping.table.file}, from"
        f" {mapping.valid_from}, agreed by {mapping.owner} on {mapping.agreed_on}.",
        f"Accepted. Try it on a file: daytwo check FILE --mapping {mapping.name}",
    ]
    show(given, lambda: said, lambda: lines)
    return 0


def _day_of(name: str) -> datetime.date | None:
    """The day a folder of a drop is named after; None: its name is not a date."""
    try:
        return datetime.date.fromisoformat(name)
    except ValueError:
        return None


class Checked(NamedTuple):
    """The result of checking one file.

    Attributes:
        arrivals: how each table of the file was read.
        set_aside: table, sheet, row, rule, reason of the first rows that would be set aside; counts by table.
        broken: table, promise or rule, rows that break it, team, the first of them as rows and as sheets, and whether
            it is a promise.
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
        """Whether every table could be read and no row would be set aside."""
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
                dict(zip(("table", "promise", "rows", "team", "first_rows", "first_sheets"), row[:-1], strict=True))
                for row in self.broken
            ],
            "not_checked": [dict(zip(("table", "promise", "because"), row, strict=True)) for row in self.not_checked],
        }

    def lines(self) -> list[str]:
        """Lines for a terminal."""
        lines: list[str] = []
        for arrival in self.arrivals:
            lines += self._arrival_lines(arrival)
        lines += self._set_aside_lines()
        if self.broken:
            lines += ["", "Rows that would be loaded and reported:"]
            for table, title, rows, team, first, sheets, is_promise in self.broken:
                places = [self._place(table, sheet, row) for sheet, row in zip(sheets or (), first or (), strict=True)]
                listed = f" ({', '.join(places)}{' ...' if rows > len(places) else ''})" if places else ""
                found = f"not met: {title}" if is_promise else title
                lines.append(f"  {table}: {found}: {rows:,} {'row' if rows == 1 else 'rows'}{listed}; {team}")
        if self.not_checked:
            lines += ["", "Could not be checked from this file alone:"]
            lines += [f"  {table}: {title} ({because})" for table, title, because in self.not_checked]
        return [*lines, "", "Accepted." if self.accepted else "Not accepted."]

    def _arrival_lines(self, arrival: Arrival) -> list[str]:
        sheet_read = f", sheet {arrival.sheet}" if arrival.sheet else ""
        if arrival.status == "refused":
            return [
                f"{self.file_name}{sheet_read} would be REFUSED as {arrival.source_table}:",
                *(f"  {line}" for line in (arrival.refused_because or "").splitlines()),
            ]
        aside = self.set_aside_counts.get(arrival.source_table, 0)
        return [
            f"{self.file_name}{sheet_read} as {arrival.source_table}: {arrival.rows_received:,} rows received,"
            f" {(arrival.rows_received or 0) - aside:,} would be loaded, {aside:,} set aside.",
            *(f"  missing: {heading}" for heading in arrival.missing_headings),
            *(f"  unknown: {heading}" for heading in arrival.unknown_headings),
            *(f"  note: {note}" for note in arrival.notes),
        ]

    def _set_aside_lines(self) -> list[str]:
        if not self.set_aside:
            return []
        lines = ["", "Rows that would be set aside:"]
        for table, sheet, row, rule, reason in self.set_aside:
            lines.append(f"  {table} {self._place(table, sheet, row)}: {rule}. {reason}")
        more = sum(self.set_aside_counts.values()) - len(self.set_aside)
        return [*lines, f"  ... and {more} more"] if more > 0 else lines

    def _place(self, table: str, sheet: str | None, row: int) -> str:
        """The row, with its sheet if the table was read from several."""
        several = any(len(arrival.sheets_read) > 1 for arrival in self.arrivals if arrival.source_table == table)
        return f"sheet {sheet} row {row}" if several else f"row {row}"


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
        table: its table in a drop, if the file's name does not say.
        as_at: as-at date of the file.
        mapping: mapping file for the council's own layout; None: the current one in the drop that holds the file.
        listed: the most rows to list.

    Raises:
        Problem: there is no such file, no contract is for it, or the mapping cannot be used.
    """
    import tempfile

    from transforms.landing.read_with_mapping import put_back_as_received
    from transforms.records.build_records import build_records
    from warehouse.database import build

    if not path.is_file():
        raise Problem("There is no such file.", where=str(path), fix="Give the path of an extract.")
    tables = _tables(path, table)
    given = _given_mapping(mapping, tables) if mapping else None
    # The build needs a file of its own, which is deleted after the check.
    with (
        tempfile.TemporaryDirectory(prefix="daytwo-check-") as folder,
        build(
            Path(folder) / "check.duckdb", memory_limit=settings.memory_limit, threads=settings.threads
        ) as connection,
    ):
        arrivals = _read_tables(connection, path, tables, given, as_at, settings)
        loaded = build_records(connection, only=tables)
        _judge_tables(connection, tables, arrivals, as_at)
        put_back_as_received(connection)
        return Checked(
            file_name=path.name,
            arrivals=tuple(_with_note_of_mapping(arrival, given, as_at) for arrival in arrivals),
            set_aside_counts={one.file or "": loaded[one.file or ""].rows_set_aside for one in tables},
            set_aside=_set_aside(connection, listed),
            broken=_broken(connection),
            not_checked=_not_checked(connection),
        )


def _read_tables(
    connection: duckdb.DuckDBPyConnection,
    path: Path,
    tables: Sequence[Table],
    given: MappingFile | None,
    as_at: datetime.date,
    settings: Settings,
) -> Sequence[Arrival]:
    """Read each table of the file into landing, and record its arrival."""
    from expectations.every_sheet_read import check_every_sheet_read
    from flows.publishing.mappings import mapping_for
    from flows.secrets_folder import workbook_passphrase
    from transforms.landing.read_extract import read_extract
    from transforms.landing.unread_sheets import note_unread_sheets
    from warehouse import catalogue
    from warehouse.database import create
    from warehouse.store.evidence_store import sha256_of

    file_format = _format_of(path)
    in_a_drop = _day_of(path.resolve().parent.name) is not None
    source = path.resolve().parents[1].name if in_a_drop else tables[0].source or ""
    in_force = _mappings_of_the_drop(path) if in_a_drop and given is None else {}
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
                mapping=given if given and given.table == one else mapping_for(in_force, one, as_at),
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
    return arrivals


def _judge_tables(
    connection: duckdb.DuckDBPyConnection, tables: Sequence[Table], arrivals: Sequence[Arrival], as_at: datetime.date
) -> None:
    from expectations.judge import judge

    connection.execute("INSERT INTO quality.run (as_at) VALUES (?)", [as_at])
    arrived = {arrival.source_table: as_at for arrival in arrivals if arrival.status != "refused"}
    judge(connection, arrived, as_at=as_at, only=tables)


def _set_aside(connection: duckdb.DuckDBPyConnection, listed: int) -> tuple[tuple[Any, ...], ...]:
    rows = connection.execute(
        "SELECT source_table, sheet, row_number, rule, reason FROM quality.rejected_rows"
        " ORDER BY source_table, sheet, row_number LIMIT ?",
        [listed],
    )
    return tuple(rows.fetchall())


def _broken(connection: duckdb.DuckDBPyConnection) -> tuple[tuple[Any, ...], ...]:
    rows = connection.execute(
        """
        SELECT source_table, title, rows_broken, team, issue.first_rows, issue.first_sheets,
               kind = 'promised'
        FROM quality.checks AS check_made LEFT JOIN (
          SELECT check_code, source_table, list(row_number ORDER BY sheet, row_number)[:5] AS first_rows,
                 list(sheet ORDER BY sheet, row_number)[:5] AS first_sheets
          FROM quality.issues WHERE row_number IS NOT NULL GROUP BY check_code, source_table
        ) AS issue USING (check_code, source_table)
        WHERE outcome = 'broken' AND severity <> 'critical'
        ORDER BY source_table, check_code
        """
    )
    return tuple(rows.fetchall())


def _not_checked(connection: duckdb.DuckDBPyConnection) -> tuple[tuple[Any, ...], ...]:
    rows = connection.execute(
        "SELECT source_table, title, because FROM quality.checks WHERE outcome = 'could not be checked'"
        " ORDER BY source_table, check_code"
    )
    return tuple(rows.fetchall())


def _tables(path: Path, table: str | None) -> tuple[Table, ...]:
    from warehouse import catalogue
    from warehouse.store.extracts import tables_named

    if table is not None:
        known = catalogue.by_file().get(table.lower())
        if known is None:
            raise Problem(f"No contract is called {table}.", fix="Find the contract of a table with: daytwo where NAME")
        return (known,)
    named = tables_named(path.name)
    if not named:
        raise Problem(
            f"No contract is for a file named {path.name}.",
            where=str(path),
            why="Its columns cannot be checked.",
            fix="Name it after its table (ssd_person.csv), or give --table.",
        )
    return named


def _format_of(path: Path) -> FileFormat:
    from warehouse.store.extracts import file_format_of

    file_format = file_format_of(path.name)
    if file_format is None:
        raise Problem("This is not a CSV, XLSX or Parquet file.", where=str(path), fix="Save it as one of these.")
    return file_format


def _given_mapping(path: Path, tables: tuple[Table, ...]) -> MappingFile:
    from transforms.landing.mapping import read_mapping

    if not path.is_file():
        raise Problem("There is no such mapping.", where=str(path), fix="Give the path of a mapping file (.toml).")
    mapping = read_mapping(path)
    if mapping.table not in tables:
        read_as = " and ".join(str(one.file) for one in tables)
        raise Problem(
            f"The mapping is for {mapping.table.file}, but the file is {read_as}.",
            where=str(path),
            why="The two have different columns.",
            fix="Give the mapping of this table, or --table.",
        )
    return mapping


def _mappings_of_the_drop(path: Path) -> Mappings:
    """The mappings of the drop that holds a file, so that it is read as the nightly run would read it."""
    from flows.publishing.mappings import read_mappings
    from warehouse.store.extracts import MAPPINGS

    folder = path.resolve().parents[2] / MAPPINGS
    return read_mappings((one.name, one) for one in sorted(folder.glob("*.toml")) if one.is_file())


def _with_note_of_mapping(arrival: Arrival, mapping: MappingFile | None, as_at: datetime.date) -> Arrival:
    """The arrival, with a note if the mapping it was checked with is not yet used on its as-at date."""
    from dataclasses import replace

    if mapping is None or arrival.mapping != mapping.name or mapping.valid_from <= as_at:
        return arrival
    note = f"The mapping is used from {mapping.valid_from}: the nightly run does not use it for a file as at {as_at}."
    return replace(arrival, notes=(*arrival.notes, note))
