"""Two weekly deliveries in a row: the second night reports missing rows, changed dates and tables with fewer rows."""

from __future__ import annotations

import csv
import datetime
import shutil
from pathlib import Path
from typing import Any

import duckdb
import openpyxl
import pytest

from flows.publishing.run_nightly import Outcome, run_nightly
from flows.receiving.places import Folder
from flows.settings import Settings
from tests import small_council
from warehouse.store.extracts import known_extracts
from warehouse.store.keys import extract_key
from warehouse.store.ledger import Ledger
from warehouse.store.local_folder import LocalFolder

pytestmark = pytest.mark.slow

FIRST, SECOND = datetime.date(2026, 10, 24), datetime.date(2026, 10, 31)
FIRST_NIGHT, SECOND_NIGHT = (datetime.datetime(2026, *day, 4, 15, tzinfo=datetime.UTC) for day in ((10, 26), (11, 2)))


def nightly(folder: Path, started_at: datetime.datetime, **given: Any) -> Outcome:
    given.setdefault("drop", Folder(folder / "drop"))
    outcome = run_nightly(LocalFolder(folder / "store"), settings=Settings.read({}), started_at=started_at, **given)
    assert outcome.state == "published"
    return outcome


def query(folder: Path, sql: str, file: str = "warehouse_restricted.duckdb") -> list[tuple[Any, ...]]:
    with duckdb.connect(str(folder / "store" / "published" / file), read_only=True) as connection:
        return connection.execute(sql).fetchall()


def _first_week(drop: Path) -> None:
    """The small council a week earlier, with an allegation (LA3) that nobody has decided yet."""
    small_council.write(drop, FIRST)
    path = drop / "lado" / FIRST.isoformat() / "lado_log.xlsx"
    book = openpyxl.load_workbook(path)
    sheet = book.active
    assert sheet is not None
    headings = [cell.value for cell in sheet[1]]
    assert (headings[0], headings[3], headings[11]) == ("lado_ref", "date_contact", "date_outcome")
    undecided = [cell.value for cell in sheet[2]]
    undecided[0], undecided[11], undecided[12] = "LA3", None, None
    sheet.append(undecided)
    book.save(path)


def _second_week(drop: Path) -> None:
    """LA3 vanished, a plan's start was edited, and two of ten episodes are no longer there."""
    small_council.write(drop, SECOND)
    folder = drop / "case_management" / SECOND.isoformat()
    plans = folder / "ssd_cp_plans.csv"
    plans.write_text(plans.read_text(encoding="utf-8").replace("2026-04-14", "2026-04-13"), encoding="utf-8")
    episodes = folder / "ssd_cin_episodes.csv"
    lines = episodes.read_text(encoding="utf-8").splitlines(keepends=True)
    assert len(lines) == 11
    episodes.write_text("".join(line for line in lines if line[:3] not in ("R3,", "R4,")), encoding="utf-8")


@pytest.fixture(scope="module")
def two_weeks(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Outcome, Outcome]:
    folder = tmp_path_factory.mktemp("two_weeks")
    _first_week(folder / "drop")
    first = nightly(folder, FIRST_NIGHT)
    _second_week(folder / "drop")
    return folder, first, nightly(folder, SECOND_NIGHT)


def test_the_first_night_compares_nothing_and_reports_nothing(two_weeks: tuple[Path, Outcome, Outcome]) -> None:
    _, first, _ = two_weeks
    assert first.report is not None
    [(outcome, tables)] = first.report.compared
    assert outcome == "first run"
    assert tables > 20
    assert first.report.since == ()
    assert not [row for row in first.report.not_checked if "first run" in row[3]]


def test_a_missing_open_allegation_is_a_warning(two_weeks: tuple[Path, Outcome, Outcome]) -> None:
    folder, _, _ = two_weeks
    assert query(
        folder,
        "SELECT change, key, row_number, sheet_before, row_number_before, column_name FROM quality.changes"
        " WHERE source_table = 'lado_log'",
    ) == [("gone while open", "LA3", None, "lado_log", 4, "outcome_on")]
    assert query(
        folder,
        "SELECT outcome, severity, rows_broken FROM quality.checks WHERE check_code = 'x008_open' AND rows_broken",
    ) == [("broken", "warning", 1)]
    # The issue opens to the file of the week before, which the store keeps.
    [(extract_id, row)] = query(
        folder, "SELECT extract_id, row_number FROM quality.issues WHERE check_code = 'x008_open'"
    )
    path = LocalFolder(folder / "store").local_copy(extract_key(extract_id))
    assert path is not None
    shutil.copyfile(path, folder / "opened.xlsx")
    sheet = openpyxl.load_workbook(folder / "opened.xlsx").active
    assert sheet is not None
    assert sheet.cell(row=row, column=1).value == "LA3"


def test_the_figures_of_the_allegations_count_it(two_weeks: tuple[Path, Outcome, Outcome]) -> None:
    folder, _, _ = two_weeks
    fed = query(
        folder,
        "SELECT DISTINCT checks_broken > 0 FROM profile.indicator_results WHERE indicator_code = 'LD07' AND is_current",
    )
    assert fed == [(True,)]


def test_a_plan_with_a_changed_date_and_missing_episodes_are_listed(two_weeks: tuple[Path, Outcome, Outcome]) -> None:
    folder, _, _ = two_weeks
    assert query(
        folder,
        "SELECT source_table, change, key, row_number, row_number_before, column_name, as_at::VARCHAR,"
        " as_at_before::VARCHAR FROM quality.changes WHERE source_table <> 'lado_log' ORDER BY ALL",
    ) == [
        ("ssd_cin_episodes", "gone", "R3", None, 4, None, "2026-10-31", "2026-10-24"),
        ("ssd_cin_episodes", "gone", "R4", None, 5, None, "2026-10-31", "2026-10-24"),
        ("ssd_cp_plans", "event date changed", "PL4", 5, 5, "started_on", "2026-10-31", "2026-10-24"),
    ]


def test_a_table_with_a_fifth_fewer_rows_is_reported(two_weeks: tuple[Path, Outcome, Outcome]) -> None:
    folder, _, _ = two_weeks
    broken = query(folder, "SELECT source_table FROM quality.checks WHERE check_code = 'x007' AND outcome = 'broken'")
    assert sorted(table for (table,) in broken) == ["lado_log", "ssd_cin_episodes"], "3 to 2 and 10 to 8"
    told = query(folder, "SELECT message FROM quality.issues WHERE check_code = 'x007' ORDER BY source_table")
    assert told[1] == ("rows received: 8, and 10 in the previous delivery",)


def test_everything_else_is_the_same_file(two_weeks: tuple[Path, Outcome, Outcome]) -> None:
    folder, _, second = two_weeks
    outcomes = dict(query(folder, "SELECT source_table, outcome FROM quality.comparisons"))
    compared = {table for table, outcome in outcomes.items() if outcome == "compared"}
    assert {"lado_log", "ssd_cp_plans", "ssd_cin_episodes"} <= compared
    # Workbooks written again differ in their bytes, csv files do not.
    assert compared - {"lado_log", "private_fostering", "pf_visits"} == {"ssd_cp_plans", "ssd_cin_episodes"}
    assert set(outcomes.values()) == {"compared", "same file"}
    assert second.report is not None
    assert second.report.since == (
        ("lado_log", "2026-10-24", 0, 1, 1, 0),
        ("ssd_cin_episodes", "2026-10-24", 0, 2, None, 0),
        ("ssd_cp_plans", "2026-10-24", 0, 0, None, 1),
    )


def test_the_report_and_its_list_of_issues_show_it(two_weeks: tuple[Path, Outcome, Outcome]) -> None:
    folder, first, second = two_weeks
    runs = folder / "store" / "runs"
    page = (runs / second.run_id / "report.md").read_text(encoding="utf-8")
    assert "| lado_log | 2026-10-24 | 0 | 1 | 1 | 0 |" in page
    assert "LA3" not in page
    assert first.report is not None
    assert f"| first run | {first.report.compared[0][1]} |" in (runs / first.run_id / "report.md").read_text(
        encoding="utf-8"
    )
    with (runs / second.run_id / "issues.csv").open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["check"] == "x008_open"]
    assert [(row["file"], row["sheet"], row["row"], row["key"]) for row in rows] == [
        ("lado_log.xlsx of 2026-10-24", "lado_log", "4", "LA3")
    ]


def test_the_general_file_has_no_row_of_a_restricted_log(two_weeks: tuple[Path, Outcome, Outcome]) -> None:
    folder, _, _ = two_weeks
    for table in ("changes", "issues"):
        there = query(folder, f"SELECT DISTINCT source_table FROM quality.{table}", "warehouse.duckdb")
        assert ("ssd_cp_plans",) in there
        assert ("lado_log",) not in there


def test_a_previous_delivery_that_was_disposed_of_cannot_be_compared(
    two_weeks: tuple[Path, Outcome, Outcome], tmp_path: Path
) -> None:
    shutil.copytree(two_weeks[0], tmp_path / "council")
    store = LocalFolder(tmp_path / "council" / "store")
    ledger = Ledger(store)
    [gone] = [
        one
        for one in known_extracts(ledger.entries()).older
        if (one.source, one.file_name) == ("lado", "lado_log.xlsx")
    ]
    store.remove(extract_key(gone.sha256))
    ledger.append("disposed", {"sha256": gone.sha256}, SECOND_NIGHT + datetime.timedelta(hours=1))
    nightly(tmp_path / "council", SECOND_NIGHT + datetime.timedelta(days=1), drop=None)
    assert query(
        tmp_path / "council", "SELECT outcome, because FROM quality.comparisons WHERE source_table = 'lado_log'"
    ) == [("could not be compared", "the file of the previous delivery was disposed of")]
    assert query(
        tmp_path / "council",
        "SELECT DISTINCT outcome FROM quality.checks WHERE source_table = 'lado_log' AND rule IN ('X007', 'X008')",
    ) == [("could not be checked",)]


def test_a_week_loaded_later_is_still_the_previous_delivery(tmp_path: Path) -> None:
    _second_week(tmp_path / "drop")
    nightly(tmp_path, FIRST_NIGHT)
    assert query(tmp_path, "SELECT DISTINCT outcome FROM quality.comparisons") == [("first run",)]
    _first_week(tmp_path / "drop")
    nightly(tmp_path, SECOND_NIGHT)
    assert query(tmp_path, "SELECT key FROM quality.changes WHERE change = 'gone while open'") == [("LA3",)]
    # As known before it came there was nothing to compare with.
    ledger = Ledger(LocalFolder(tmp_path / "store"))
    assert known_extracts(ledger.until(FIRST_NIGHT)).older == ()
    assert len(known_extracts(ledger.entries()).older) > 20
