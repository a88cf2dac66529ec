"""Runs a rule's worked example: its rows in an empty warehouse, its own SELECT, each row's verdict."""

from __future__ import annotations

import datetime
from typing import Any

import duckdb

from expectations.rule import Rule
from tests.worked_example import rows_of
from transforms.records.derived_tables import derive
from transforms.records.working_days import build_calendar
from warehouse import catalogue
from warehouse.database import create

LATEST = datetime.date(2026, 12, 31)
"""No example is later; the calendar runs on for six years."""


def empty_warehouse() -> duckdb.DuckDBPyConnection:
    """An in-memory warehouse with every records and quality table, empty except for the calendar."""
    connection = duckdb.connect()
    for room in ("landing", "records", "quality"):
        connection.execute(f"CREATE SCHEMA {room}")
    for table in (*catalogue.tables("records"), *catalogue.tables("quality")):
        if table.file or table.name.startswith("quality."):
            create(connection, table)
    build_calendar(connection, LATEST)
    derive(connection, "records")
    return connection


def said_verdicts(rule: Rule) -> dict[int, str]:
    """Verdict by received row of the rule's own table, as the example gives it."""
    example: dict[str, Any] = rule.example
    return {
        int(row["received_row"] or ""): row["verdict"] or ""
        for given in example["given"]
        for row in rows_of(given["rows"])
        if "verdict" in row
    }


def play(connection: duckdb.DuckDBPyConnection, rule: Rule) -> dict[int, str]:
    """Verdict by received row, as the rule's SELECT finds it; the warehouse is left unchanged.

    Raises:
        AssertionError: a row is found that is not in the example, or is found twice.
    """
    example: dict[str, Any] = rule.example
    connection.execute("BEGIN")
    try:
        connection.execute("INSERT INTO quality.run (as_at) VALUES (?)", [example["as_at"]])
        for given in example["given"]:
            for row in rows_of(given["rows"]):
                values = {name: cell for name, cell in row.items() if name not in ("verdict", "because")}
                connection.execute(
                    f"INSERT INTO {given['table']} ({', '.join(values)}) VALUES ({', '.join('?' * len(values))})",
                    list(values.values()),
                )
        found = [row for (row,) in connection.execute(rule.query).fetchall()]
    finally:
        connection.execute("ROLLBACK")
    said = said_verdicts(rule)
    assert len(set(found)) == len(found), "a row is found twice"
    assert set(found) <= set(said), "a row is found that is not in the example"
    return {row: "broken" if row in found else "met" for row in said}
