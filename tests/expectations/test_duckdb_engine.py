"""Tests our Great Expectations engine: if a new version of either library breaks it, these fail first."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

from expectations.duckdb_engine import CountedByGreatExpectations, count_with_great_expectations

BATCH = "SELECT * FROM records.plan"


@pytest.fixture
def warehouse() -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect()
    connection.execute("CREATE SCHEMA records")
    connection.execute(
        "CREATE TABLE records.plan AS SELECT range + 2 AS received_row, 'KX77123' AS child_id, range % 7 AS days"
        " FROM range(100000)"
    )
    return connection


def test_it_counts_every_row_in_duckdb(warehouse: duckdb.DuckDBPyConnection) -> None:
    asked = {BATCH: {"none": "SELECT 1 FROM {batch} WHERE days > 6", "many": "SELECT 1 FROM {batch} WHERE days = 3"}}
    assert count_with_great_expectations(warehouse, asked) == {
        "none": CountedByGreatExpectations(0),
        "many": CountedByGreatExpectations(14286),
    }


def test_a_query_that_fails_is_a_fault_and_does_not_affect_others(warehouse: duckdb.DuckDBPyConnection) -> None:
    asked = {
        BATCH: {
            "before": "SELECT 1 FROM {batch} WHERE days = 3",
            "absent": "SELECT 1 FROM {batch} WHERE no_such_column = 'KX77123'",
            "cast": "SELECT 1 FROM {batch} WHERE child_id::INT = 1",
            "after": "SELECT 1 FROM {batch} WHERE days = 3",
        },
        "SELECT * FROM records.no_such_table": {"nowhere": "SELECT 1 FROM {batch}"},
    }
    found = count_with_great_expectations(warehouse, asked)
    assert found["before"] == found["after"] == CountedByGreatExpectations(14286)
    for name in ("absent", "cast", "nowhere"):
        assert found[name].rows_broken is None
        assert found[name].fault == "the query failed"


def test_its_results_hold_no_value(warehouse: duckdb.DuckDBPyConnection, capfd: pytest.CaptureFixture[str]) -> None:
    asked = {BATCH: {"broken": "SELECT child_id FROM {batch}", "failed": "SELECT child_id::INT FROM {batch}"}}
    found = count_with_great_expectations(warehouse, asked)
    said = capfd.readouterr()
    assert found["broken"] == CountedByGreatExpectations(100000)
    assert "KX77123" not in f"{found} {said.out} {said.err}"
    assert "Calculating" not in said.err, "progress bars are off"


def test_a_brace_in_a_query_is_doubled(warehouse: duckdb.DuckDBPyConnection) -> None:
    asked = {BATCH: {"json": "SELECT 1 FROM {batch} WHERE '{{\"a\": 1}}'->>'a' = '1'"}}
    assert count_with_great_expectations(warehouse, asked) == {"json": CountedByGreatExpectations(100000)}


def test_the_file_can_be_finished_afterwards_and_analytics_are_off(warehouse: duckdb.DuckDBPyConnection) -> None:
    count_with_great_expectations(warehouse, {BATCH: {"one": "SELECT 1 FROM {batch}"}})
    warehouse.execute("DROP TABLE records.plan; CHECKPOINT")
    assert os.environ["GX_ANALYTICS_ENABLED"] == "false"


def test_a_program_ends_quietly_and_with_its_standard_error_open() -> None:
    program = """
import atexit, sys
atexit.register(lambda: print("the last word", file=sys.stderr, flush=True))
import duckdb
from expectations.duckdb_engine import count_with_great_expectations
connection = duckdb.connect()
connection.execute("CREATE TABLE plan AS SELECT range AS days FROM range(10)")
count_with_great_expectations(connection, {"SELECT * FROM plan": {"one": "SELECT 1 FROM {batch} WHERE days > 6"}})
"""
    root = Path(__file__).resolve().parents[2]
    ended = subprocess.run([sys.executable, "-c", program], cwd=root, capture_output=True, text=True, check=False)
    assert (ended.returncode, ended.stdout, ended.stderr) == (0, "", "the last word\n")
