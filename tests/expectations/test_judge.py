"""Met, broken, could not be checked: a check that could not run is never passed, and every broken row is listed."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass

import duckdb
import pytest

from expectations.duckdb_engine import count_with_great_expectations
from expectations.judge import judge, state_coverage
from tests.landing import AS_AT, empty_landing, land
from transforms.records.build_records import build_records
from warehouse.database import reading

CHILDREN = """
pers_person_id | pers_dob   | pers_common_child_id | pers_sex
P1             | 2012-02-03 | 9990000018           | M
P2             | 2014-05-06 | 9990000026           | Q
"""
PLANS = """
cppl_cp_plan_id | cppl_person_id | cppl_cp_plan_start_date | cppl_cp_plan_end_date | cppl_cp_plan_initial_category
PL1             | P1             | 2026-01-10              | 2026-01-05            | NEG
PL2             | P2             | 2026-01-10              | TBC                   | XYZ
"""


@dataclass(frozen=True)
class Said:
    rows_broken: int | None
    fault: str = ""


@pytest.fixture
def warehouse() -> duckdb.DuckDBPyConnection:
    connection = empty_landing()
    connection.execute("INSERT INTO quality.run (as_at) VALUES (?)", [AS_AT])
    land(connection, "ssd_person", CHILDREN)
    land(connection, "ssd_cp_plans", PLANS)
    build_records(connection)
    return connection


def judged(
    connection: duckdb.DuckDBPyConnection,
    as_at: datetime.date = AS_AT,
    *,
    count: object = count_with_great_expectations,
) -> dict[tuple[str, str], tuple[str, int, str | None, str]]:
    judge(
        connection,
        {"ssd_person": AS_AT, "ssd_cp_plans": AS_AT},
        as_at=as_at,
        count=count,  # type: ignore[arg-type]
    )
    state_coverage(connection)
    return {
        (table, code): (outcome, broken, because, coverage)
        for table, code, outcome, broken, because, coverage in connection.execute(
            "SELECT source_table, check_code, outcome, rows_broken, because, coverage FROM quality.checks"
        ).fetchall()
    }


def test_promised_and_statutory_checks_are_broken_by_the_rows_that_break_them(
    warehouse: duckdb.DuckDBPyConnection,
) -> None:
    found = judged(warehouse)
    assert found["ssd_cp_plans", "readable:ended_on"] == ("broken", 1, None, "ran")
    assert found["ssd_cp_plans", "coded:initial_category_code"] == ("broken", 1, None, "ran")
    assert found["ssd_cp_plans", "cin_8925"] == ("broken", 1, None, "ran")
    assert found["ssd_person", "coded:sex_code"] == ("broken", 1, None, "ran")
    assert found["ssd_person", "set aside:key"] == ("met", 0, None, "ran")


def test_every_broken_row_is_listed_with_its_place_and_key_and_no_value(warehouse: duckdb.DuckDBPyConnection) -> None:
    judged(warehouse)
    assert warehouse.execute(
        "SELECT source_table, row_number, key, column_name FROM quality.issues WHERE check_code = 'cin_8925'"
    ).fetchall() == [("ssd_cp_plans", 2, "PL1", "ended_on")]
    listed = warehouse.execute(
        "SELECT source_table, check_code, count(*) FROM quality.issues GROUP BY ALL ORDER BY ALL"
    ).fetchall()
    counted = warehouse.execute(
        "SELECT source_table, check_code, rows_broken FROM quality.checks"
        " WHERE outcome = 'broken' AND severity <> 'critical' ORDER BY ALL"
    ).fetchall()
    assert listed == counted
    messages = warehouse.execute("SELECT string_agg(message, ' ') FROM quality.issues").fetchone()
    assert messages is not None
    assert "XYZ" not in messages[0]
    assert "TBC" not in messages[0]


def test_a_check_whose_column_or_table_is_missing_could_not_be_checked(warehouse: duckdb.DuckDBPyConnection) -> None:
    found = judged(warehouse)
    assert found["ssd_cp_plans", "cin_8910"][0] == "could not be checked"
    assert found["ssd_cp_plans", "cin_8910"][2] == (
        "column cppl_cp_plan_ola of ssd_cp_plans is absent; "
        "column cppl_cp_plan_latest_category of ssd_cp_plans is absent"
    )
    assert found["ssd_cp_plans", "cin_8832"][2] is not None
    assert "ssd_cin_episodes did not arrive" in str(found["ssd_cp_plans", "cin_8832"][2])
    assert found["lado_log", "contract"] == ("could not be checked", 0, "the table did not arrive", "skipped")


def test_a_rule_that_does_not_yet_apply_to_the_year_is_skipped(warehouse: duckdb.DuckDBPyConnection) -> None:
    outcome, _, because, coverage = judged(warehouse, datetime.date(2022, 3, 31))["ssd_cp_plans", "cin_8925"]
    assert (outcome, coverage) == ("could not be checked", "skipped")
    assert because == "does not apply to the return for the year to 31 March 2022"


def test_our_own_count_alone_gives_the_same_outcomes_as_great_expectations(
    warehouse: duckdb.DuckDBPyConnection,
) -> None:
    with_engine = judged(warehouse)
    for table in ("checks", "check_columns", "coverage", "issues"):
        warehouse.execute(f"DELETE FROM quality.{table}")
    assert judged(warehouse, count=None) == with_engine


@pytest.mark.parametrize(
    ("said", "because"),
    [
        (Said(7), "the two counts of its rows differ"),
        (Said(None, "the query failed"), "the query failed"),
        (None, "Great Expectations gave no result"),
    ],
)
def test_a_check_that_failed_or_was_counted_differently_is_never_passed(
    warehouse: duckdb.DuckDBPyConnection, said: Said | None, because: str
) -> None:
    def count(connection: duckdb.DuckDBPyConnection, asked: Mapping[str, Mapping[str, str]]) -> dict[str, Said]:
        names = [name for queries in asked.values() for name in queries]
        return {} if said is None else dict.fromkeys(names, said)

    found = judged(warehouse, count=count)
    assert {one[0] for one in found.values()} == {"could not be checked"}
    assert found["ssd_cp_plans", "cin_8925"] == ("could not be checked", 0, because, "failed")


def test_an_engine_that_fails_stops_no_run_and_passes_no_check(warehouse: duckdb.DuckDBPyConnection) -> None:
    def count(connection: duckdb.DuckDBPyConnection, asked: Mapping[str, Mapping[str, str]]) -> dict[str, Said]:
        raise RuntimeError("the engine is gone")

    found = judged(warehouse, count=count)
    assert {one[0] for one in found.values()} == {"could not be checked"}
    assert found["ssd_cp_plans", "cin_8925"][2:] == ("Great Expectations gave no result", "failed")


def test_the_coverage_statement_adds_up(warehouse: duckdb.DuckDBPyConnection) -> None:
    found = judged(warehouse)
    rows = warehouse.execute("SELECT * FROM quality.coverage").fetchall()
    assert [row[:2] for row in rows] == [
        ("promised", "contract"), ("statutory", "CIN census"), ("statutory", "SSDA903"), ("own", "own"),
    ]  # fmt: skip
    assert sum(row[2] for row in rows) == len(found)
    for _, _, checks, met, broken, skipped, failed, *_ in rows:
        assert checks == met + broken + skipped + failed


def test_the_nightly_run_shows_all_three_outcomes_and_no_two_counts_differ(small_warehouse: object) -> None:
    with reading(small_warehouse) as connection:  # type: ignore[arg-type]
        outcomes = dict(connection.execute("SELECT outcome, count(*) FROM quality.checks GROUP BY ALL").fetchall())
        assert set(outcomes) == {"met", "broken", "could not be checked"}
        assert connection.execute("SELECT count(*) FROM quality.checks WHERE coverage = 'failed'").fetchall() == [(0,)]
        kinds = {row[0] for row in connection.execute("SELECT DISTINCT kind FROM quality.checks").fetchall()}
        assert kinds == {"promised", "statutory", "own"}


def test_a_figure_says_which_broken_checks_touch_it(small_warehouse: object) -> None:
    with reading(small_warehouse) as connection:  # type: ignore[arg-type]
        by_hand = connection.execute(
            """
            SELECT count(DISTINCT (source_table, check_code))
            FROM profile.indicator_columns
            JOIN quality.check_columns USING (table_name, column_name)
            JOIN quality.checks USING (check_code, source_table)
            WHERE indicator_code = 'AS01' AND outcome = 'could not be checked'
            """
        ).fetchall()
        noted = connection.execute(
            "SELECT DISTINCT checks_not_run FROM profile.indicator_results WHERE indicator_code = 'AS01'"
        ).fetchall()
        assert noted == by_hand
