"""Reads one source's tables directly from a database through ODBC: PostgreSQL, SQL Server and others.

Only columns that the contracts declare are requested. Every value is fetched as the driver's text for it (dates and
times as ISO 8601, by ODBC's rules), so the csv holds the same rows however the database types its columns. Rows are
sorted here, not by the database: the same rows give the same bytes, whatever its collation.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb
import pyarrow

from flows.callbacks import Say
from flows.receiving.sources import Source
from flows.secrets_folder import secret
from warehouse import catalogue
from warehouse.contract import Table
from warehouse.database import literal, quoted
from warehouse.problem import Problem, TransientFault

if TYPE_CHECKING:
    from arrow_odbc import Connection

CONNECT_SECONDS = 30
QUERY_SECONDS = 30 * 60
LONGEST_TEXT = 1 << 18
"""Bytes of the longest text of a column without a declared length; a longer one is refused, never cut off."""

# Larger buffers take longer to prepare for each table than they save: 16 MiB took a third of the time of 128.
_ROWS_AT_ONCE = 20_000
_BYTES_AT_ONCE = 16 << 20
# Both PostgreSQL and SQL Server have this view, and both accept this spelling of its name.
_COLUMNS = "SELECT TABLE_SCHEMA, TABLE_NAME, COLUMN_NAME FROM INFORMATION_SCHEMA.COLUMNS"
_STATE = re.compile(r"State: ([0-9A-Z]{5})")
_CUT_OFF = "without truncation"


@dataclass(frozen=True, slots=True)
class Present:
    """A table that the database has, and its columns that the contract declares, as the database spells them."""

    table: Table
    schema: str
    name: str
    columns: tuple[str, ...]

    @property
    def place(self) -> str:
        """For people and the ledger."""
        return f"{self.schema}.{self.name}"

    def query(self) -> str:
        """The query. Every name is quoted with `"`, SQL's own mark, which every database supported here accepts."""
        columns = ", ".join(quoted(column) for column in self.columns)
        return f"SELECT {columns} FROM {quoted(self.schema)}.{quoted(self.name)}"

    def order(self) -> str:
        """The key first, then the rest, so that rows without a proper key also have a fixed order."""
        keys = {str(self.table.column(name).heading).lower() for name in self.table.key}
        by = sorted(range(len(self.columns)), key=lambda number: self.columns[number].lower() not in keys)
        return ", ".join(f"c{number} NULLS FIRST" for number in by)


class Database:
    """An open connection to the database of one source."""

    def __init__(self, source: Source, connection: Connection) -> None:
        self._source = source
        self._connection = connection

    def tables(self) -> tuple[list[Present], list[str]]:
        """The source's tables that the database has, and the names of those it does not.

        Raises:
            Problem: two schemas have a table of the same name, and the source names no schema.
        """
        asked = {
            file: table
            for file, table in catalogue.by_file().items()
            if table.source == self._source.name and self._source.takes(file)
        }
        if not asked:
            raise Problem(
                "No table of a drop matches this source and these names.",
                where=f"[{self._source.name}]",
                why="Nothing would be read from its database.",
                fix="Give the source the name of its folder in a drop, such as case_management, and correct tables.",
            )
        columns: dict[tuple[str, str], list[str]] = {}
        where = self._source.schema
        query = f"{_COLUMNS} WHERE TABLE_SCHEMA = ?" if where else _COLUMNS
        for batch in self._batches(query, "INFORMATION_SCHEMA.COLUMNS", [where] if where else None):
            for schema, name, column in zip(*(column.to_pylist() for column in batch.columns), strict=True):
                if name.lower() in asked:
                    columns.setdefault((schema, name), []).append(column)
        present: dict[str, Present] = {}
        for (schema, name), names in sorted(columns.items()):
            table = asked[name.lower()]
            if str(table.file) in present:
                raise Problem(
                    "Two tables of the database have this name.",
                    where=f"{present[str(table.file)].place} and {schema}.{name}",
                    why="Daytwo cannot tell which one is meant.",
                    fix=f"Name the schema in the file of sources: [{self._source.name}], schema.",
                )
            if declared := _declared(table, names):
                present[str(table.file)] = Present(table, schema, name, declared)
        missing = [file for file in asked if file not in present]
        return [present[file] for file in asked if file in present], missing

    def write(self, present: Present, to: Path, memory_limit: str) -> int:
        """Write the rows of a table as csv; returns how many.

        Args:
            to: a new file; temporary files may appear next to it.
            memory_limit: for sorting, as DuckDB writes it.
        """
        fetched = _Fetched(self._batches(present.query(), present.place))
        with _explained(self._source, present.place), duckdb.connect() as connection:
            connection.execute(f"SET memory_limit = {literal(memory_limit)}")
            connection.execute(f"SET temp_directory = {literal(str(to.parent))}")
            schema = pyarrow.schema([(f"c{number}", pyarrow.string()) for number in range(len(present.columns))])
            batches = fetched.under_plain_names(schema)
            connection.register("rows", pyarrow.RecordBatchReader.from_batches(schema, batches))
            names = ", ".join(f"c{number} AS {quoted(name)}" for number, name in enumerate(present.columns))
            sorted_rows = f"SELECT {names} FROM rows ORDER BY {present.order()}"
            try:
                written = connection.execute(
                    f"COPY ({sorted_rows}) TO {literal(str(to))} (FORMAT csv, HEADER)"
                ).fetchone()
            except duckdb.Error:
                if fetched.fault is not None:
                    raise fetched.fault from None
                raise
        if written is None or written[0] != fetched.rows:
            raise Problem(
                "Two ways of counting the rows of a table disagree.",
                where=present.place,
                why="Rows may be missing or counted twice.",
                fix="Start it again. If it happens again, report the table and the kind of database.",
            )
        return fetched.rows

    def _batches(
        self, query: str, place: str, parameters: Sequence[str] | None = None
    ) -> Iterator[pyarrow.RecordBatch]:
        with _explained(self._source, place):
            reader = self._connection.read_arrow_batches(
                query,
                batch_size=_ROWS_AT_ONCE,
                parameters=parameters,
                max_bytes_per_batch=_BYTES_AT_ONCE,
                max_text_size=LONGEST_TEXT,
                max_binary_size=LONGEST_TEXT,
                map_schema=_as_text,
                query_timeout_sec=QUERY_SECONDS,
            )
            yield from reader


@contextmanager
def open_database(source: Source, secrets: str) -> Iterator[Database]:
    """Connect to the database of a source with the connection string that is the secret `sql_connection_<source>`.

    Raises:
        Problem: there is no such secret or driver, or the account is refused.
        TransientFault: the database cannot be reached.
    """
    name = f"sql_connection_{source.name}"
    string = secret(secrets, name)
    if string is None:
        raise Problem(
            "There is no connection string for this source.",
            where=f"DAYTWO_SECRETS, {name}",
            why="Daytwo does not know where its database is, or which account to use.",
            fix="Put an ODBC connection string into a file of this name in the folder of secrets; docs/pulling.md has"
            " one for each database.",
        )
    try:
        import arrow_odbc
    except (ImportError, OSError):
        arrow_odbc = None
    if arrow_odbc is None:
        raise Problem(
            "ODBC is not installed on this machine.",
            where="libodbc.so.2",
            why="Daytwo reads the database through it.",
            fix="Install Debian's package unixodbc, and the driver of the database (odbc-postgresql, msodbcsql18).",
        )
    with _explained(source, ""):
        connection = arrow_odbc.connect(string, login_timeout_sec=CONNECT_SECONDS)
    yield Database(source, connection)


def _as_text(schema: pyarrow.Schema) -> pyarrow.Schema:
    return pyarrow.schema([(field.name, pyarrow.string()) for field in schema])


def _declared(table: Table, names: Sequence[str]) -> tuple[str, ...]:
    """The database's columns that the contract declares, in the contract's order."""
    there = {name.lower(): name for name in names}
    found = []
    for column in table.columns:
        for heading in (column.heading, *(spelling.heading for spelling in column.also)):
            if heading and heading.lower() in there:
                found.append(there[heading.lower()])
                break
    return tuple(found)


class _Fetched:
    """The batches of a table on their way into DuckDB: how many rows they had, and the fault that ended them, if any.

    The fault is kept because DuckDB's own error does not say what it was.
    """

    def __init__(self, batches: Iterator[pyarrow.RecordBatch]) -> None:
        self._batches = batches
        self.rows = 0
        self.fault: Problem | None = None

    def under_plain_names(self, schema: pyarrow.Schema) -> Iterator[pyarrow.RecordBatch]:
        try:
            for batch in self._batches:
                self.rows += batch.num_rows
                yield pyarrow.RecordBatch.from_arrays(batch.columns, schema=schema)
        except Problem as problem:
            self.fault = problem
            raise


@contextmanager
def _explained(source: Source, place: str) -> Iterator[None]:
    """Turn errors into Problems: a driver's own texts quote values and accounts. Its five-letter state is reported."""
    try:
        yield
        return
    except Problem:
        raise
    except duckdb.Error as error:
        problem = _fault_of_sorting(place, type(error).__name__)
    except Exception as error:
        if type(error).__module__.split(".", 1)[0] != "arrow_odbc":
            raise
        problem = fault_of_driver(source, place, str(error))
    raise problem


def _fault_of_sorting(place: str, kind: str) -> Problem:
    return TransientFault(
        f"The rows of a table could not be sorted and written ({kind}).",
        where=place,
        why="Nothing was received from this source.",
        fix="Check that the store's disk has room for the table twice; DAYTWO_MEMORY_LIMIT is the memory sorting may"
        " use.",
    )


def fault_of_driver(source: Source, place: str, said: str) -> Problem:
    """A driver's error as a Problem.

    Args:
        place: the table requested; empty: none yet.
        said: the driver's message, of which only its state is repeated.
    """
    found = _STATE.search(said)
    state = found[1] if found else "none"
    where = f"[{source.name}]{place and ', ' + place}, SQLSTATE {state}"
    why = "Nothing was received from this source."
    if _CUT_OFF in said:
        return Problem(
            f"A text is longer than {LONGEST_TEXT:,} bytes.",
            where=f"[{source.name}], {place}",
            why=f"It would be cut off. {why}",
            fix="Leave the table out (tables), or have the database show a shorter text.",
        )
    if state in ("IM002", "IM003", "IM004", "01000"):
        return Problem(
            "The driver that the connection string names is not installed, or cannot be loaded.",
            where=where,
            why=why,
            fix="Install it (Debian: odbc-postgresql; Microsoft: msodbcsql18); odbcinst -q -d lists those installed.",
        )
    if state.startswith("28"):
        return Problem(
            "The database refused the account.",
            where=where,
            why=why,
            fix=f"Correct the secret sql_connection_{source.name}, or ask whoever runs the database.",
        )
    if state.startswith(("08", "HYT", "40", "53", "57", "S1T")):
        return TransientFault(
            "The database could not be reached, refused the account, or lost the connection.",
            where=where,
            why=why,
            fix="Daytwo tries again next time. If it keeps failing, check that this machine can reach the server, and"
            f" that server, account and password in the secret sql_connection_{source.name} are right.",
        )
    return Problem(
        "The database refused a query.",
        where=where,
        why=why,
        fix="Allow the account to read (SELECT) the table or view, and check that it can be read whole there.",
    )


Written = dict[str, tuple[Path, dict[str, Any]]]


def write_tables(
    source: Source, secrets: str, folder: Path, *, memory_limit: str, say: Say = lambda step: None
) -> tuple[Written, list[str]]:
    """Write every table of a source as a csv in `folder`; returns file names with path and origin, and missing tables.

    Raises:
        Problem, TransientFault: the database cannot be read. Then no table is used: half of them would be taken for the
            whole delivery.
    """
    written: Written = {}
    with open_database(source, secrets) as database:
        present, missing = database.tables()
        for one in present:
            say(f"reading {one.place}")
            path = folder / f"{one.table.file}.csv"
            rows = database.write(one, path, memory_limit)
            origin = {"kind": "sql", "name": source.name, "place": one.place, "rows": rows}
            written[path.name] = (path, origin)
    return written, missing
