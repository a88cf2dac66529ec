"""The nightly run: what is received is published once, completely, and a failure affects nothing else."""

from __future__ import annotations

import datetime
import json
import multiprocessing
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import duckdb
import pytest

from flows.publishing.run_nightly import Outcome, run_nightly
from flows.receiving.places import Folder
from flows.settings import Settings
from tests import small_council
from tests.small_council import NIGHT
from warehouse.problem import Problem
from warehouse.store.ledger import Ledger
from warehouse.store.local_folder import LocalFolder

pytestmark = pytest.mark.slow

WEEK = datetime.timedelta(days=7)
NEXT_NIGHT = NIGHT + WEEK


def nightly(council: Path, started_at: datetime.datetime = NEXT_NIGHT, **given: Any) -> Outcome:
    settings = given.pop("settings", Settings.read({}))
    given.setdefault("drop", Folder(council / "drop"))
    return run_nightly(LocalFolder(council / "store"), settings=settings, started_at=started_at, **given)


def query(council: Path, sql: str, file: str = "warehouse_restricted.duckdb") -> list[tuple[Any, ...]]:
    with duckdb.connect(str(council / "store" / "published" / file), read_only=True) as connection:
        return connection.execute(sql).fetchall()


def figure(council: Path, code: str, kind: str) -> tuple[Any, ...]:
    return query(
        council,
        "SELECT numerator, denominator, value FROM profile.indicator_results"
        f" WHERE indicator_code = '{code}' AND period_kind = '{kind}' AND is_current",
    )[0]


def test_rows_received_are_rows_loaded_and_rows_set_aside_for_every_file(published: tuple[Path, Outcome]) -> None:
    rows = query(
        published[0],
        "SELECT source_table, rows_received, rows_loaded, rows_set_aside FROM quality.arrivals WHERE status <> 'kept'",
    )
    assert len(rows) == 29
    assert all(received == loaded + aside for _, received, loaded, aside in rows)
    assert sum(row[1] for row in rows) == 143


@pytest.mark.parametrize(
    ("code", "kind", "numerator", "denominator"),
    [
        ("NI64", "rolling_12_months", 1, 2),
        ("NI65", "rolling_12_months", 1, 2),
        ("NI67", "rolling_12_months", 1, 2),
        ("NI62", "rolling_12_months", 1, 3),
        ("NI63", "snapshot", 1, 1),
        ("FD05", "rolling_12_months", 1, 7),
        ("AS01", "rolling_12_months", 1, 2),
        ("CP02", "rolling_12_months", 1, 2),
        ("CP08", "snapshot", 2, 900),
        ("LA01", "snapshot", 3, 900),
        ("LA03", "rolling_12_months", 3, 900),
        ("HE01", "rolling_12_months", 1, 1),
        ("HE05", "rolling_12_months", 2, 2),
        ("CL04", "rolling_12_months", 1, 2),
        ("LD07", "rolling_12_months", 1, 2),
        ("PF02", "rolling_12_months", 1, 2),
        ("CO01", "rolling_12_months", 1, 2),
        ("AU03", "rolling_12_months", 2, 3),
        ("AP02", "snapshot", 1, 2),
    ],
)
def test_the_small_councils_figures(
    published: tuple[Path, Outcome], code: str, kind: str, numerator: float, denominator: float
) -> None:
    assert figure(published[0], code, kind)[:2] == (numerator, denominator)


def test_an_indicator_whose_column_is_absent_says_so_and_has_no_value(published: tuple[Path, Outcome]) -> None:
    rows = query(
        published[0],
        "SELECT value, not_computable_because FROM profile.indicator_results WHERE indicator_code = 'WF05'",
    )
    assert rows == [(None, "column leave_date of hr_staff is absent")]


def test_exactly_one_result_for_each_indicator_kind_and_day(published: tuple[Path, Outcome]) -> None:
    repeated = query(
        published[0],
        "SELECT indicator_code, period_kind, ends_on FROM profile.indicator_results GROUP BY ALL HAVING count(*) > 1",
    )
    assert repeated == []
    assert len(query(published[0], "SELECT DISTINCT indicator_code FROM profile.indicator_results")) == 90


def test_every_result_is_the_sum_of_its_cases(published: tuple[Path, Outcome]) -> None:
    wrong = query(
        published[0],
        """
        SELECT result.indicator_code, result.period_kind FROM profile.indicator_results AS result
        JOIN profile.indicators USING (indicator_code)
        LEFT JOIN (SELECT indicator_code, period_kind, ends_on, sum(numerator_part) AS n, sum(denominator_part) AS d
                   FROM profile.indicator_cases GROUP BY ALL) AS cases USING (indicator_code, period_kind, ends_on)
        WHERE is_current AND result.numerator IS NOT NULL
          AND (result.numerator <> coalesce(n, 0)
               OR (unit <> 'rate_per_10000' AND result.denominator <> coalesce(d, 0)))
        """,
    )
    assert wrong == []


def test_every_table_and_column_of_the_rooms_has_a_comment(published: tuple[Path, Outcome]) -> None:
    for file in ("warehouse_restricted.duckdb", "warehouse.duckdb"):
        silent = query(
            published[0],
            "SELECT table_name, column_name FROM duckdb_columns()"
            " WHERE schema_name IN ('records', 'profile', 'quality') AND coalesce(comment, '') = ''",
            file,
        )
        silent += query(
            published[0],
            "SELECT table_name, '' FROM duckdb_tables()"
            " WHERE schema_name IN ('records', 'profile', 'quality') AND coalesce(comment, '') = ''",
            file,
        )
        assert silent == []


def test_records_are_tables_not_views(published: tuple[Path, Outcome]) -> None:
    assert query(published[0], "SELECT view_name FROM duckdb_views() WHERE schema_name = 'records'") == []
    found = query(published[0], "SELECT count(*) FROM duckdb_tables() WHERE schema_name = 'records'")
    assert found[0][0] >= 75


def test_a_second_run_on_the_same_drop_changes_nothing_and_says_so(council: Path) -> None:
    before = {path: path.stat().st_mtime_ns for path in (council / "store" / "ledger").iterdir()}
    files = (council / "store" / "published" / "warehouse.duckdb").read_bytes()
    outcome = nightly(council)
    assert outcome.state == "nothing new"
    assert "Nothing new" in outcome.said
    assert {path: path.stat().st_mtime_ns for path in (council / "store" / "ledger").iterdir()} == before
    assert (council / "store" / "published" / "warehouse.duckdb").read_bytes() == files


def test_a_build_from_the_same_evidence_has_the_same_content(council: Path) -> None:
    """The file's bytes may differ; what it says may not."""
    outcome = nightly(council, publishing=False)
    assert outcome.state == "built"
    assert outcome.warehouse is not None
    published = council / "store" / "published" / "warehouse_restricted.duckdb"
    with duckdb.connect() as connection:
        connection.execute(f"ATTACH '{published}' AS a (READ_ONLY); ATTACH '{outcome.warehouse}' AS b (READ_ONLY)")
        tables = connection.execute(
            "SELECT schema_name || '.' || table_name FROM duckdb_tables() WHERE database_name = 'a'"
        ).fetchall()
        assert len(tables) > 100
        for (table,) in tables:
            # Rows of a table have no order of their own.
            for one, other in (("a", "b"), ("b", "a")):
                differ = connection.execute(f"FROM {one}.{table} EXCEPT ALL FROM {other}.{table}").fetchall()
                assert differ == [], table


def _hold(store: Path, held: Any, let_go: Any) -> None:
    with LocalFolder(store).lock("writer"):
        held.set()
        let_go.wait(30)


def test_two_runs_at_once_the_second_is_refused(council: Path) -> None:
    context = multiprocessing.get_context("spawn")
    held, let_go = context.Event(), context.Event()
    other = context.Process(target=_hold, args=(council / "store", held, let_go))
    other.start()
    try:
        assert held.wait(30)
        with pytest.raises(Problem, match="Another run has been writing since"):
            nightly(council)
    finally:
        let_go.set()
        other.join()


def test_new_bytes_for_the_same_day_supersede_and_both_are_kept(council: Path) -> None:
    plans = council / "drop" / "case_management" / "2026-10-31" / "ssd_cp_plans.csv"
    text = plans.read_text(encoding="utf-8")
    plans.write_text(text.replace("2026-01-31", "2026-01-30"), encoding="utf-8")
    extracts = len(list((council / "store" / "extracts").iterdir()))
    outcome = nightly(council)
    assert outcome.state == "published"
    assert outcome.receipt is not None
    assert outcome.receipt.received == ("case_management/2026-10-31/ssd_cp_plans.csv",)
    assert len(list((council / "store" / "extracts").iterdir())) == extracts + 1
    assert figure(council, "NI64", "rolling_12_months")[:2] == (0, 2)


def test_a_run_that_publishes_removes_old_reports(council: Path) -> None:
    reports = council / "store" / "runs"
    (first,) = (path.name for path in reports.iterdir())
    for run in ("20260101T041500000000Z", "20261030T041500000000Z"):
        (reports / run).mkdir()
        (reports / run / "rows_set_aside.csv").touch()
    plans = council / "drop" / "case_management" / "2026-10-31" / "ssd_cp_plans.csv"
    plans.write_text(plans.read_text(encoding="utf-8").replace("2026-01-31", "2026-01-30"), encoding="utf-8")
    outcome = nightly(council)
    assert outcome.state == "published"
    kept = {path.parent.name for path in reports.rglob("*") if path.is_file()}
    assert kept == {first, "20261030T041500000000Z", outcome.run_id}


def test_the_past_is_rebuilt_as_it_was_known(council: Path) -> None:
    before = figure(council, "NI64", "rolling_12_months")
    known = Ledger(LocalFolder(council / "store")).head().sequence
    plans = council / "drop" / "case_management" / "2026-10-31" / "ssd_cp_plans.csv"
    plans.write_text(plans.read_text(encoding="utf-8").replace("2026-01-31", "2026-01-30"), encoding="utf-8")
    nightly(council)
    assert figure(council, "NI64", "rolling_12_months") != before
    for known_on in (NIGHT.date(), known, NIGHT):
        rebuilt = nightly(council, NEXT_NIGHT + WEEK, as_known_on=known_on, drop=None)
        assert rebuilt.state in ("published", "nothing new")
        assert figure(council, "NI64", "rolling_12_months") == before
        nightly(council, NEXT_NIGHT + 2 * WEEK)
        assert figure(council, "NI64", "rolling_12_months") != before
        shutil.rmtree(council / "store" / "runs", ignore_errors=True)


def test_history_is_loaded_week_by_week_at_its_own_moments(tmp_path: Path) -> None:
    for week in (17, 24, 31):
        small_council.write(tmp_path / "drop", datetime.date(2026, 10, week))
        moment = datetime.datetime(2026, 10, week, 12, tzinfo=datetime.UTC)
        assert nightly(tmp_path, received_at=moment).state == "published"
    entries = Ledger(LocalFolder(tmp_path / "store")).entries()
    assert [entry.at.day for entry in entries if entry.kind == "published"] == [17, 24, 31]
    nightly(tmp_path, NEXT_NIGHT, as_known_on=datetime.date(2026, 10, 24), drop=None)
    assert query(tmp_path, "SELECT as_at::VARCHAR, as_known_on::VARCHAR FROM quality.run") == [
        ("2026-10-24", "2026-10-24 12:00:00")
    ]
    with pytest.raises(Problem, match="entry"):
        nightly(
            tmp_path, received_at=datetime.datetime(2026, 10, 1, tzinfo=datetime.UTC), drop=Folder(_new_file(tmp_path))
        )


def _new_file(folder: Path) -> Path:
    (folder / "drop" / "council" / "2026-10-31" / "new.csv").write_text("a\n1\n", encoding="utf-8")
    return folder / "drop"


def test_an_older_delivery_that_arrives_later_never_replaces_a_newer_one(council: Path) -> None:
    before = query(council, "SELECT source_table, extract_id FROM quality.arrivals ORDER BY ALL")
    small_council.write(council / "drop", datetime.date(2026, 10, 24))
    outcome = nightly(council)
    assert outcome.receipt is not None
    # Every dated file is new; the register and its documents are not.
    assert (len(outcome.receipt.received), outcome.receipt.known) == (27, 30)
    assert query(council, "SELECT source_table, extract_id FROM quality.arrivals ORDER BY ALL") == before


def test_sources_of_different_weeks_are_used_and_the_older_is_marked_stale(council: Path) -> None:
    shutil.copytree(
        council / "drop" / "case_management" / "2026-10-31", council / "drop" / "case_management" / "2026-11-07"
    )
    nightly(council)
    assert query(council, "SELECT as_at::VARCHAR FROM quality.run") == [("2026-11-07",)]
    stale = dict(query(council, "SELECT source, is_stale FROM quality.sources"))
    assert stale == {
        "case_management": False, "council": True, "documents": False, "health": True, "lado": True,
        "private_fostering": True,
    }  # fmt: skip
    noted = query(council, "SELECT DISTINCT stale_because FROM profile.indicator_results WHERE indicator_code = 'HE05'")
    assert noted == [("health as at 2026-10-31, 7 days older",)]
    assert query(
        council, "SELECT DISTINCT stale_because FROM profile.indicator_results WHERE indicator_code = 'NI64'"
    ) == [(None,)]


def test_one_bad_file_affects_no_other(council: Path) -> None:
    folder = council / "drop" / "case_management" / "2026-10-31"
    (folder / "ssd_cp_visits.csv").write_bytes(b"cppv_cp_visit_id,cppv_person_id\x00\n")
    (council / "drop" / "lado" / "2026-10-31" / "lado_log.xlsx").write_bytes(b"not a workbook")
    outcome = nightly(council)
    assert outcome.state == "published"
    refused = dict(
        query(council, "SELECT source_table, refused_because FROM quality.arrivals WHERE status = 'refused'")
    )
    assert set(refused) == {"ssd_cp_visits", "lado_log"}
    because = dict(query(council, "SELECT indicator_code, not_computable_because FROM profile.indicator_results"))
    assert because["CP15"] == "ssd_cp_visits was refused"
    assert because["LD07"] == "lado_log was refused"
    assert figure(council, "NI64", "rolling_12_months")[:2] == (1, 2)


def test_too_many_rows_set_aside_stop_the_run_and_yesterdays_file_stays_marked_stale(council: Path) -> None:
    contacts = council / "drop" / "case_management" / "2026-10-31" / "ssd_contacts.csv"
    contacts.write_text(contacts.read_text(encoding="utf-8").replace("2026-01-05", "soon"), encoding="utf-8")
    before = (council / "store" / "published" / "warehouse_restricted.duckdb").read_bytes()
    outcome = nightly(council)
    assert outcome.state == "stopped"
    assert outcome.stopped_because == ("ssd_contacts",)
    assert (council / "store" / "published" / "warehouse_restricted.duckdb").read_bytes() == before
    mark = json.loads((council / "store" / "published" / "status.json").read_text(encoding="utf-8"))
    assert mark["state"] == "stale"
    aside = (council / "store" / "runs" / outcome.run_id / "rows_set_aside.csv").read_text(encoding="utf-8")
    assert "ssd_contacts,ssd_contacts.csv,,2,CO1,event date cannot be read" in aside
    assert nightly(council, settings=Settings.read({}, set_aside_limit=30.0)).state == "published"


def test_a_table_without_its_key_column_is_refused_and_the_run_continues(council: Path) -> None:
    visits = council / "drop" / "case_management" / "2026-10-31" / "ssd_cp_visits.csv"
    visits.write_text(visits.read_text(encoding="utf-8").replace("cppv_cp_visit_id", "visit number"), encoding="utf-8")
    nightly(council)
    found = query(
        council,
        "SELECT status, rows_received, rows_loaded, rows_set_aside, refused_because FROM quality.arrivals"
        " WHERE source_table = 'ssd_cp_visits'",
    )[0]
    assert found[:4] == ("refused", 3, 0, 3)
    assert "cppv_cp_visit_id" in found[4]


def test_a_file_that_no_contract_names_is_kept_and_reported(council: Path) -> None:
    (council / "drop" / "council" / "2026-10-31" / "holidays.csv").write_text("a,b\n1,2\n", encoding="utf-8")
    nightly(council)
    assert query(council, "SELECT file_name, refused_because FROM quality.arrivals WHERE status = 'not known'") == [
        ("holidays.csv", "the file's name matches no contract")
    ]


def test_an_unknown_column_is_kept_in_landing_but_not_of_a_restricted_or_partner_file(council: Path) -> None:
    for place in ("case_management/2026-10-31/ssd_department.csv", "health/2026-10-31/nhs_dental.csv"):
        path = council / "drop" / place
        lines = path.read_text(encoding="utf-8").splitlines()
        path.write_text("\n".join([lines[0] + ",notes", *(line + ",SECRET" for line in lines[1:])]), encoding="utf-8")
    nightly(council)
    assert query(council, "SELECT notes FROM landing.ssd_department") == [("SECRET",)]
    columns = [row[0] for row in query(council, "DESCRIBE landing.nhs_dental")]
    assert "notes" not in columns
    unknown = dict(
        query(council, "SELECT source_table, unknown_headings FROM quality.arrivals WHERE unknown_headings IS NOT NULL")
    )
    assert unknown == {"ssd_department": "notes", "nhs_dental": "notes"}


def test_the_general_file_holds_no_row_of_lado_private_fostering_staff_or_complaints(council: Path) -> None:
    general = (council / "store" / "published" / "warehouse.duckdb").read_bytes()
    whole = (council / "store" / "published" / "warehouse_restricted.duckdb").read_bytes()
    for secret in (b"SU1", b"XC1", b"PF1"):
        assert secret in whole
    tables = query(council, "SELECT table_name FROM duckdb_tables() WHERE schema_name = 'landing'", "warehouse.duckdb")
    assert not {"lado_log", "private_fostering", "pf_visits", "hr_staff", "complaints"} & {row[0] for row in tables}
    for table in ("allegations", "private_fostering_arrangements", "private_fostering_visits", "staff", "complaints"):
        assert query(council, f"SELECT count(*) FROM records.{table}", "warehouse.duckdb") == [(0,)]
    codes = {
        row[0]
        for row in query(council, "SELECT DISTINCT indicator_code FROM profile.indicator_cases", "warehouse.duckdb")
    }
    assert "NI64" in codes
    assert not {"LD07", "PF02", "WF05", "CO01"} & codes
    groups = query(
        council,
        "SELECT DISTINCT numerator, value, hidden_because FROM profile.indicator_breakdowns"
        " WHERE indicator_code = 'LD10'",
        "warehouse.duckdb",
    )
    assert groups == [(None, None, "a group has a number from 1 to 4 (S4)")]
    for secret in (b"SU1", b"XC1"):
        assert secret not in general
    hidden = query(
        council,
        "SELECT numerator, denominator, value, hidden_because FROM profile.indicator_results"
        " WHERE indicator_code = 'LD07' AND is_current",
        "warehouse.duckdb",
    )
    assert hidden == [(None, None, None, "a number from 1 to 4 is not shown here (S4)")]


def test_content_of_rows_set_aside_is_absent_from_the_general_file(council: Path) -> None:
    contacts = council / "drop" / "case_management" / "2026-10-31" / "ssd_contacts.csv"
    with contacts.open("a", encoding="utf-8") as file:
        file.write('CO9,0015,whenever,"FREE TEXT OF A CHILD"\n')
    nightly(council, settings=Settings.read({}, set_aside_limit=30.0))
    sql = "SELECT key, content IS NOT NULL FROM quality.rejected_rows"
    assert query(council, sql) == [("CO9", True)]
    assert query(council, sql, "warehouse.duckdb") == [("CO9", False)]


def test_a_duckdb_of_storage_version_1_4_can_read_what_is_published(council: Path) -> None:
    """Version 67 is that of DuckDB 1.4 (the number is at byte 12 of a DuckDB file)."""
    for file in ("warehouse.duckdb", "warehouse_restricted.duckdb"):
        head = (council / "store" / "published" / file).read_bytes()[:24]
        assert head[8:12] == b"DUCK"
        assert int.from_bytes(head[12:20], "little") <= 67


def test_nothing_to_build_from_is_a_problem(tmp_path: Path) -> None:
    (tmp_path / "drop").mkdir()
    with pytest.raises(Problem, match="There is nothing to build from"):
        nightly(tmp_path)


def test_the_command_line_reports_a_drop_that_does_not_exist(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "flows.commands.command_line", "nightly", "--drop", "nowhere",
         "--store", str(tmp_path / "store")],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 1
    assert "The drop is not a folder." in done.stderr
    assert "How to fix it" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_population_of_several_authorities_is_a_denominator_only_if_one_is_named(council: Path) -> None:
    population = council / "drop" / "council" / "2026-10-31" / "population.csv"
    text = population.read_text(encoding="utf-8")
    body = text.split("\n", 1)[1]
    population.write_text(text + body.replace(small_council.AUTHORITY, "E06000001"), encoding="utf-8")
    nightly(council)
    said = query(
        council,
        "SELECT DISTINCT value, not_computable_because FROM profile.indicator_results WHERE indicator_code = 'CP08'",
    )
    assert said == [(None, "the population file has several authorities and none is chosen (DAYTWO_AUTHORITY)")]
    nightly(council, settings=Settings.read({}, authority=small_council.AUTHORITY))
    assert figure(council, "CP08", "snapshot")[:2] == (2, 900)


def test_a_store_restored_without_builds_publishes_again(council: Path) -> None:
    """Builds and published files need no backup: the evidence is enough, even if nothing new has arrived."""
    store = council / "store"
    for room in ("builds", "published"):
        shutil.rmtree(store / room)
    outcome = run_nightly(
        LocalFolder(store), drop=None, settings=Settings.read({}), started_at=NIGHT + datetime.timedelta(days=1)
    )
    assert outcome.state == "published"
    assert (store / "published" / "warehouse_restricted.duckdb").is_file()
