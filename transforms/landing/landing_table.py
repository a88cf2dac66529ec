"""What the readers of every format share: the reading of one file, and how its rows become a landing table."""

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
"""Of sheets that are stacked each but the first has its row numbers raised by so much more than the one before it, in
the order of quality.arrivals.sheet, so that a row number tells a row of a table from every other.
`read_with_mapping.py` takes it off in the end where the sheet stands beside."""


@dataclass(frozen=True, slots=True)
class LandingPart:
    """One sheet, or all of a file that has none, on its way into landing.

    Attributes:
        source: what stands after FROM, with the condition which rows are meant; it has `_row`.
        column: SQL of the value at a place of the file, NULL where it is empty.
        sheet: None where the file has none.
        raised: added to its row numbers.
    """

    matched: Matched
    source: str
    column: Callable[[int], str]
    sheet: str | None = None
    raised: int = 0


@dataclass(slots=True)
class Reading:
    """What is found out while one file is read; becomes the Arrival.

    Attributes:
        mapping: how the council's own layout is to be read; None: as the contract has it.
        sheet: the one being read; of several in the end all of them.
        sheets_read: those of the workbook that were read.
        sheets_not_read: of every other sheet its name and how many rows of it are filled.
        rows_received: by the independent count; set as soon as it is known.
        unreadable: (row number, reason, content as JSON) of the rows set aside; content is None where it must not be
            kept.
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
        """What is being read, for a message."""
        sheet = f", sheet {self.sheet}" if self.sheet else ""
        return f"{self.table.file} ({self.file_format}{sheet})"

    def match(self, received: Sequence[str], *, is_one_of_several: bool = False) -> Matched:
        """Matches the headings received; see match_headings.

        Args:
            is_one_of_several: a heading of the mapping that is not among them may be on another sheet.
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

        A column that one of them does not have is NULL in its rows.
        """
        # DuckDB's names are the same whatever their case, and so are the headings of two sheets.
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
    """Nothing in the file can be a heading row."""
    return Problem(
        "there is no heading row", why="columns are matched by heading", fix="Export it again, with its headings."
    )


def heading_not_there(reading: Reading, heading: str) -> Problem:
    """The file lacks the heading that a mapping names for a column."""
    own = {ours: theirs for theirs, ours in reading.mapping.columns.items()} if reading.mapping else {}
    return Problem(
        f"the heading that the mapping names for {heading} is not there: {shown(own.get(heading, heading))}",
        where=reading.place,
        why="the column would be blank without a word",
        fix="Correct the heading in the file, or [columns] in the mapping under a new valid_from.",
    )


def filled_without_heading(reading: Reading, number: int) -> Problem:
    """A column under a blank heading is not blank."""
    return Problem(
        "a column holds values but has no heading",
        where=f"{reading.place}, column {column_letter(number)}",
        why="what the values are would be a guess",
        fix="Give the column a heading, or empty it.",
    )


def is_filled(columns: Iterable[str]) -> str:
    """SQL: true where any of the columns holds more than blanks."""
    return "(" + " OR ".join(f"trim({column}, {literal(BLANK)}) <> ''" for column in columns) + ")"


def one(connection: duckdb.DuckDBPyConnection, query: str) -> tuple[Any, ...]:
    """The one row a query gives."""
    row = connection.execute(query).fetchone()
    assert row is not None
    return tuple(row)


@contextmanager
def registered(connection: duckdb.DuckDBPyConnection, incoming: pyarrow.Table, name: str = "incoming") -> Iterator[str]:
    """The name under which SQL finds an Arrow table for as long as the block lasts."""
    connection.complete()  # a result of which not every row was fetched stands in the way
    connection.register(name, incoming)
    try:
        yield name
    finally:
        connection.complete()
        connection.unregister(name)


@contextmanager
def plain_path(path: Path) -> Iterator[str]:
    """The path for DuckDB, which takes `*`, `?` and `[` in a path as a pattern: by a link where it has such."""
    if not any(mark in str(path) for mark in "*?[]{}"):
        yield str(path)
        return
    with tempfile.TemporaryDirectory(prefix="extract_") as folder:
        link = Path(folder) / "extract"
        link.symlink_to(path.resolve())
        yield str(link)
