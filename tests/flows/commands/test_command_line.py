"""The command line as people use it: what it prints, what a machine reads, and its exit codes."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

from flows.commands import command_line
from flows.commands.command_line import main
from flows.publishing.run_nightly import Outcome
from transforms.profile.indicator import indicators
from warehouse.england_time import known_on, moment


@pytest.fixture
def store(published: tuple[Path, Outcome]) -> str:
    return str(published[0] / "store")


def said(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    code = main(arguments)
    out, err = capsys.readouterr()
    return code, out, err


def test_help_imports_nothing_heavy() -> None:
    """Help must appear at once: no database, no data frames, no Prefect."""
    heavy = "{'duckdb', 'polars', 'prefect', 'great_expectations', 'boto3', 'typst'}"
    code = (
        "import sys; from flows.commands.command_line import parser; parser().format_help();"
        f" print({heavy} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"


def test_every_file_of_the_folder_except_three_is_a_command() -> None:
    """A new file is a new command: nothing else has to name it."""
    folder = Path(command_line.__file__).parent
    files = {path.stem for path in folder.glob("[a-z]*.py")}
    assert set(command_line.commands()) == files - {"command_line", "printing", "arguments"}
    places = [command.PLACE for command in command_line.commands().values()]
    assert places == sorted(set(places)), "no two commands have the same place in the help"


def test_only_one_file_writes_json_and_each_command_has_the_flag() -> None:
    folder = Path(command_line.__file__).parent
    making = [path.stem for path in folder.glob("*.py") if "json.dumps" in path.read_text(encoding="utf-8")]
    assert making == ["printing"]
    for name, parser in command_line.parsers().items():
        assert "--json" in parser._option_string_actions, name


def test_check_imports_neither_prefect_nor_great_expectations(published: tuple[Path, Outcome]) -> None:
    file = published[0] / "drop" / "case_management" / "2026-10-31" / "ssd_cp_plans.csv"
    code = (
        f"import sys; from flows.commands.command_line import main; main(['check', {str(file)!r}, '--json']);"
        " print({'prefect', 'great_expectations'} & set(sys.modules), file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stderr.strip() == "set()"
    assert json.loads(done.stdout)["accepted"] is True


def test_explain_shows_definition_sourcing_and_figures(capsys: pytest.CaptureFixture[str], store: str) -> None:
    code, out, _ = said(capsys, "explain", "ni 64", "--store", store)
    assert code == 0
    assert "more than 729 days" in out
    assert "verified: LAIT 98" in out
    assert "FROM records.child_protection_plans" in out


def test_a_percentage_of_fewer_than_six_is_not_shown(capsys: pytest.CaptureFixture[str], store: str) -> None:
    _, out, _ = said(capsys, "explain", "NI64", "--store", store)
    line = next(line for line in out.splitlines() if "rolling_12_months" in line and "2026-10-31" in line)
    assert line.split()[3:6] == ["1", "2", "n/d"]


def test_explain_shows_a_figure_by_group(capsys: pytest.CaptureFixture[str], store: str) -> None:
    code, out, _ = said(capsys, "explain", "PF01", "--store", store)
    assert code == 0
    assert "  by who notified: " in out


def test_cases_trace_a_figure_to_the_row_of_the_file(capsys: pytest.CaptureFixture[str], store: str) -> None:
    code, out, _ = said(capsys, "cases", "NI64", "--store", store, "--json", "--all")
    assert code == 0
    found = {case["case_id"]: case for case in json.loads(out)["cases"]}
    assert found["PL1"]["counts"] is True
    assert found["PL2"]["counts"] is False
    assert (found["PL1"]["file_name"], found["PL1"]["row_number"]) == ("ssd_cp_plans.csv", 2)
    assert found["PL1"]["child_id"] == "0001"


def test_cases_of_a_workbook_name_the_sheet(capsys: pytest.CaptureFixture[str], store: str) -> None:
    _, out, _ = said(capsys, "cases", "PF02", "--store", store, "--json", "--all", "--restricted")
    first = next(case for case in json.loads(out)["cases"] if case["case_id"] == "PF1")
    assert (first["file_name"], first["sheet"], first["row_number"]) == (
        "private_fostering.xlsx",
        "private_fostering",
        2,
    )


def test_every_case_of_every_figure_is_traced_to_a_row(capsys: pytest.CaptureFixture[str], store: str) -> None:
    for indicator in indicators():
        _, out, _ = said(capsys, "cases", indicator.code, "--store", store, "--json", "--all", "--restricted")
        for case in json.loads(out)["cases"]:
            assert case["file_name"], (indicator.code, case["case_id"])
            assert case["row_number"] >= 2


def test_an_unexpected_error_is_reported_without_its_text(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, store: str
) -> None:
    """DuckDB's own text may quote a cell."""

    def fails(*_: object) -> None:
        duckdb.execute("SELECT 'Zebedee, 9990000018'::INTEGER")

    monkeypatch.setattr("flows.commands.status.read_status", fails)
    code, out, err = said(capsys, "status", "--store", store)
    assert code == 1
    assert "an unexpected error (ConversionException)" in err
    assert "Zebedee" not in out + err
    assert "9990000018" not in out + err


def test_restricted_cases_are_not_read_from_the_general_file(capsys: pytest.CaptureFixture[str], store: str) -> None:
    code, _, err = said(capsys, "cases", "LD07", "--store", store)
    assert code == 1
    assert "--restricted" in err


def test_sql_prints_rows_for_people_and_json_for_machines(capsys: pytest.CaptureFixture[str], store: str) -> None:
    query = "SELECT plan_id, started_on FROM records.child_protection_plans ORDER BY plan_id LIMIT 1"
    assert "PL1" in said(capsys, "sql", "--store", store, query)[1]
    assert json.loads(said(capsys, "sql", "--store", store, "--json", query)[1]) == [
        {"plan_id": "PL1", "started_on": "2024-02-01"}
    ]


@pytest.mark.parametrize(
    "query",
    [
        "SELECT nonsense FROM nowhere",
        "COPY (SELECT 1) TO 'stolen.csv'",
        "SELECT * FROM read_csv('/etc/passwd')",
        "ATTACH 'other.duckdb'",
        "CREATE TABLE records.mine (a INT)",
        "SET enable_external_access = true",
    ],
)
def test_sql_can_neither_change_the_warehouse_nor_reach_outside(
    capsys: pytest.CaptureFixture[str], store: str, query: str
) -> None:
    code, out, err = said(capsys, "sql", "--store", store, query)
    assert (code, out) == (1, "")
    assert "could not be run" in err


def test_a_query_that_fails_on_a_value_does_not_quote_it(capsys: pytest.CaptureFixture[str], store: str) -> None:
    code, _, err = said(capsys, "sql", "--store", store, "SELECT forename::INTEGER FROM records.children")
    assert code == 1
    assert "ConversionException" in err
    assert "Ada" not in err


def test_status_is_json_for_a_machine(capsys: pytest.CaptureFixture[str], store: str) -> None:
    code, out, _ = said(capsys, "status", "--store", store, "--json")
    assert code == 0
    assert json.loads(out)


def test_check_names_rows_without_a_value(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    file = tmp_path / "ssd_contacts.csv"
    file.write_text(
        "cont_contact_id,cont_person_id,cont_contact_date\nC1,P1,soonish\nC2,P1,2026-01-01\n", encoding="utf-8"
    )
    code, out, _ = said(capsys, "check", str(file))
    assert code == 1
    assert "ssd_contacts row 2: event date cannot be read" in out
    assert "soonish" not in out
    assert "ssd_person did not arrive" in out


def test_a_problem_is_json_with_the_json_flag(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    code, out, _ = said(capsys, "nightly", "--drop", str(tmp_path / "no"), "--store", str(tmp_path / "s"), "--json")
    assert code == 1
    assert json.loads(out)["problem"] == "The drop is not a folder."


def test_a_report_names_each_arrival_for_a_machine(published: tuple[Path, Outcome]) -> None:
    _, outcome = published
    said = json.loads(json.dumps(outcome.as_json(), default=str))
    plans = next(row for row in said["report"]["arrivals"] if row["table"] == "ssd_cp_plans")
    assert (plans["received"], plans["loaded"], plans["set_aside"], plans["status"]) == (6, 6, 0, "loaded")


def test_a_missing_store_setting_is_a_problem_not_a_traceback(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("DAYTWO_STORE", raising=False)
    code, _, err = said(capsys, "status")
    assert code == 1
    assert "DAYTWO_STORE" in err


def test_an_unknown_command_ends_with_2() -> None:
    with pytest.raises(SystemExit) as ended:
        main(["nightli"])
    assert ended.value.code == 2


@pytest.mark.parametrize(("text", "kind"), [("12", "int"), ("2026-10-31", "date"), ("2026-10-31T09:00", "datetime")])
def test_known_on_is_a_number_a_day_or_a_moment(text: str, kind: str) -> None:
    assert type(known_on(text)).__name__ == kind


def test_a_moment_without_an_offset_is_in_england_time() -> None:
    assert moment("2026-07-01T09:00").utcoffset().total_seconds() == 3600  # type: ignore[union-attr]
    assert moment("2026-11-02T09:14").utcoffset().total_seconds() == 0  # type: ignore[union-attr]


def test_a_pipe_that_closes_early_is_not_an_error(store: str) -> None:
    daytwo = Path(sys.executable).with_name("daytwo")
    done = subprocess.run(
        f'"{daytwo}" sql --store "{store}" --rows 100000 "FROM records.calendar" | head -1',
        shell=True, capture_output=True, text=True, check=True, env=dict(os.environ),
    )  # fmt: skip
    assert "Traceback" not in done.stderr
