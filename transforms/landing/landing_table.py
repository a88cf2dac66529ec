"""Shared by the readers of every format: the state of reading one file, and how its rows become a landing table."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import duckdb
import pyarrow

from transforms.landing.count_rows import BLANK
from transforms.landing.mapping import MappingFile
from transforms.landing.match_headings import Matched, column_letter, match_headings, shown
from warehouse.contract import Table
from warehouse.database import literal, quoted
from warehouse.problem import Problem

FileFormat = Literal["csv", "xlsx", "parquet"]

STACKED = 10_000_000
"""Added to the row numbers of stacked sheets, so that a row number identifies one row of the table: once for the second
sheet, twice for the third, in the order of quality.arrivals.sheet. `read_with_mapping.py` removes it at the end if the
sheet is given next to the row number."""


@dataclass(frozen=True, slots=True)
class LandingPart:
    """One sheet, or the whole of a file without sheets, on its way into landing.

    Attributes:
        source: the SQL after FROM, with the condition that selects the rows; it has `_row`.
        column: SQL for the value of a column of the file, by its position; NULL if it is empty.
        sheet: None if the file has no sheets.
        raised: added to its row numbers.
    """

    matched: Matched
    source: str
    column: Callable[[int], str]
    sheet: str | None = None
    raised: int = 0


@dataclass(slots=True)
class Reading:
    """What is found while one file is read; becomes the Arrival.

    Attributes:
        mapping: how to read the council's own layout; None: the file has the contract's layout.
        sheet: the sheet being read; in the end, all the sheets read.
        sheets_read: the sheets of the workbook that were read.
        sheets_not_read: name and number of filled rows of every other sheet.
        rows_received: from the independent count; set as soon as it is known.
        unreadable: (row number, reason, content as JSON) of the rows set aside; content is None if it must not be kept.
    """

    connection: duckdb.DuckDBPyConnection
    table: Table
    path: Path
    extract_id: str
    file_format: FileFormat
    mapping: MappingFile | None = None
    encoding: str | None = None
    sheet: str | None = None
    sheets_read: tuple[str, ...] = ()
    sheets_not_read: tuple[tuple[str, int], ...] = ()
    rows_received: int = 0
    rows_landed: int = 0
    blank_rows: int = 0
    matched: Matched | None = None
    unreadable: list[tuple[int, str, str | None]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    @property
    def landing(self) -> str:
        """The landing table, for SQL."""
        return f"landing.{quoted(str(self.table.file))}"

    @property
    def place(self) -> str:
        """The file and sheet being read, for a message."""
        sheet = f", sheet {self.sheet}" if self.sheet else ""
        return f"{self.table.file} ({self.file_format}{sheet})"

    def match(self, received: Sequence[str], *, is_one_of_several: bool = False) -> Matched:
        """Matches the headings received; see match_headings.

        Args:
            is_one_of_several: a heading of the mapping that is missing here may be on another sheet.
        """
        mapping = self.mapping
        self.matched = match_headings(
            self.table,
            received,
            self.place,
            own=mapping.columns if mapping else None,
            not_loaded=mapping.not_loaded if mapping else (),
        )
        if self.matched.not_there and not is_one_of_several:
            raise heading_not_there(self, self.matched.not_there[0])
        return self.matched

    def create_landing(self, matched: Matched, source: str, column: Callable[[int], str]) -> int:
        """Fills the landing table from a relation that has `_row`; returns how many rows landed. See LandingPart."""
        return self.create_landing_of([LandingPart(matched, source, column, self.sheet)])

    def create_landing_of(self, parts: Sequence[LandingPart]) -> int:
        """Fills the landing table from one or several sheets; returns how many rows landed.

        A column that a sheet does not have is NULL in its rows.
        """
        # DuckDB ignores the case of names, so headings of two sheets that differ only in case are one column.
        landed: dict[str, str] = {}
        for part in parts:
            for name in part.matched.landed:
                landed.setdefault(name.lower(), name)
        own = [column.heading.lower() for column in self.table.columns if column.heading]
        names = list(dict.fromkeys([*(name for name in own if name in landed), *landed]))
        selects = []
        for part in parts:
            places = {name.lower(): place for name, place in part.matched.landed.items()}
            columns = [
                f"{part.column(places[name]) if name in places else 'NULL::VARCHAR'} AS {quoted(landed[name])}"
                for name in names
            ]
            columns += [
                f"{literal(self.extract_id)} AS _extract_id",
                f"{literal(part.sheet) if part.sheet else 'NULL'}::VARCHAR AS _sheet",
                f"_row + {part.raised} AS _row" if part.raised else "_row",
            ]
            selects.append(f"SELECT {', '.join(columns)} FROM {part.source}")
        created = self.connection.execute(
            f"CREATE OR REPLACE TABLE {self.landing} AS {' UNION ALL '.join(selects)}"
        ).fetchone()
        assert created is not None
        return int(created[0])


def no_heading_row() -> Problem:
    """No row of the file can be the heading row."""
    return Problem(
        "The file has no heading row.", why="Columns are matched by heading.", fix="Export it again, with its headings."
    )


def heading_not_there(reading: Reading, heading: str) -> Problem:
    """The file lacks the heading that a mapping names for a column."""
    own = {ours: theirs for theirs, ours in reading.mapping.columns.items()} if reading.mapping else {}
    return Problem(
        f"The heading that the mapping names for {heading} is missing: {shown(own.get(heading, heading))}.",
        where=reading.place,
        why="The column would be blank and nobody would be alerted.",
        fix="Correct the heading in the file, or [columns] in the mapping under a new valid_from.",
    )


def filled_without_heading(reading: Reading, number: int) -> Problem:
    """A column without a heading holds values."""
    return Problem(
        "A column has values but no heading.",
        where=f"{reading.place}, column {column_letter(number)}",
        why="The meaning of its values would be a guess.",
        fix="Give the column a heading, or empty it.",
    )


def is_filled(columns: Iterable[str]) -> str:
    """SQL: true if any of the columns is not blank."""
    return "(" + " OR ".join(f"trim({column}, {literal(BLANK)}) <> ''" for column in columns) + ")"


def one(connection: duckdb.DuckDBPyConnection, query: str) -> tuple[Any, ...]:
    """The only row that a query returns."""
    row = connection.execute(query).fetchone()
    assert row is not None
    return tuple(row)


@contextmanager
def registered(connection: duckdb.DuckDBPyConnection, incoming: pyarrow.Table, name: str = "incoming") -> Iterator[str]:
    """Registers an Arrow table for the length of the block; gives its name for SQL."""
    connection.complete()  # a result that was not fetched to its end would block this
    connection.register(name, incoming)
    try:
        yield name
    finally:
        connection.complete()
        connection.unregister(name)


@contextmanager
def plain_path(path: Path) -> Iterator[str]:
    """The path for DuckDB, which reads `*`, `?` and `[` in a path as a pattern: if it has one, a link without them."""
    if not any(mark in str(path) for mark in "*?[]{}"):
        yield str(path)
        return
    with tempfile.TemporaryDirectory(prefix="extract_") as folder:
        link = Path(folder) / "extract"
        link.symlink_to(path.resolve())
        yield str(link)
