"""The DuckDB file: opens it and creates the declared tables with their keys and comments.

Files are written with storage version 1.4, so that the DuckDB 1.x clients of councils can open them.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

import duckdb

from warehouse.contract import Column, Table

STORAGE_VERSION = "v1.4.0"
Result = TypeVar("Result")
ROOMS = ("landing", "records", "profile", "quality", "evidence")


def quoted(identifier: str) -> str:
    """An SQL identifier, quoted."""
    return '"' + identifier.replace('"', '""') + '"'


def literal(text: str) -> str:
    """An SQL string literal."""
    return "'" + text.replace("'", "''") + "'"


@contextmanager
def build(path: Path, *, memory_limit: str, threads: int) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection to a new database file at `path`, its default catalog, with the rooms as schemas.

    Args:
        path: where the file is built; must not exist.
        memory_limit: DuckDB's, such as "800MB".
        threads: DuckDB's worker threads.
    """
    connection = duckdb.connect(
        config={"memory_limit": memory_limit, "threads": threads, "temp_directory": str(path.parent / "spill")}
    )
    try:
        # No log: a build that is killed is discarded, and writing everything twice would take 10% longer.
        connection.execute(
            f"ATTACH {literal(str(path))} AS built"
            f" (STORAGE_VERSION {literal(STORAGE_VERSION)}, RECOVERY_MODE no_wal_writes)"
        )
        connection.execute("SET checkpoint_threshold = '1TB'")
        connection.execute("USE built")
        for room in ROOMS:
            connection.execute(f"CREATE SCHEMA {room}")
        yield connection
    finally:
        connection.close()


def side_by_side(
    connection: duckdb.DuckDBPyConnection, jobs: Sequence[Callable[[duckdb.DuckDBPyConnection], Result]]
) -> list[Result]:
    """Run jobs on as many cursors as DuckDB has threads; results in the order of the jobs.

    A council's tables are too small for DuckDB to split between threads, but there are many of them. A job must not use
    temporary tables of `connection` or depend on another job.
    """
    described = connection.execute("SELECT current_database(), current_setting('threads')").fetchone()
    assert described is not None

    def run(job: Callable[[duckdb.DuckDBPyConnection], Result]) -> Result:
        with connection.cursor() as cursor:
            cursor.execute(f"USE {described[0]}")
            return job(cursor)

    with ThreadPoolExecutor(max_workers=described[1]) as pool:
        return list(pool.map(run, jobs))


@contextmanager
def reading(path: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """A locked-down, read-only connection to a published file: it can reach no other file and change no setting."""
    connection = duckdb.connect(str(path), read_only=True)
    try:
        connection.execute("SET enable_external_access = false")
        connection.execute("SET lock_configuration = true")
        yield connection
    finally:
        connection.close()


def create(connection: duckdb.DuckDBPyConnection, table: Table, *, not_null: Collection[str] = ()) -> None:
    """CREATE TABLE with the key, NOT NULL and comments declared in the contract.

    Args:
        not_null: columns that are never NULL, in addition to the key.
    """
    kept = set(not_null) | set(table.key)
    lines = [
        f"{quoted(column.name)} {column.sql_type}{' NOT NULL' if column.name in kept else ''}"
        for column in table.stored_columns
    ]
    if table.key:
        lines.append(f"PRIMARY KEY ({', '.join(quoted(name) for name in table.key)})")
    connection.execute(f"CREATE TABLE {table.name} ({', '.join(lines)})")
    comment(connection, table)


def insert(
    connection: duckdb.DuckDBPyConnection, table: Table, rows: Sequence[Sequence[object]], columns: Sequence[str] = ()
) -> None:
    """Insert rows in one statement; row by row would take as long as reading a file.

    Args:
        columns: the columns of each row, in order; by default all of the table's.
    """
    if not rows:
        return
    given = [table.column(name) for name in columns] or list(table.stored_columns)
    values = ", ".join(f"unnest(?::{column.sql_type}[])" for column in given)
    names = ", ".join(quoted(column.name) for column in given)
    connection.execute(
        f"INSERT INTO {table.name} ({names}) SELECT {values}",
        [list(column) for column in zip(*rows, strict=True)],
    )


def comment(connection: duckdb.DuckDBPyConnection, table: Table) -> None:
    """COMMENT ON the table and each of its columns, from the contract."""
    comments = [f"COMMENT ON TABLE {table.name} IS {literal(table_comment(table))}"] + [
        f"COMMENT ON COLUMN {table.name}.{quoted(column.name)} IS {literal(column_comment(column))}"
        for column in table.stored_columns
    ]
    connection.execute("; ".join(comments))


def table_comment(table: Table) -> str:
    """What one row is, where the table comes from and how well its layout is sourced."""
    parts = [table.one_row_is]
    if table.file:
        parts.append(f"From {table.file} ({table.source}); layout {table.sourced}.")
    if table.handling == "restricted":
        parts.append("Restricted: its rows are not in the general file.")
    return " ".join(parts)


def column_comment(column: Column) -> str:
    """The description, with the column's heading in the drop and its code list."""
    parts = [column.description]
    if column.codes:
        parts.append(f"Codes: {column.codes}.")
    if column.heading:
        parts.append(f"Heading: {column.heading}.")
    return " ".join(parts)


def add_working_days_macro(connection: duckdb.DuckDBPyConnection) -> None:
    """records.working_days_after(day, n), which reads records.calendar: the start is day 0 (choices G7)."""
    connection.execute(
        """
        CREATE MACRO records.working_days_after(start_on, working_days) AS (
          SELECT due.day FROM records.calendar AS begun
          JOIN records.calendar AS due
            ON due.is_working_day AND due.working_day_number = begun.working_day_number + working_days
          WHERE begun.day = start_on
        )
        """
    )
    connection.execute(
        "COMMENT ON MACRO records.working_days_after IS"
        " 'The day a number of working days after a start (day 0); a limit is met on or before it.'"
    )


def keep_in_order(connection: duckdb.DuckDBPyConnection, name: str, order: str) -> None:
    """Rewrite a small table in a declared order, after parallel jobs filled it in any order."""
    connection.execute(
        f"CREATE OR REPLACE TEMP TABLE in_order AS FROM {name} ORDER BY {order};"
        f" DELETE FROM {name}; INSERT INTO {name} FROM in_order; DROP TABLE in_order"
    )


def has_table(connection: duckdb.DuckDBPyConnection, name: str) -> bool:
    """Whether "<room>.<table>" exists in the default catalog."""
    room, short = name.split(".", 1)
    found = connection.execute(
        "SELECT 1 FROM duckdb_tables() WHERE database_name = current_database() AND schema_name = ? AND table_name = ?",
        [room, short],
    ).fetchall()
    return bool(found)


def landing_columns(connection: duckdb.DuckDBPyConnection) -> dict[str, tuple[str, ...]]:
    """Columns of every landing table of the default catalog, in order, by its name in the drop.

    One query for all: with a thousand columns, each query of the catalog takes milliseconds.
    """
    return {
        name: tuple(columns)
        for name, columns in connection.execute(
            "SELECT table_name, list(column_name ORDER BY column_index) FROM duckdb_columns()"
            " WHERE database_name = current_database() AND schema_name = 'landing' GROUP BY table_name"
        ).fetchall()
    }
