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

from transforms.count_rows import BLANK
from transforms.match_headings import Matched, column_letter, match_headings
from warehouse.contract import Table
from warehouse.database import literal, quoted
from warehouse.problem import Problem

FileFormat = Literal["csv", "xlsx", "parquet"]


@dataclass(slots=True)
class Reading:
    """What is found out while one file is read; becomes the Arrival.

    Attributes:
        rows_received: by the independent count; set as soon as it is known.
        unreadable: (row number, reason, content as JSON) of the rows set aside; content is None where it must not be
            kept.
    """

    connection: duckdb.DuckDBPyConnection
    table: Table
    path: Path
    extract_id: str
    file_format: FileFormat
    encoding: str | None = None
    sheet: str | None = None
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

    def match(self, received: Sequence[str]) -> Matched:
        """Matches the headings received; see match_headings."""
        self.matched = match_headings(self.table, received, self.place)
        return self.matched

    def create_landing(self, matched: Matched, source: str, column: Callable[[int], str]) -> int:
        """Fills the landing table from a relation that has `_row`; returns how many rows landed.

        Args:
            source: what stands after FROM, with the condition which rows are meant.
            column: SQL of the value at a place of the file, NULL where it is empty.
        """
        columns = [f"{column(place)} AS {quoted(name)}" for name, place in matched.landed.items()]
        columns += [
            f"{literal(self.extract_id)} AS _extract_id",
            f"{literal(self.sheet) if self.sheet else 'NULL'}::VARCHAR AS _sheet",
            "_row",
        ]
        created = self.connection.execute(
            f"CREATE OR REPLACE TABLE {self.landing} AS SELECT {', '.join(columns)} FROM {source}"
        ).fetchone()
        assert created is not None
        return int(created[0])


def no_heading_row() -> Problem:
    """Nothing in the file can be a heading row."""
    return Problem(
        "there is no heading row", why="columns are matched by heading", fix="Export it again, with its headings."
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
def registered(connection: duckdb.DuckDBPyConnection, incoming: pyarrow.Table) -> Iterator[str]:
    """The name under which SQL finds an Arrow table for as long as the block lasts."""
    connection.complete()  # a result of which not every row was fetched stands in the way
    connection.register("incoming", incoming)
    try:
        yield "incoming"
    finally:
        connection.complete()
        connection.unregister("incoming")


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
