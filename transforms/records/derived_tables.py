"""Fills the tables derived from other tables, each with one query: `transforms/<schema>/<table>.sql`."""

from __future__ import annotations

from importlib.resources import files

import duckdb

from warehouse import catalogue
from warehouse.database import create


def derived_query(name: str) -> str | None:
    """The query for "<schema>.<table>"; None if the table is not derived from others."""
    room, short_name = name.split(".", 1)
    if room not in ("records", "profile"):
        return None
    query = files(f"transforms.{room}") / f"{short_name}.sql"
    return query.read_text(encoding="utf-8") if query.is_file() else None


def derive(connection: duckdb.DuckDBPyConnection, room: str) -> None:
    """Create and fill every derived table of a schema; the query names the columns."""
    for table in catalogue.tables(room):
        if query := derived_query(table.name):
            create(connection, table)
            connection.execute(f"INSERT INTO {table.name} BY NAME {query}")
