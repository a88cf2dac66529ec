"""A warehouse in memory for the lists of Annex A: empty tables that all arrived, filled a bar table at a time."""

from __future__ import annotations

import datetime
from collections.abc import Mapping

import duckdb

from transforms.evidence.documents.child_lists import ListMade, make_list
from transforms.evidence.documents.reconciliation import Reconciled, reconcile
from transforms.evidence.documents.tables_as_arrived import read_sources
from transforms.evidence.framework import Framework
from transforms.records.working_days import build_calendar
from warehouse import catalogue
from warehouse.database import create, has_table

AS_AT = datetime.date(2026, 10, 31)
CREATED = datetime.datetime(2026, 11, 2, 9, 14, tzinfo=datetime.UTC)
WINDOW_BEGINS = "2026-04-30"  # six months before; what ended on it is outside


def make_warehouse() -> duckdb.DuckDBPyConnection:
    """Every table of the catalogue, empty, and an arrival for each file of the drop."""
    connection = duckdb.connect()
    for room in ("landing", "records", "profile", "quality", "evidence"):
        connection.execute(f"CREATE SCHEMA {room}")
    build_calendar(connection, AS_AT)
    for table in catalogue.tables():
        if not has_table(connection, table.name):
            create(connection, table)
    for table in catalogue.tables("records"):
        if table.file:
            connection.execute(
                "INSERT INTO quality.arrivals (source, as_at, source_table, file_name, status, rows_received,"
                " rows_loaded, rows_set_aside, blank_rows) VALUES (?, ?, ?, ?, 'loaded', 1, 1, 0, 0)",
                [table.source, AS_AT, table.file, f"{table.file}.csv"],
            )
    return connection


def fill(connection: duckdb.DuckDBPyConnection, table: str, rows: str) -> None:
    """Insert a bar table: headings in its first line, an empty cell is NULL."""
    headings, *lines = [[cell.strip() for cell in line.split("|")] for line in rows.strip().splitlines()]
    marks = ", ".join("?" * len(headings))
    connection.executemany(
        f"INSERT INTO {table} ({', '.join(headings)}) VALUES ({marks})",
        [[cell or None for cell in line] for line in lines],
    )


def children(connection: duckdb.DuckDBPyConnection, ids: str) -> None:
    """Children of these ids, with a date of birth."""
    fill(
        connection, "records.children", "child_id | born_on\n" + "\n".join(f"{one} | 2015-06-06" for one in ids.split())
    )


def figure(connection: duckdb.DuckDBPyConnection, code: str, cases: Mapping[str, str]) -> None:
    """A current figure of an as-at day with its cases: case to child."""
    for case_id, child_id in cases.items():
        connection.execute(
            "INSERT INTO profile.indicator_cases (indicator_code, period_kind, ends_on, case_id, child_id, counts,"
            " numerator_part, denominator_part) VALUES (?, 'snapshot', ?, ?, ?, TRUE, 1, 0)",
            [code, AS_AT, case_id, child_id],
        )


def made(connection: duckdb.DuckDBPyConnection, framework: Framework, number: int) -> ListMade:
    """The list of that number."""
    return make_list(
        connection,
        framework,
        framework.list_asked(f"annex_a_list_{number}"),
        as_at=AS_AT,
        sources=read_sources(connection),
        numerators={},
    )


def rows(connection: duckdb.DuckDBPyConnection, framework: Framework, number: int) -> dict[str, dict[str, object]]:
    """The list's rows by child, codes as codes."""
    return {row["child_id"]: row for row in made(connection, framework, number).frame.iter_rows(named=True)}


def compared(
    connection: duckdb.DuckDBPyConnection, framework: Framework, numerators: Mapping[str, float]
) -> dict[str, Reconciled]:
    """Every comparison of the framework, by id."""
    lists = {f"annex_a_list_{number}": made(connection, framework, number) for number in (6, 7, 8)}
    found = reconcile(connection, framework, lists, as_at=AS_AT, numerators=numerators)
    return {one.comparison.id: one for one in found}


def in_need(connection: duckdb.DuckDBPyConnection, referrals: str) -> None:
    """Child in need episodes: reference, child, day of referral, closure, no further action."""
    fill(
        connection,
        "records.child_in_need_episodes",
        "referral_id | child_id | referred_on | closed_on | is_no_further_action\n" + referrals,
    )


def agreeing(connection: duckdb.DuckDBPyConnection) -> None:
    """Two children on plans, one of them in care, a third in care, a fourth on short breaks; every list agrees."""
    children(connection, "A B C D")
    in_need(connection, "\n".join(f"R{one} | {one} | 2026-01-10 | |" for one in "ABCD"))
    fill(
        connection,
        "records.child_protection_plans",
        "plan_id | child_id | started_on\nP1 | A | 2026-02-10\nP2 | B | 2026-02-10",
    )
    fill(
        connection,
        "records.looked_after_episodes",
        "episode_id | child_id | started_on\n" + "\n".join(f"E{one} | {one} | 2026-03-10" for one in "BCD"),
    )
    short = "legal_status_id | child_id | legal_status_code | started_on\nL1 | D | V4 | 2026-03-10"
    fill(connection, "records.legal_statuses", short)
    figure(connection, "CP08", {"P1": "A", "P2": "B"})
    figure(connection, "LA01", {"B": "B", "C": "C"})
    figure(connection, "CN01", {f"R{one}": one for one in "ABCD"})


NUMERATORS = {"CP08": 2.0, "LA01": 2.0, "CN01": 4.0}
