"""`daytwo sql`: runs a query on the published warehouse; the query can neither change it nor read anything else."""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING

from flows.commands.arguments import add_restricted, add_rows, add_store, published
from flows.commands.printing import show
from warehouse.problem import Problem

if TYPE_CHECKING:
    import duckdb

HELP = "run SQL on the published warehouse"
PLACE = 80


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_store(parser)
    parser.add_argument("query", metavar="QUERY", help='such as "SELECT * FROM profile.indicator_results"')
    add_restricted(parser)
    add_rows(parser)


def run(given: argparse.Namespace) -> int:
    from warehouse.database import reading

    with reading(published(given, restricted=given.restricted)) as connection:
        found = _run_query(connection, given.query)
        if found is not None:
            show(
                given,
                lambda: [dict(zip(found.columns, row, strict=True)) for row in found.fetchall()],
                lambda: _print_table(found, given.rows),
            )
    return 0


def _run_query(connection: duckdb.DuckDBPyConnection, query: str) -> duckdb.DuckDBPyRelation | None:
    """Run the query; a Problem if it cannot be run, which holds no value of a row."""
    import duckdb

    try:
        return connection.sql(query)
    except duckdb.Error as error:
        # Other errors, such as a value that could not be converted, quote the value.
        quotes_no_value = isinstance(
            error,
            duckdb.ParserException | duckdb.BinderException | duckdb.CatalogException | duckdb.PermissionException,
        )
        raise Problem(
            "The query could not be run.",
            where=str(error).strip().splitlines()[0] if quotes_no_value else type(error).__name__,
            fix='Correct it; tables and columns are listed by: daytwo sql "SHOW ALL TABLES"',
        ) from error


def _print_table(found: duckdb.DuckDBPyRelation, rows: int) -> tuple[str, ...]:
    """DuckDB prints the table itself, so there are no lines to return."""
    found.show(max_rows=rows, max_width=None if sys.stdout.isatty() else 10_000)
    return ()
