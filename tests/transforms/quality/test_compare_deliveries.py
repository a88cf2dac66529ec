"""A delivery compared with the previous one: new rows, gone rows and changed dates are found, and no other change."""

from __future__ import annotations

import csv
import datetime
import io
import re
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import duckdb
import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.landing import empty_landing
from tests.worked_example import rows_of
from transforms.landing.landing_table import FileFormat
from transforms.landing.mapping import MappingFile, read_mapping
from transforms.landing.match_headings import match_headings
from transforms.landing.read_extract import Arrival, read_extract
from transforms.quality.compare_deliveries import RENUMBERED_FROM, Before, compare_deliveries, narrowed
from warehouse import catalogue
from warehouse.contract import Table
from warehouse.store.extracts import file_format_of

BEFORE, NOW = datetime.date(2026, 10, 24), datetime.date(2026, 10, 31)
PLANS = """
cppl_cp_plan_id | cppl_person_id | cppl_cp_plan_start_date | cppl_cp_plan_end_date
PL1             | 0001           | 2024-02-01              | 2026-01-31
PL2             | 0002           | 2026-04-14              |
"""
LADO = """
lado_ref | contact_type | date_contact | date_outcome | date_closed
LA1      | REFERRAL     | 2026-01-31   | 2026-02-28   |
LA2      | REFERRAL     | 2026-02-28   |              | 2026-03-31
LA3      | REFERRAL     | 2026-03-31   |              |
LA4      | REFERRAL     | 2026-04-30   |              |
"""


class Deliveries:
    """A warehouse being built, and the files of two deliveries to load into it."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, folder: Path) -> None:
        self.connection = connection
        self.folder = folder
        self.before: dict[str, Before] = {}
        self.mapping: MappingFile | None = None

    def received(self, file: str, content: str | bytes | Path) -> None:
        """This delivery's file of a table."""
        path, sha256, form = self._file(file, content, "now")
        table = catalogue.by_file()[file]
        arrival = _read(self.connection, table, path=path, sha256=sha256, form=form, mapping=self.mapping)
        self.connection.execute(
            "INSERT INTO quality.arrivals (source_table, as_at, extract_id, status, rows_received)"
            " VALUES (?, ?, ?, ?, ?)",
            [file, NOW, sha256, arrival.status, arrival.rows_received],
        )

    def had(self, file: str, content: str | bytes | Path | None, because: str = "") -> None:
        """The previous delivery's file; None: it cannot be read."""
        if content is None:
            self.before[file] = Before(BEFORE, "0" * 64, f"{file}.csv", None, because)
            return
        path, sha256, form = self._file(file, content, "before")
        read = partial(_read, path=path, sha256=sha256, form=form, mapping=self.mapping)
        self.before[file] = Before(BEFORE, sha256, path.name, read)

    def compare(self) -> None:
        compare_deliveries(self.connection, self.before)

    def said(self, columns: str) -> list[tuple[Any, ...]]:
        return self.connection.execute(f"SELECT {columns} FROM quality.comparisons ORDER BY source_table").fetchall()

    def changes(
        self, columns: str = "change, key, row_number, row_number_before, column_name"
    ) -> list[tuple[Any, ...]]:
        return self.connection.execute(f"SELECT {columns} FROM quality.changes ORDER BY ALL").fetchall()

    def _file(self, file: str, content: str | bytes | Path, when: str) -> tuple[Path, str, FileFormat]:
        if isinstance(content, Path):
            form = file_format_of(content.name)
            assert form is not None
            return content, f"hash of {file} {when}", form
        path = self.folder / when / f"{file}.csv"
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path, f"hash of {file} {when}", "csv"


def _read(
    connection: duckdb.DuckDBPyConnection,
    table: Table,
    *,
    path: Path,
    sha256: str,
    form: FileFormat,
    mapping: MappingFile | None,
) -> Arrival:
    return read_extract(connection, table, path, extract_id=sha256, file_format=form, mapping=mapping)


@pytest.fixture
def deliveries(tmp_path: Path) -> Iterator[Deliveries]:
    with empty_landing() as connection:
        yield Deliveries(connection, tmp_path)


def drawn(table: str, change: Callable[[list[dict[str, str | None]]], None] = lambda rows: None) -> str:
    """A table drawn with bars as CSV, its rows changed first."""
    rows = rows_of(table)
    headings = list(rows[0])
    change(rows)
    written = io.StringIO()
    writer = csv.DictWriter(written, headings, lineterminator="\n")
    writer.writeheader()
    writer.writerows([{name: cell or "" for name, cell in row.items()} for row in rows])
    return written.getvalue()


def test_the_first_run_has_nothing_to_compare_with_and_says_so(deliveries: Deliveries) -> None:
    deliveries.received("ssd_cp_plans", drawn(PLANS))
    deliveries.compare()
    assert deliveries.said("source_table, as_at, as_at_before, rows_now, rows_gone, outcome, because") == [
        ("ssd_cp_plans", NOW, None, 2, None, "first run", "first run: there is no previous delivery")
    ]
    assert deliveries.changes() == []


def test_a_gone_row_a_new_row_and_a_changed_event_date(deliveries: Deliveries) -> None:
    def change(rows: list[dict[str, str | None]]) -> None:
        rows[1]["cppl_cp_plan_start_date"] = "2026-04-13"
        rows[0] = {**rows[0], "cppl_cp_plan_id": "PL3", "cppl_cp_plan_start_date": "2026-10-24"}
        rows.append({**rows[0], "cppl_cp_plan_id": "PL4", "cppl_cp_plan_start_date": "2026-10-25"})

    deliveries.received("ssd_cp_plans", drawn(PLANS, change))
    deliveries.had("ssd_cp_plans", drawn(PLANS))
    deliveries.compare()
    assert deliveries.said("rows_now, rows_before, rows_new, rows_recorded_late, rows_gone, event_dates_changed") == [
        (3, 2, 2, 1, 1, 1)
    ]
    assert deliveries.said("outcome, because, rows_gone_while_open") == [("compared", None, None)]
    assert deliveries.said("extract_id, extract_id_before, file_name_before, as_at_before") == [
        ("hash of ssd_cp_plans now", "hash of ssd_cp_plans before", "ssd_cp_plans.csv", BEFORE)
    ]
    assert deliveries.changes() == [
        ("event date changed", "PL2", 3, 3, "started_on"),
        ("gone", "PL1", None, 2, None),
    ]
    assert deliveries.changes("DISTINCT source_table, as_at, as_at_before") == [("ssd_cp_plans", NOW, BEFORE)]


def test_a_row_is_open_while_every_closing_date_is_blank(deliveries: Deliveries) -> None:
    deliveries.received("lado_log", drawn(LADO, lambda rows: rows.__delitem__(slice(0, 3))))
    deliveries.had("lado_log", drawn(LADO))
    deliveries.compare()
    assert deliveries.said("rows_gone, rows_gone_while_open") == [(3, 1)]
    assert deliveries.changes() == [
        ("gone", "LA1", None, 2, None),
        ("gone", "LA2", None, 3, None),
        ("gone while open", "LA3", None, 4, "outcome_on"),
    ]


def test_a_closing_cell_that_cannot_be_read_is_not_blank(deliveries: Deliveries) -> None:
    deliveries.received("lado_log", "lado_ref,date_contact,date_closed\nLA1,2026-01-31,\n")
    deliveries.had(
        "lado_log", "lado_ref,date_contact,date_closed\nLA1,2026-01-31,\nLA2,2026-01-31,closed\nLA3,2026-01-31,NULL\n"
    )
    deliveries.compare()
    assert deliveries.changes("change, key") == [("gone", "LA2"), ("gone while open", "LA3")]


def test_without_a_closing_column_in_the_previous_delivery_open_rows_are_unknown(deliveries: Deliveries) -> None:
    deliveries.received("lado_log", "lado_ref,date_contact,date_closed\nLA1,2026-01-31,\n")
    deliveries.had("lado_log", "lado_ref,date_contact\nLA1,2026-01-31\nLA2,2026-01-31\n")
    deliveries.compare()
    assert deliveries.said("outcome, rows_gone, rows_gone_while_open, event_dates_changed") == [
        ("compared", 1, None, 0)
    ]
    assert deliveries.changes("change, key") == [("gone", "LA2")]


def test_without_the_event_date_in_both_no_change_of_it_is_counted(deliveries: Deliveries) -> None:
    deliveries.received("ssd_cp_plans", "cppl_cp_plan_id,cppl_cp_plan_start_date\nPL1,2026-01-01\nPL2,2026-01-01\n")
    deliveries.had("ssd_cp_plans", "cppl_cp_plan_id,cppl_person_id\nPL1,0001\n")
    deliveries.compare()
    assert deliveries.said("rows_new, rows_recorded_late, event_dates_changed") == [(1, 1, None)]


@pytest.mark.parametrize(
    "as_sent_before",
    [
        "cppl_person_id,cppl_cp_plan_start_date,cppl_cp_plan_id\n0002,2026-04-14,PL2\n0001,2024-02-01,PL1\n",
        "\ufeffCPPL_CP_PLAN_ID ,CPPL_CP_PLAN_START_DATE\r\nPL1,2024-02-01T00:00:00\r\nPL2,2026-04-14 00:00:00.000\r\n",
        "cppl_cp_plan_id,cppl_cp_plan_start_date,later_left_out\n PL1,2024-02-01,x\nPL2\u00a0,2026-04-14 ,y\n",
        'cppl_cp_plan_id,cppl_cp_plan_start_date\n"PL1","2024-02-01"\n,\n"PL2","2026-04-14"\n',
    ],
    ids=["order", "headings and days", "blanks", "quotes"],
)
def test_neither_order_nor_format_is_a_change(deliveries: Deliveries, as_sent_before: str) -> None:
    deliveries.received("ssd_cp_plans", drawn(PLANS))
    deliveries.had("ssd_cp_plans", as_sent_before)
    deliveries.compare()
    assert deliveries.said("rows_now, rows_before, rows_new, rows_gone, event_dates_changed, outcome") == [
        (2, 2, 0, 0, 0, "compared")
    ]


def test_a_key_that_is_not_text_is_compared_as_records_read_it(deliveries: Deliveries) -> None:
    deliveries.received("population", "la_code,year,age,persons\nE06000001,2025,7,50\nE06000001,2025,9,50\n")
    deliveries.had("population", "la_code,year,age,persons\nE06000001,2025.0,7.0,50\nE06000001,2025.0,8.0,50\n")
    deliveries.compare()
    assert deliveries.said("rows_new, rows_gone") == [(1, 1)]
    assert deliveries.changes("key") == [("E06000001 | 2025 | 8",)]


def test_a_date_that_was_in_the_future_may_change(deliveries: Deliveries) -> None:
    """Due dates are moved; X009 is about events that had happened by the previous delivery."""
    log = "supervision_id,staff_id,date_due\nS1,ST1,{}\nS2,ST1,{}\n"
    deliveries.received("supervision", log.format("2026-11-15", "2026-11-15"))
    deliveries.had("supervision", log.format("2026-10-24", "2026-10-25"))
    deliveries.compare()
    assert deliveries.changes("change, key, column_name") == [("event date changed", "S1", "due_on")]


def test_a_past_date_that_is_now_blank_or_unreadable_is_a_changed_date(deliveries: Deliveries) -> None:
    plans = "cppl_cp_plan_id,cppl_cp_plan_start_date\nPL1,{}\nPL2,{}\nPL3,{}\n"
    deliveries.received("ssd_cp_plans", plans.format("", "soon", "2026-01-01"))
    deliveries.had("ssd_cp_plans", plans.format("2026-01-01", "2026-01-01", ""))
    deliveries.compare()
    assert deliveries.changes("key") == [("PL1",), ("PL2",)]


def test_only_the_day_of_a_moment_is_compared(deliveries: Deliveries) -> None:
    log = "attendance_id,attended_at\nA1,{}\nA2,{}\n"
    deliveries.received("nhs_ae", log.format("2026-10-01T09:00:00", "2026-10-02T00:10:00"))
    deliveries.had("nhs_ae", log.format("2026-10-01T10:30:00", "2026-10-01T23:50:00"))
    deliveries.compare()
    assert deliveries.changes("key") == [("A2",)]


def test_a_row_that_was_set_aside_is_not_gone(deliveries: Deliveries) -> None:
    """What was delivered is compared: the child may be missing, but the row was delivered."""
    deliveries.received("ssd_cp_plans", drawn(PLANS, lambda rows: rows[0].update(cppl_person_id=None)))
    deliveries.had("ssd_cp_plans", drawn(PLANS))
    deliveries.connection.execute(
        "INSERT INTO quality.rejected_rows (source_table, row_number, rule) VALUES ('ssd_cp_plans', 2, 'x')"
    )
    deliveries.compare()
    assert deliveries.said("rows_gone") == [(0,)]


def test_the_same_bytes_are_not_read_again(deliveries: Deliveries) -> None:
    deliveries.received("lado_log", drawn(LADO))
    deliveries.had("lado_log", None)
    deliveries.before["lado_log"] = Before(BEFORE, "hash of lado_log now", "lado_log.csv", None)
    deliveries.compare()
    assert deliveries.said("outcome, rows_now, rows_before, rows_gone, rows_gone_while_open, event_dates_changed") == [
        ("same file", 4, 4, 0, 0, 0)
    ]


def test_what_cannot_be_compared_says_why_and_affects_no_other_table(deliveries: Deliveries) -> None:
    deliveries.received("audits", "audit_id,audit_date\nA1,2026-01-01\n")
    deliveries.had("audits", None, "the file of the delivery before was disposed of")
    deliveries.received("complaints", "complaint_stage_id,date_received\nC1,2026-01-01\n")
    deliveries.had("complaints", b"")
    deliveries.received("lado_log", b"\x00")
    deliveries.had("lado_log", drawn(LADO))
    deliveries.had("pf_visits", "pf_visit_id\nPV1\n")
    deliveries.received("ssd_contacts", "cont_contact_id\nC1\n")
    deliveries.had("ssd_contacts", "cont_contact_date\n2026-01-01\n2026-01-01\n")
    deliveries.received("ssd_cp_plans", drawn(PLANS))
    deliveries.had("ssd_cp_plans", drawn(PLANS))
    deliveries.compare()
    said = {file: told for file, *told in deliveries.said("source_table, outcome, because, rows_before")}
    assert said.pop("ssd_cp_plans") == ["compared", None, 2]
    assert {outcome for outcome, _, _ in said.values()} == {"could not be compared"}
    assert {file: told[1:] for file, told in said.items()} == {
        "audits": ["the file of the delivery before was disposed of", None],
        "complaints": ["the previous delivery's file cannot be read by today's contract", None],
        "lado_log": ["the file of this delivery was refused", None],
        "pf_visits": ["it is absent from the newest delivery; the previous delivery has it", None],
        "ssd_contacts": ["column cont_contact_id, the key, was absent from the previous delivery", 2],
    }


def test_a_file_of_headings_without_the_key_is_not_compared(deliveries: Deliveries) -> None:
    deliveries.received("ssd_cp_plans", "cppl_cp_plan_start_date\n")
    deliveries.had("ssd_cp_plans", drawn(PLANS))
    deliveries.compare()
    assert deliveries.said("because, rows_now, rows_before") == [("column cppl_cp_plan_id, the key, is absent", 0, 2)]


def test_without_any_delivery_there_is_nothing_to_report(deliveries: Deliveries) -> None:
    deliveries.compare()
    assert deliveries.said("source_table") == []


def test_an_incomplete_comparison_lists_no_changes(deliveries: Deliveries) -> None:
    """A fault occurs while changed event dates are listed: the gone rows already listed are removed."""

    def change(rows: list[dict[str, str | None]]) -> None:
        del rows[0]
        rows[0]["date_contact"] = "2026-02-27"

    deliveries.received("lado_log", drawn(LADO, change))
    deliveries.had("lado_log", drawn(LADO))
    # Row numbers that cannot be calculated with cause a fault only when this delivery's rows are listed.
    deliveries.connection.execute("ALTER TABLE landing.lado_log ALTER _row TYPE VARCHAR USING _row || 'th'")
    deliveries.compare()
    assert deliveries.said("outcome, because, rows_new, rows_gone") == [
        ("could not be compared", "the comparison failed (BinderException)", None, None)
    ]
    assert deliveries.changes() == []


def test_a_fault_of_the_program_is_reported_by_its_kind_and_affects_no_other_table(deliveries: Deliveries) -> None:
    def broken(connection: duckdb.DuckDBPyConnection, table: Table) -> Arrival:
        connection.execute("SELECT CAST('0001' AS DATE)")
        raise AssertionError

    deliveries.received("ssd_cp_plans", drawn(PLANS))
    deliveries.before["ssd_cp_plans"] = Before(BEFORE, "0" * 64, "ssd_cp_plans.csv", broken)
    deliveries.received("lado_log", drawn(LADO))
    deliveries.had("lado_log", drawn(LADO))
    deliveries.compare()
    assert deliveries.said("source_table, outcome, because") == [
        ("lado_log", "compared", None),
        ("ssd_cp_plans", "could not be compared", "the comparison failed (ConversionException)"),
    ]


@pytest.mark.parametrize("rows", [RENUMBERED_FROM - 1, RENUMBERED_FROM])
def test_if_all_of_many_keys_are_different_no_row_can_be_followed(deliveries: Deliveries, rows: int) -> None:
    heading = "cppl_cp_plan_id,cppl_cp_plan_start_date\n"
    deliveries.received("ssd_cp_plans", heading + "".join(f"NEW{row},2026-01-01\n" for row in range(rows)))
    deliveries.had("ssd_cp_plans", heading + "".join(f"OLD{row},2026-01-01\n" for row in range(rows)))
    deliveries.compare()
    if rows < RENUMBERED_FROM:
        assert deliveries.said("outcome, rows_new, rows_gone") == [("compared", rows, rows)]
        assert len(deliveries.changes()) == rows
    else:
        assert deliveries.said("outcome, because, rows_gone, rows_now, rows_before") == [
            ("could not be compared", "none of the previous delivery's keys is left: the system has new keys",
             None, rows, rows)
        ]  # fmt: skip
        assert deliveries.changes() == []


def test_if_one_key_stays_the_others_are_gone(deliveries: Deliveries) -> None:
    heading = "cppl_cp_plan_id,cppl_cp_plan_start_date\nPL1,2026-01-01\n"
    deliveries.received("ssd_cp_plans", heading + "PL2,2026-01-01\n")
    deliveries.had("ssd_cp_plans", heading + "".join(f"OLD{row},2026-01-01\n" for row in range(RENUMBERED_FROM)))
    deliveries.compare()
    assert deliveries.said("outcome, rows_gone") == [("compared", RENUMBERED_FROM)]


def test_if_a_file_has_no_rows_any_more_all_are_gone(deliveries: Deliveries) -> None:
    heading = "cppl_cp_plan_id,cppl_cp_plan_start_date\n"
    deliveries.received("ssd_cp_plans", heading)
    deliveries.had("ssd_cp_plans", heading + "".join(f"OLD{row},2026-01-01\n" for row in range(RENUMBERED_FROM)))
    deliveries.compare()
    assert deliveries.said("outcome, rows_gone") == [("compared", RENUMBERED_FROM)]


def _workbook(path: Path, sheets: dict[str, list[list[object]]]) -> Path:
    book = openpyxl.Workbook()
    assert book.active is not None
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    book.save(path)
    return path


def test_sheets_of_a_workbook_are_named(deliveries: Deliveries, tmp_path: Path) -> None:
    day, other = datetime.date(2026, 1, 31), datetime.date(2026, 1, 30)
    headings: list[object] = ["lado_ref", "date_contact", "date_outcome"]
    now = {"Log now": [headings, ["LA2", other, None]]}
    before = {"Log before": [headings, ["LA1", day, None], ["LA2", day, None]]}
    deliveries.received("lado_log", _workbook(tmp_path / "now.xlsx", now))
    deliveries.had("lado_log", _workbook(tmp_path / "before.xlsx", before))
    deliveries.compare()
    assert deliveries.changes("change, key, sheet, row_number, sheet_before, row_number_before") == [
        ("event date changed", "LA2", "Log now", 2, "Log before", 3),
        ("gone while open", "LA1", None, None, "Log before", 2),
    ]


def test_a_mapping_applies_to_the_previous_delivery_too(deliveries: Deliveries, tmp_path: Path) -> None:
    """The council's own headings, words for "not known" and a sheet for each year, before and now."""
    name = "lado_log_2026-01-01.toml"
    (tmp_path / name).write_text(
        """
        table = "lado_log"
        valid_from = 2026-01-01
        owner = "LADO manager"
        agreed_on = 2025-12-20
        sheets = ["20*"]
        blank_words = ["still open"]
        [columns]
        "Ref No" = "lado_ref"
        "Told on" = "date_contact"
        "Concluded" = "date_outcome"
        """,
        encoding="utf-8",
    )
    deliveries.mapping = read_mapping(tmp_path / name)
    headings: list[object] = ["Concluded", "Ref No", "Told on", "Notes"]
    day, other = datetime.date(2026, 1, 31), datetime.date(2026, 1, 30)
    before = {
        "2025": [headings, [day, "LA1", day, ""], ["Still open", "LA2", day, ""]],
        "2026": [headings, ["still  open", "LA3", day, ""], [None, "LA4", day, ""]],
    }
    now = {"2025": [headings, [None, "LA4", other, "x"]], "2026": [headings]}
    deliveries.received("lado_log", _workbook(tmp_path / "now.xlsx", now))
    deliveries.had("lado_log", _workbook(tmp_path / "before.xlsx", before))
    deliveries.compare()
    assert deliveries.said("outcome, rows_now, rows_before, rows_new, rows_gone_while_open") == [
        ("compared", 1, 4, 0, 2)
    ]
    assert deliveries.changes("change, key, sheet, row_number, sheet_before, row_number_before") == [
        ("event date changed", "LA4", "2025", 2, "2026", 3),
        ("gone", "LA1", None, None, "2025", 2),
        ("gone while open", "LA2", None, None, "2025", 3),
        ("gone while open", "LA3", None, None, "2026", 2),
    ]
    # The cells kept for this delivery's landing are still there to be restored; those of the other are gone.
    kept = deliveries.connection.execute(
        "SELECT table_name FROM duckdb_tables() WHERE starts_with(table_name, 'as_received')"
    ).fetchall()
    assert kept == [("as_received_memory_lado_log",)]


def test_nothing_of_the_previous_delivery_stays_in_the_warehouse(deliveries: Deliveries) -> None:
    deliveries.received("ssd_cp_plans", drawn(PLANS))
    deliveries.had("ssd_cp_plans", drawn(PLANS) + "PL9,with,cells,too,many\n")
    landed = deliveries.connection.execute("FROM landing.ssd_cp_plans").fetchall()
    tables = "SELECT database_name, schema_name, table_name FROM duckdb_tables() ORDER BY ALL"
    before = deliveries.connection.execute(tables).fetchall()
    deliveries.compare()
    assert deliveries.connection.execute(tables).fetchall() == before
    assert deliveries.connection.execute("FROM landing.ssd_cp_plans").fetchall() == landed
    assert deliveries.connection.execute("FROM quality.rejected_rows").fetchall() == []
    assert deliveries.said("rows_before") == [(3,)], "a row that cannot be read was received"


# ---------------------------------------------------------------- against a naive comparison

CELL = st.sampled_from(["A", "B", " B", "C", "D", "", "NULL"])
DAY = st.sampled_from(["2026-10-01", "2026-10-01 00:00:00", "2026-10-02", "2026-10-25", "", "soon"])
ROWS = st.lists(st.tuples(CELL, DAY, st.sampled_from(["", "2026-10-20", "?"])), max_size=8)


def _naive(now: list[tuple[str, str, str]], before: list[tuple[str, str, str]]) -> tuple[Any, ...]:
    def blank(cell: str) -> str:
        return "" if cell.strip() in ("", "NULL") else cell.strip()

    def firsts(rows: list[tuple[str, str, str]]) -> dict[str, tuple[int, str, bool]]:
        found: dict[str, tuple[int, str, bool]] = {}
        # A row without cells is not counted, but it has its number.
        for number, (key, day, closed) in enumerate(rows, start=2):
            if blank(key):
                read = day[:10] if re.match(r"\d{4}", day) else ""
                found.setdefault(blank(key), (number, read, not blank(closed)))
        return found

    here, was = firsts(now), firsts(before)
    anew = {
        (key, here[key][0], was[key][0])
        for key in here.keys() & was.keys()
        if was[key][1] and was[key][1] <= "2026-10-24" and was[key][1] != here[key][1]
    }
    gone = {(key, was[key][0], was[key][2]) for key in was.keys() - here.keys()}
    return len(here.keys() - was.keys()), gone, anew


@pytest.fixture(scope="module")
def kept() -> Iterator[duckdb.DuckDBPyConnection]:
    with empty_landing() as connection:
        yield connection


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(now=ROWS, before=ROWS)
def test_as_a_naive_comparison_finds_it(
    now: list[tuple[str, str, str]],
    before: list[tuple[str, str, str]],
    kept: duckdb.DuckDBPyConnection,
    tmp_path: Path,
) -> None:
    for table in ("arrivals", "comparisons", "changes"):
        kept.execute(f"DELETE FROM quality.{table}")
    deliveries = Deliveries(kept, tmp_path)
    for put, rows in ((deliveries.received, now), (deliveries.had, before)):
        put("lado_log", "lado_ref,date_contact,date_closed\n" + "".join(f"{','.join(row)}\n" for row in rows))
    deliveries.compare()
    new, gone, anew = _naive(now, before)
    assert deliveries.said("outcome, rows_new, rows_gone, event_dates_changed") == [
        ("compared", new, len(gone), len(anew))
    ]
    found = deliveries.changes("change, key, row_number, row_number_before")
    assert found == sorted(
        [("event date changed", *row) for row in anew]
        + [("gone while open" if is_open else "gone", key, None, row) for key, row, is_open in gone],
        key=lambda row: (row[0], row[1]),
    )


# ---------------------------------------------------------------- the contracts


@pytest.mark.parametrize("table", catalogue.by_file().values(), ids=lambda table: str(table.file))
def test_the_columns_a_comparison_reads_are_found_as_the_whole_contract_finds_them(table: Table) -> None:
    ours = [column.heading for column in table.columns if column.heading]
    theirs = [column.also[0].heading if column.also else column.heading for column in table.columns if column.heading]
    for headings in (ours, theirs):
        whole, part = match_headings(table, headings), match_headings(narrowed(table), headings)
        assert part.landed == {name: whole.landed[name] for name in part.landed}
        assert {table.column(name).heading for name in table.key} <= set(part.landed)


def test_closing_dates_are_days_of_tables_of_a_drop() -> None:
    closing = {
        table.file: [column.name for column in table.columns if column.closes]
        for table in catalogue.tables()
        if any(column.closes for column in table.columns)
    }
    assert closing == {
        "action_plan": ["done_on"],
        "audit_actions": ["done_on"],
        "complaint_learning": ["done_on"],
        "complaints": ["responded_on"],
        "homes": ["closed_on"],
        "hr_absence": ["ended_on"],
        "hr_staff": ["left_on"],
        "lado_log": ["outcome_on", "closed_on"],
        "private_fostering": ["ended_on"],
        "reg_recommendations": ["closed_on"],
    }
    for file, columns in closing.items():
        table = catalogue.by_file()[str(file)]
        assert {table.column(name).kind for name in columns} == {"date"}
        assert not {name for name in columns if table.column(name).event_date}
