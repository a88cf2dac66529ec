"""The queries sent to a database, and how its errors are reported; tests/integration reads a real one."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from flows.receiving.sources import Source
from flows.receiving.sql_tables import Present, fault_of_driver, open_database
from warehouse import catalogue
from warehouse.problem import Problem, TransientFault

SOURCE = Source("case_management", "sql", schema="ssd")
PLANS = catalogue.by_file()["ssd_cp_plans"]


def test_every_name_is_quoted_and_the_rows_are_sorted_by_the_key_first() -> None:
    present = Present(PLANS, 'odd "schema"', "SSD_CP_Plans", ("cppl_person_id", "CPPL_CP_PLAN_ID"))
    assert present.query() == 'SELECT "cppl_person_id", "CPPL_CP_PLAN_ID" FROM "odd ""schema"""."SSD_CP_Plans"'
    assert present.order() == "c1 NULLS FIRST, c0 NULLS FIRST"


def test_without_its_secret_a_database_is_not_connected_to(tmp_path: Path) -> None:
    for folder in ("", str(tmp_path)):
        with pytest.raises(Problem, match="no connection string") as refused, open_database(SOURCE, folder):
            pass
        assert "sql_connection_case_management" in refused.value.where


def test_without_odbc_the_problem_names_the_package_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "sql_connection_case_management").write_text("Driver={PostgreSQL Unicode}")
    monkeypatch.setitem(sys.modules, "arrow_odbc", None)
    with pytest.raises(Problem, match="ODBC is not installed") as refused, open_database(SOURCE, str(tmp_path)):
        pass
    assert "unixodbc" in refused.value.fix


@pytest.mark.parametrize(
    ("state", "what", "may_pass"),
    [
        ("08001", "could not be reached", True),
        ("HYT00", "could not be reached", True),
        ("57P01", "could not be reached", True),
        ("28000", "refused the account", False),
        ("IM002", "driver", False),
        ("42501", "refused a query", False),
        ("22007", "refused a query", False),
    ],
)
def test_a_drivers_error_is_reported_only_by_its_state(state: str, what: str, may_pass: bool) -> None:
    said = (
        f"ODBC emitted an error calling 'SQLExecDirect':\nState: {state}, Native error: 1, Message: \"Zebedeeus\" of sa"
    )
    told = fault_of_driver(SOURCE, "ssd.ssd_person", said)
    assert what in told.what
    assert f"SQLSTATE {state}" in told.where
    assert "Zebedeeus" not in str(told)
    assert isinstance(told, TransientFault) is may_pass


def test_an_error_without_a_state_is_reported_too() -> None:
    assert "SQLSTATE none" in fault_of_driver(SOURCE, "", "something").where
