"""Reads one extract into its landing table: every row as text, with the file, sheet and row it came from.

The contract declares what to look for; nothing is guessed. Rows are counted a second way, and nothing lands unless both
counts agree. A file that cannot be read as a table is refused, and nothing of it lands.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

import duckdb
import pyarrow

from transforms.landing.landing_table import FileFormat, Reading, registered
from transforms.landing.mapping import MappingFile
from transforms.landing.read_csv import read_csv
from transforms.landing.read_parquet import read_parquet
from transforms.landing.read_with_mapping import make_of_cells
from transforms.landing.read_workbook import read_workbook
from transforms.landing.sandboxed_workbook import MEMORY_LIMIT, TIME_LIMIT
from warehouse import catalogue
from warehouse.contract import Table
from warehouse.database import create, has_table
from warehouse.problem import Problem

Status = Literal["loaded", "refused", "empty"]

UNREADABLE_ROW = "unreadable row"
"""The rule in quality.rejected_rows for a row with cells that cannot be told apart."""


@dataclass(frozen=True, slots=True)
class Arrival:
    """The result of reading one file, or one sheet of it.

    `rows_received` is counted separately from loading, and always equals `rows_landed` plus `rows_unreadable`. In a
    refused file no row counts as readable, and `rows_received` is what could be counted. Blank rows are not received
    rows.

    Attributes:
        source_table: the table's name in the drop.
        sheet: the sheet read; several are separated by ` / `; None for csv and Parquet.
        encoding: of a csv ("utf-8", "utf-8 with BOM", "utf-16le", "utf-16be", "cp1252"); None for other formats.
        status: "empty" is a file with a heading row and no other rows.
        refused_because: what, where, why and how to fix it; None unless refused.
        rows_unreadable: rows in quality.rejected_rows under the rule "unreadable row"; all rows of a refused file.
        headings: (heading of the contract, heading as received), in the contract's order.
        missing_headings: the contract's headings that are missing, except those that may be absent.
        unknown_headings: headings as received that the contract does not know.
        notes: what a reader of the arrivals should know, one sentence each.
        mapping: name of the mapping file it was read with.
        sheets_read: sheets of the workbook that were read.
        sheets_not_read: name and number of filled rows of every other sheet of cells.
    """

    source_table: str
    extract_id: str
    sheet: str | None
    file_format: FileFormat
    encoding: str | None
    status: Status
    refused_because: str | None = None
    rows_received: int = 0
    rows_landed: int = 0
    rows_unreadable: int = 0
    blank_rows: int = 0
    headings: tuple[tuple[str, str], ...] = ()
    missing_headings: tuple[str, ...] = ()
    unknown_headings: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    mapping: str | None = None
    sheets_read: tuple[str, ...] = ()
    sheets_not_read: tuple[tuple[str, int], ...] = ()


def read_extract(
    connection: duckdb.DuckDBPyConnection,
    table: Table,
    path: Path,
    *,
    extract_id: str,
    file_format: FileFormat,
    cp1252_declared: bool = False,
    shared_workbook: bool = False,
    mapping: MappingFile | Problem | None = None,
    passphrase: str | None = None,
    memory_limit: int = MEMORY_LIMIT,
    time_limit: float = TIME_LIMIT,
) -> Arrival:
    """Creates `landing.<table.file>` afresh from one extract.

    The landing table has the received columns, all VARCHAR: the contract's columns under its headings and in its order,
    then unknown ones if the contract keeps them, then `_extract_id`, `_sheet` and `_row` (BIGINT, the row number Excel
    shows). Values are as received; an empty cell is NULL. A csv row with more or fewer cells than headings goes to
    `quality.rejected_rows`.

    Args:
        connection: the build; must be able to read the file.
        table: the contract.
        path: the file; its name is not used.
        extract_id: SHA-256 of the file.
        file_format: the only format tried.
        cp1252_declared: the source may send the Windows code page instead of UTF-8.
        shared_workbook: the workbook is another table's file; only a sheet with this table's name is read.
        mapping: how to read the council's own layout; or why the mapping cannot be used, and then the file is refused.
            Landing has the mapped cells until `put_back_as_received`.
        passphrase: opens a protected workbook.
        memory_limit: bytes that opening a workbook may use.
        time_limit: seconds that it may take.

    Returns:
        The result. A refused file is returned as refused, never raised.
    """
    assert table.file is not None, f"{table.name} does not come from a drop"
    usable = mapping if isinstance(mapping, MappingFile) else None
    reading = Reading(connection, table, path, extract_id, file_format, usable)
    connection.execute("CREATE SCHEMA IF NOT EXISTS landing")
    connection.execute(f"DROP TABLE IF EXISTS {reading.landing}")
    try:
        _check_mapping(mapping, table, file_format)
        if file_format == "csv":
            read_csv(reading, cp1252_declared)
        elif file_format == "xlsx":
            read_workbook(reading, shared_workbook, passphrase, memory_limit, time_limit)
        else:
            read_parquet(reading)
        _check_nothing_is_lost(reading)
    except Problem as problem:
        connection.execute(f"DROP TABLE IF EXISTS {reading.landing}")
        problem.where = problem.where or reading.place
        return _arrival(reading, "refused", str(problem))
    if reading.unreadable:
        _keep_unreadable_rows(reading)
    if usable is not None:
        reading.notes[:0] = [usable.said, *make_of_cells(connection, usable)]
    return _arrival(reading, "loaded" if reading.rows_received else "empty", None)


def _arrival(reading: Reading, status: Status, refused_because: str | None) -> Arrival:
    refused = status == "refused"
    arrival = Arrival(
        source_table=str(reading.table.file),
        extract_id=reading.extract_id,
        sheet=reading.sheet,
        file_format=reading.file_format,
        encoding=reading.encoding,
        status=status,
        refused_because=refused_because,
        rows_received=reading.rows_received,
        rows_landed=0 if refused else reading.rows_landed,
        rows_unreadable=reading.rows_received if refused else len(reading.unreadable),
        blank_rows=0 if refused else reading.blank_rows,
        notes=tuple(reading.notes),
        mapping=reading.mapping.name if reading.mapping else None,
        sheets_read=reading.sheets_read,
        sheets_not_read=reading.sheets_not_read,
    )
    if not (matched := reading.matched):
        return arrival
    return replace(
        arrival,
        headings=matched.headings,
        missing_headings=matched.missing,
        unknown_headings=matched.unknown,
        notes=(*matched.notes, *reading.notes),
    )


def _check_mapping(mapping: MappingFile | Problem | None, table: Table, file_format: FileFormat) -> None:
    """Refuses a file that its mapping cannot be used for: it is read as the owner declares, or not at all."""
    if isinstance(mapping, Problem):
        raise Problem(
            f"The mapping that applies to this file cannot be used: {mapping.what}",
            where=mapping.where,
            why="Without it the file would be read by guessing.",
            fix=f"{mapping.fix} Then put the mapping into the drop again.".strip(),
        )
    if mapping is None:
        return
    if mapping.table.file != table.file:
        raise Problem(
            f"The mapping is for {mapping.table.file}, not for {table.file}.",
            where=mapping.name,
            why="Its columns are those of another table.",
            fix="Give the mapping of this table.",
        )
    if mapping.is_of_a_workbook and file_format != "xlsx":
        raise Problem(
            f"The mapping names sheets or a heading row, but the file is {file_format}, not a workbook.",
            where=mapping.name,
            why="The mapping was written for another file.",
            fix="Remove sheets and header_row from the mapping, or send the workbook.",
        )


def _check_nothing_is_lost(reading: Reading) -> None:
    unreadable = len(reading.unreadable)
    if reading.rows_received != reading.rows_landed + unreadable:
        first = f"; the first row out of order is row {reading.unreadable[0][0]}" if reading.unreadable else ""
        raise Problem(
            f"Two counts of the file's rows disagree: {reading.rows_received} and {reading.rows_landed + unreadable}.",
            where=reading.place + first,
            why="A row would be lost or cut in two.",
            fix="Export it again. In a csv, look for a quotation mark that is not closed or not doubled.",
        )
    if unreadable and not reading.rows_landed and len({reason for _, reason, _ in reading.unreadable}) == 1:
        row, reason, _ = reading.unreadable[0]
        raise Problem(
            f"The headings do not fit the rows. In all of them {reason}.",
            where=f"{reading.place}, first row {row}",
            why="Matching values to headings would be a guess.",
            fix="Export it again with one heading for every column.",
        )


def _keep_unreadable_rows(reading: Reading) -> None:
    connection = reading.connection
    if not has_table(connection, "quality.rejected_rows"):
        connection.execute("CREATE SCHEMA IF NOT EXISTS quality")
        create(connection, catalogue.by_name()["quality.rejected_rows"])
    rows, reasons, contents = zip(*reading.unreadable, strict=True)
    incoming = pyarrow.table(
        {
            "row_number": pyarrow.array(rows, pyarrow.int64()),
            "reason": pyarrow.array(reasons, pyarrow.string()),
            "content": pyarrow.array(contents, pyarrow.string()),
        }
    )
    with registered(connection, incoming) as name:
        connection.execute(
            f"""
            INSERT INTO quality.rejected_rows
                (source_table, extract_id, sheet, row_number, key, rule, reason, content)
            SELECT ?, ?, NULL, row_number, NULL, ?, reason, content FROM {name}""",
            [reading.table.file, reading.extract_id, UNREADABLE_ROW],
        )
