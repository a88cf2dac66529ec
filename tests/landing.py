"""Lands small tables for tests, as the readers would."""

from __future__ import annotations

import datetime
from collections.abc import Sequence

import duckdb

from tests.worked_example import rows_of
from transforms.records.working_days import build_calendar
from warehouse import catalogue
from warehouse.database import create, quoted

AS_AT = datetime.date(2026, 10, 31)


def empty_landing() -> duckdb.DuckDBPyConnection:
    """An in-memory warehouse with its rooms, quality tables and calendar, nothing landed."""
    connection = duckdb.connect()
    for room in ("landing", "records", "profile", "quality"):
        connection.execute(f"CREATE SCHEMA {room}")
    for table in catalogue.tables("quality"):
        create(connection, table)
    build_calendar(connection, AS_AT)
    return connection


def land(connection: duckdb.DuckDBPyConnection, file: str, drawn: str) -> None:
    """Land one table drawn with bars, under the headings given; its first row is row 2 of its file."""
    rows = rows_of(drawn)
    headings = [cell.strip() for cell in drawn.strip().splitlines()[0].split("|")]
    land_rows(connection, file, headings, [[row[heading] for heading in headings] for row in rows])


def land_rows(
    connection: duckdb.DuckDBPyConnection, file: str, headings: Sequence[str], rows: Sequence[Sequence[str | None]]
) -> None:
    """Land rows under headings."""
    columns = ", ".join(f"{quoted(heading)} VARCHAR" for heading in headings)
    connection.execute(f"CREATE TABLE landing.{file} ({columns}, _extract_id VARCHAR, _sheet VARCHAR, _row BIGINT)")
    if rows:
        connection.executemany(
            f"INSERT INTO landing.{file} VALUES ({', '.join('?' * len(headings))}, '{file}-hash', NULL, ?)",
            [[*row, number] for number, row in enumerate(rows, start=2)],
        )
