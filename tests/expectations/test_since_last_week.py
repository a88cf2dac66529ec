"""Changes since the previous delivery are checked: met, broken, or not checked and why; a first run reports nothing."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from typing import Any

import duckdb
import pytest

from expectations.since_last_week import COMPARISONS, ROW_COUNT_LIMIT, judge_since_last_week
from tests.landing import empty_landing
from warehouse.quality.changes import EVENT_DATE_CHANGED, GONE, GONE_WHILE_OPEN

BEFORE, NOW = datetime.date(2026, 10, 24), datetime.date(2026, 10, 31)


@pytest.fixture
def connection() -> Iterator[duckdb.DuckDBPyConnection]:
    with empty_landing() as connection:
        yield connection


def put(connection: duckdb.DuckDBPyConnection, table: str, **values: Any) -> None:
    connection.execute(
        f"INSERT INTO quality.{table} ({', '.join(values)}) VALUES ({', '.join('?' * len(values))})",
        list(values.values()),
    )


def compared(connection: duckdb.DuckDBPyConnection, table: str, **values: Any) -> None:
    told = {
        "source_table": table, "as_at": NOW, "as_at_before": BEFORE, "rows_now": 10, "rows_before": 10,
        "rows_new": 0, "rows_gone": 0, "outcome": "compared", "extract_id": "now", "extract_id_before": "before",
    }  # fmt: skip
    put(connection, "comparisons", **{**told, **values})


def outcomes(connection: duckdb.DuckDBPyConnection) -> dict[str, tuple[str, int, str | None]]:
    return {
        code: (outcome, broken, because)
        for code, outcome, broken, because in connection.execute(
            "SELECT check_code, outcome, rows_broken, because FROM quality.checks"
        ).fetchall()
    }


@pytest.mark.parametrize(
    ("before", "now", "outcome"),
    [
        (100, 90, "met"),
        (100, 110, "met"),
        (100, 89, "broken"),
        (100, 111, "broken"),
        (1000, 899, "broken"),
        (0, 0, "met"),
        (0, 1, "broken"),
        (1, 0, "broken"),
    ],
)
def test_a_change_of_more_than_a_tenth_of_the_rows_breaks_the_check(
    connection: duckdb.DuckDBPyConnection, before: int, now: int, outcome: str
) -> None:
    compared(connection, "ssd_person", rows_now=now, rows_before=before)
    judge_since_last_week(connection)
    assert ROW_COUNT_LIMIT == 10
    assert outcomes(connection)["x007"][0] == outcome
    listed = connection.execute("SELECT extract_id, row_number, key, message FROM quality.issues").fetchall()
    said = ("now", None, None, f"rows received: {now}, and {before} in the previous delivery")
    assert listed == ([said] if outcome == "broken" else [])


def test_the_local_limit_replaces_the_default(connection: duckdb.DuckDBPyConnection) -> None:
    compared(connection, "ssd_person", rows_now=80, rows_before=100)
    judge_since_last_week(connection, row_count_limit=20)
    assert outcomes(connection)["x007"] == ("met", 0, None)


def test_a_first_run_says_so_and_alarms_nobody(connection: duckdb.DuckDBPyConnection) -> None:
    because = "first run: there is no previous delivery"
    put(connection, "comparisons", source_table="lado_log", rows_now=4, outcome="first run", because=because)
    judge_since_last_week(connection)
    assert outcomes(connection) == dict.fromkeys(
        ("x007", "x008", "x008_open", "x009"), ("could not be checked", 0, because)
    )
    assert connection.execute("SELECT DISTINCT coverage FROM quality.checks").fetchall() == [("skipped",)]
    assert connection.execute("FROM quality.issues").fetchall() == []
    # Nor does it count against a figure.
    assert connection.execute("FROM quality.check_columns").fetchall() == []


def test_deliveries_that_could_not_be_compared_pass_no_check_but_their_rows_are_counted(
    connection: duckdb.DuckDBPyConnection,
) -> None:
    told = {"outcome": "could not be compared", "rows_gone": None, "rows_new": None}
    compared(connection, "lado_log", because="the system has new keys", **told)
    compared(connection, "audits", because="the comparison failed (IOException)", rows_before=None, **told)
    judge_since_last_week(connection)
    rows = connection.execute(
        "SELECT source_table, check_code, outcome, coverage, because FROM quality.checks ORDER BY ALL"
    ).fetchall()
    assert rows == [
        ("audits", "x007", "could not be checked", "failed", "the comparison failed (IOException)"),
        ("audits", "x008", "could not be checked", "failed", "the comparison failed (IOException)"),
        ("audits", "x009", "could not be checked", "failed", "the comparison failed (IOException)"),
        ("lado_log", "x007", "met", "ran", None),
        ("lado_log", "x008", "could not be checked", "skipped", "the system has new keys"),
        ("lado_log", "x008_open", "could not be checked", "skipped", "the system has new keys"),
        ("lado_log", "x009", "could not be checked", "skipped", "the system has new keys"),
    ]


def test_a_table_without_a_date_has_no_check_of_it(connection: duckdb.DuckDBPyConnection) -> None:
    compared(connection, "ssd_person")
    judge_since_last_week(connection)
    assert outcomes(connection) == {"x007": ("met", 0, None), "x008": ("met", 0, None)}


def test_a_check_names_the_date_column_that_is_missing(connection: duckdb.DuckDBPyConnection) -> None:
    compared(connection, "lado_log", rows_gone=1)
    judge_since_last_week(connection)
    assert outcomes(connection) == {
        "x007": ("met", 0, None),
        "x008": ("broken", 1, None),
        "x008_open": (
            "could not be checked", 0, "column date_outcome or date_closed was absent from the previous delivery"
        ),
        "x009": ("could not be checked", 0, "column date_contact is absent from one of the two deliveries"),
    }  # fmt: skip


def test_each_row_is_listed_with_its_place(connection: duckdb.DuckDBPyConnection) -> None:
    compared(connection, "lado_log", rows_gone=2, rows_gone_while_open=1, event_dates_changed=1)
    changed = {"source_table": "lado_log", "as_at": NOW, "as_at_before": BEFORE, "sheet_before": "Log before"}
    put(connection, "changes", change=GONE, key="LA1", row_number_before=7, **changed)
    put(
        connection,
        "changes",
        change=GONE_WHILE_OPEN,
        key="LA2",
        row_number_before=8,
        column_name="outcome_on",
        **changed,
    )
    put(
        connection, "changes", change=EVENT_DATE_CHANGED, key="LA3", row_number=2, sheet="Log",
        row_number_before=9, column_name="contacted_on", **changed,
    )  # fmt: skip
    judge_since_last_week(connection)
    assert {code: told[:2] for code, told in outcomes(connection).items()} == {
        "x007": ("met", 0), "x008": ("broken", 2), "x008_open": ("broken", 1), "x009": ("broken", 1),
    }  # fmt: skip
    listed = connection.execute(
        "SELECT check_code, severity, extract_id, sheet, row_number, key, column_name FROM quality.issues ORDER BY ALL"
    ).fetchall()
    assert listed == [
        ("x008", "info", "before", "Log before", 7, "LA1", None),
        ("x008", "info", "before", "Log before", 8, "LA2", "outcome_on"),
        ("x008_open", "warning", "before", "Log before", 8, "LA2", "outcome_on"),
        ("x009", "info", "now", "Log", 2, "LA3", "contacted_on"),
    ]
    messages = connection.execute("SELECT DISTINCT check_code, message FROM quality.issues").fetchall()
    assert all("previous delivery" in message for _, message in messages)


def test_only_missing_open_rows_count_against_figures(connection: duckdb.DuckDBPyConnection) -> None:
    """A warning is counted with every figure it feeds; a row that is only listed is not."""
    compared(connection, "lado_log", rows_gone_while_open=0, event_dates_changed=0)
    judge_since_last_week(connection)
    assert connection.execute("FROM quality.check_columns ORDER BY ALL").fetchall() == [
        ("x008_open", "lado_log", "records.allegations", "closed_on"),
        ("x008_open", "lado_log", "records.allegations", "outcome_on"),
    ]


def test_every_check_says_what_the_team_does(connection: duckdb.DuckDBPyConnection) -> None:
    compared(connection, "lado_log", rows_gone_while_open=0, event_dates_changed=0)
    judge_since_last_week(connection)
    rows = connection.execute(
        "SELECT check_code, rule, kind, source, severity, team, rows_checked FROM quality.checks ORDER BY check_code"
    ).fetchall()
    assert rows == [
        ("x007", "X007", "own", "own", "info", "LADO team", 10),
        ("x008", "X008", "own", "own", "info", "LADO team", 10),
        ("x008_open", "X008", "own", "own", "warning", "LADO team", 10),
        ("x009", "X009", "own", "own", "info", "LADO team", 10),
    ]
    assert all(check.fix.endswith(".") and not check.title.endswith(".") for check in COMPARISONS)
