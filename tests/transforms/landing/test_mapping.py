"""A mapping file: a file is read as the owner declares; anything unknown or ambiguous is refused."""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import duckdb
import openpyxl
import pytest

from tests.landing import AS_AT, empty_landing
from transforms.landing.mapping import SEVERAL_IN_A_CELL, MappingFile, in_force, read_mapping
from transforms.landing.read_extract import Arrival, read_extract
from transforms.landing.read_with_mapping import put_back_as_received
from transforms.records.build_records import build_records
from warehouse import catalogue
from warehouse.problem import Problem

NAME = "lado_log_2026-04-01.toml"
HEAD = """
table = "lado_log"
valid_from = 2026-04-01
owner = "LADO manager"
agreed_on = 2026-03-20
"""
COLUMNS = """
[columns]
"Ref No" = "lado_ref"
"Date of contact" = "date_contact"
"Outcome date" = "date_outcome"
"Final outcome" = "outcome"
"Children" = "child_ids"
"""
WORDS = """
[values.outcome]
"Founded" = "SUBSTANTIATED"
"Not proven" = "UNSUBSTANTIATED"
"""
HEADINGS = ["Ref No", "Date of\ncontact ", "Outcome date", "FINAL OUTCOME", "Children"]
DAY = datetime.date(2026, 2, 3)


@pytest.fixture
def mapping(tmp_path: Path) -> Callable[..., MappingFile]:
    def written(text: str = HEAD + COLUMNS + WORDS, name: str = NAME) -> MappingFile:
        (tmp_path / name).write_text(text, encoding="utf-8")
        return read_mapping(tmp_path / name)

    return written


@pytest.fixture
def warehouse() -> Iterator[duckdb.DuckDBPyConnection]:
    with empty_landing() as connection:
        yield connection


def log(path: Path, sheets: dict[str, list[list[Any]]], above: int = 0) -> Path:
    """A workbook with `above` rows of a merged title over each sheet's headings."""
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for number in range(above):
            sheet.append([f"Allegations {number}" if number == 0 else None])
        if above:
            sheet.merge_cells(start_row=1, start_column=1, end_row=1, end_column=4)
        for row in rows:
            sheet.append(row)
    book.save(path)
    return path


def read(
    connection: duckdb.DuckDBPyConnection, path: Path, mapping: MappingFile | Problem | None, table: str = "lado_log"
) -> Arrival:
    contract = catalogue.by_file()[table]
    file_format: Any = path.suffix[1:]
    return read_extract(connection, contract, path, extract_id="x", file_format=file_format, mapping=mapping)


def rows(connection: duckdb.DuckDBPyConnection, query: str) -> list[tuple[Any, ...]]:
    return connection.execute(query).fetchall()


# The content of a mapping file.


def test_a_mapping_is_dated_owned_and_compared_whatever_the_case(mapping: Callable[..., MappingFile]) -> None:
    read_one = mapping()
    assert (read_one.valid_from, read_one.owner, read_one.agreed_on) == (
        datetime.date(2026, 4, 1),
        "LADO manager",
        datetime.date(2026, 3, 20),
    )
    assert read_one.columns["date of contact"] == "date_contact"
    assert read_one.values["outcome"]["founded"] == "SUBSTANTIATED"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (HEAD.replace("lado_log", "lado_logg") + COLUMNS, "No table of a drop is called lado_logg"),
        (HEAD + COLUMNS.replace('"outcome"', '"outcom"'), "lado_log has no column outcom"),
        (
            HEAD + COLUMNS + WORDS.replace("UNSUB", "UNSUBB"),
            "The code UNSUBBSTANTIATED is not in the code list of outcome",
        ),
        (HEAD + COLUMNS + '"Result" = "outcome"', "Two headings are given for one column, outcome"),
        (HEAD + COLUMNS + '"ref  no" = "subject_ref"', "The same heading is given twice"),
        (HEAD + COLUMNS + '[values.outcme]\n"a" = "FALSE"', "lado_log has no column outcme"),
        (HEAD + COLUMNS + '[values.employer_name]\n"a" = "FALSE"', "employer_name has no codes"),
        (HEAD + COLUMNS + '[values.threshold_met]\n"Ja" = "J"', "The code J is not in the code list of threshold_met"),
        (HEAD + COLUMNS + WORDS + '"FOUNDED " = "FALSE"', "has two codes"),
        (HEAD + COLUMNS + '[split]\nemployer_name = ","', "A cell of employer_name holds one value"),
        (HEAD + COLUMNS + '[split]\nchild_ids = ""', "The separator is missing"),
        (HEAD + COLUMNS + "[splits]\n", "No fact is called splits"),
        (HEAD + "header_row = 0" + COLUMNS, "header_row is not the number of a row"),
        (HEAD + "header_row = true" + COLUMNS, "header_row is not a whole number"),
        (HEAD + 'sheets = "2025"' + COLUMNS, "sheets is not a list"),
        (HEAD + 'not_loaded = ["ref no"]' + COLUMNS, "is both mapped to a column and left out"),
        (HEAD.replace("owner", "#") + COLUMNS, "owner is missing"),
        (HEAD.replace('"LADO manager"', '" "') + COLUMNS, "owner is missing"),
        (HEAD.replace("agreed_on", "#") + COLUMNS, "agreed_on is missing"),
        (HEAD.replace("2026-03-20", '"2026-03-20"') + COLUMNS, "agreed_on is not a day"),
        (HEAD.replace("2026-04-01", "2026-04-02") + COLUMNS, "The name of the mapping file does not match"),
        (HEAD, "columns is missing"),
        (HEAD + COLUMNS + COLUMNS, "not TOML, or gives one name twice"),
        ("table = ", "not TOML"),
    ],
)
def test_anything_unknown_or_ambiguous_is_refused(mapping: Callable[..., MappingFile], text: str, words: str) -> None:
    with pytest.raises(Problem) as caught:
        mapping(text)
    assert words in caught.value.what
    assert NAME in caught.value.where
    assert caught.value.fix


def test_the_nearest_known_name_is_suggested(mapping: Callable[..., MappingFile]) -> None:
    with pytest.raises(Problem) as caught:
        mapping(HEAD + COLUMNS.replace('"outcome"', '"outcom"'))
    assert caught.value.fix == "Nearest is outcome."


def test_a_mapping_that_is_not_utf8_is_refused(tmp_path: Path) -> None:
    (tmp_path / NAME).write_bytes((HEAD + COLUMNS).encode("utf-16"))
    with pytest.raises(Problem) as caught:
        read_mapping(tmp_path / NAME)
    assert "UTF-8" in caught.value.what


@pytest.mark.parametrize(
    ("day", "name"),
    [("2026-03-31", "lado_log_2025-01-01.toml"), ("2026-04-01", NAME), ("2024-12-31", None), ("2027-01-01", NAME)],
)
def test_the_newest_mapping_that_is_valid_by_the_day_applies(day: str, name: str | None) -> None:
    names = ["lado_log_2025-01-01.toml", NAME, "audits_2026-06-01.toml", "lado_log.toml", "lado_log_2026-02-30.toml"]
    assert in_force(names, "lado_log", datetime.date.fromisoformat(day)) == name


def test_cells_are_split_only_where_the_contract_says_they_hold_a_list() -> None:
    declared = {
        (table.file, column.heading)
        for table in catalogue.tables("records")
        for column in table.columns
        if "emicolon list" in column.description
    }
    assert declared == SEVERAL_IN_A_CELL


# How a file is read.


def test_landing_ends_as_received_and_records_have_the_mapped_values(
    mapping: Callable[..., MappingFile], warehouse: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    said = mapping(
        HEAD.replace("table", 'header_row = 4\nblank_words = ["TBC"]\ntable')
        + COLUMNS
        + WORDS
        + '[split]\nchild_ids = [",", "/", " and "]'
    )
    path = log(
        tmp_path / "log.xlsx",
        {
            "Log": [
                HEADINGS,
                ["L1", DAY, DAY, "founded ", "1, 2"],
                ["L2", DAY, "tbc", "Pending", "3/4 and 5;6"],
                ["L3", DAY, "soon", "SUBSTANTIATED", None],
                ["L4", "TBC", None, None, "7"],
            ]
        },
        above=3,
    )
    arrival = read(warehouse, path, said)
    assert (arrival.status, arrival.rows_received, arrival.rows_landed) == ("loaded", 4, 4)
    build_records(warehouse)
    put_back_as_received(warehouse)
    assert rows(warehouse, "SELECT lado_ref, date_outcome, outcome, child_ids, _sheet, _row FROM landing.lado_log") == [
        ("L1", "2026-02-03", "founded ", "1, 2", "Log", 5),
        ("L2", "tbc", "Pending", "3/4 and 5;6", "Log", 6),
        ("L3", "soon", "SUBSTANTIATED", None, "Log", 7),
        ("L4", None, None, "7", "Log", 8),
    ]
    assert rows(warehouse, "SELECT lado_ref, outcome_on, outcome_code, child_ids FROM records.allegations") == [
        ("L1", DAY, "SUBSTANTIATED", "1;2"),
        ("L2", None, "Pending", "3;4;5;6"),
        ("L3", None, "SUBSTANTIATED", None),
    ]
    aside = rows(warehouse, "SELECT row_number, rule, content::JSON ->> 'date_contact' FROM quality.rejected_rows")
    assert aside == [(8, "event date is blank", "TBC")]
    assert rows(warehouse, "SELECT table_name FROM duckdb_tables() WHERE table_name LIKE 'as_received%'") == []


def test_the_arrival_counts_the_changes_and_never_shows_a_value(
    mapping: Callable[..., MappingFile], warehouse: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    said = mapping(HEAD + 'blank_words = ["n/k"]' + COLUMNS + WORDS + '[split]\nchild_ids = ","')
    path = log(
        tmp_path / "log.xlsx",
        {"Log": [HEADINGS, ["L1", DAY, "N/K", "Founded", "1,2"], ["L2", DAY, DAY, "Zweifelhaft", "3"]]},
    )
    notes = " ".join(read(warehouse, path, said).notes)
    assert f"Read with the mapping {NAME}, which LADO manager agreed on 2026-03-20." in notes
    assert "outcome: 1 of 2 cells read as the codes" in notes
    assert "date_outcome: 1 of 2 cells have a word for a day that is not known" in notes
    assert "child_ids: 1 of 2 cells split into several values" in notes
    assert not re.search("Zweifelhaft|Founded|N/K|SUBSTANTIATED", notes)


def test_sheets_are_stacked_each_row_with_its_own_sheet_and_row(
    mapping: Callable[..., MappingFile], warehouse: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    said = mapping(HEAD + 'sheets = ["Closed", "20*"]\nother_sheets = ["List*"]' + COLUMNS + WORDS)
    path = log(
        tmp_path / "log.xlsx",
        {
            "2025": [HEADINGS, ["L1", DAY, None, "Founded", None], [], ["L2", DAY, None, None, None]],
            "2026": [HEADINGS[:3], ["L3", DAY, DAY], ["L9", DAY, DAY]],
            "2027": [],
            "Lists": [["Outcomes"], ["Founded"]],
            "Closed": [HEADINGS, ["L9", DAY, DAY, "Founded", None]],
            "Notes": [["A remark"]],
        },
    )
    arrival = read(warehouse, path, said)
    assert (arrival.rows_received, arrival.rows_landed, arrival.blank_rows) == (5, 5, 1)
    assert arrival.sheet == "Closed / 2025 / 2026"
    assert arrival.sheets_not_read == (("Notes", 1),)
    notes = " ".join(arrival.notes)
    assert "Sheets stacked: Closed (1 rows), 2025 (2 rows), 2026 (2 rows)." in notes
    assert "Sheet 2026 has no column outcome, so it is blank in these rows." in notes
    assert "Sheet 2027 has no headings and no rows." in notes
    build_records(warehouse)
    put_back_as_received(warehouse)
    assert rows(warehouse, "SELECT lado_ref, _sheet, _row FROM landing.lado_log") == [
        ("L9", "Closed", 2),
        ("L1", "2025", 2),
        ("L2", "2025", 4),
        ("L3", "2026", 2),
        ("L9", "2026", 3),
    ]
    # If a key is on two sheets, the row of the sheet named first stays.
    assert rows(warehouse, "SELECT lado_ref, outcome_code FROM records.allegations ORDER BY lado_ref")[-1] == (
        "L9",
        "SUBSTANTIATED",
    )
    assert rows(warehouse, "SELECT sheet, row_number, rule, reason FROM quality.rejected_rows") == [
        ("2026", 3, "key is repeated", "lado_ref, the key, is also in an earlier row: row 2 of sheet Closed")
    ]
    received = rows(warehouse, "SELECT count(DISTINCT received_row), count(*) FROM records.allegations")
    assert received == [(4, 4)], "the row of a record identifies it"


@pytest.mark.parametrize(
    ("more", "sheets", "words"),
    [
        (
            "",
            {"Log": [HEADINGS[:4], ["L1"]]},
            "The heading that the mapping names for child_ids is missing: children",
        ),
        ('sheets = ["20*"]', {"Log": [HEADINGS, ["L1"]]}, "The mapping names the sheet 20\\*"),
        (
            'sheets = ["20*"]',
            {"2025": [HEADINGS, ["L1"]], "2026": [HEADINGS[1:], [DAY]]},
            "The heading that the mapping names for lado_ref is missing",
        ),
        (
            'sheets = ["20*"]',
            {"2025": [HEADINGS[:4], ["L1"]], "2026": [HEADINGS[:4], ["L2"]]},
            "The heading that the mapping names for child_ids is missing",
        ),
        ("header_row = 3", {"Log": [HEADINGS, ["L1"], [], ["L2"]]}, "Row 3, the heading row in the mapping, is blank"),
        ("header_row = 2", {"Log": [HEADINGS, ["L1"]]}, "None of the file's headings is a heading of this table"),
        ("", {"Log": [[*HEADINGS, "outcome"], ["L1"]]}, "Two headings match one column, outcome"),
        ("", {"Log": [[*HEADINGS, "Ref no"], ["L1"]]}, "Two columns have the heading Ref no"),
    ],
)
def test_a_file_that_is_not_as_the_mapping_says_is_refused(
    mapping: Callable[..., MappingFile],
    warehouse: duckdb.DuckDBPyConnection,
    tmp_path: Path,
    more: str,
    sheets: dict[str, list[list[Any]]],
    words: str,
) -> None:
    arrival = read(warehouse, log(tmp_path / "log.xlsx", sheets), mapping(HEAD + more + COLUMNS))
    assert arrival.status == "refused"
    assert re.search(words, str(arrival.refused_because))
    assert rows(warehouse, "SELECT 1 FROM duckdb_tables() WHERE schema_name = 'landing'") == []


def test_a_heading_left_out_on_purpose_is_neither_loaded_nor_reported(
    mapping: Callable[..., MappingFile], warehouse: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    said = mapping(HEAD + 'not_loaded = ["outcome", "Remarks"]' + COLUMNS)
    path = log(tmp_path / "log.xlsx", {"Log": [[*HEADINGS, "outcome", "Remarks", "Mood"], ["L1", DAY, *"abcdef"]]})
    arrival = read(warehouse, path, said)
    assert arrival.unknown_headings == ("Mood",)
    assert rows(warehouse, "SELECT outcome FROM landing.lado_log") == [("b",)]


def test_unlabelled_and_repeated_columns_outside_the_mapping_do_no_harm(
    mapping: Callable[..., MappingFile], warehouse: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    path = log(
        tmp_path / "log.xlsx",
        {"Log": [[*HEADINGS[:2], None, *HEADINGS[2:], "x", "x"], ["L1", DAY, "scribble", DAY, "b", "1", "y", "z"]]},
    )
    arrival = read(warehouse, path, mapping(HEAD + COLUMNS))
    assert (arrival.status, arrival.rows_landed) == ("loaded", 1)
    assert "Column C has no heading and was not loaded." in arrival.notes


def test_if_a_mapping_cannot_be_used_its_file_is_refused(warehouse: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    path = log(tmp_path / "log.xlsx", {"Log": [["lado_ref", "date_contact"], ["L1", DAY]]})
    fault = Problem("owner is missing.", where=NAME, fix="Add it.")
    because = str(read(warehouse, path, fault).refused_because)
    assert "The mapping that applies to this file cannot be used: owner is missing" in because
    assert NAME in because


def test_a_csv_is_read_by_a_mapping_that_names_no_sheets(
    mapping: Callable[..., MappingFile], warehouse: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    path = tmp_path / "log.csv"
    path.write_text("Ref No,Date of contact,Outcome date,Final outcome,Children\nL1,03/02/2026,,Founded,\n")
    assert read(warehouse, path, mapping()).status == "loaded"
    build_records(warehouse)
    assert rows(warehouse, "SELECT contacted_on, outcome_code FROM records.allegations") == [(DAY, "SUBSTANTIATED")]
    because = str(read(warehouse, path, mapping(HEAD + "header_row = 1" + COLUMNS)).refused_because)
    assert "the file is csv, not a workbook" in because


def test_a_mapping_of_another_table_is_refused(
    mapping: Callable[..., MappingFile], warehouse: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    path = log(tmp_path / "log.xlsx", {"Log": [["audit_id", "audit_date"], ["A1", DAY]]})
    arrival = read(warehouse, path, mapping(), "audits")
    assert "The mapping is for lado_log, not for audits" in str(arrival.refused_because)


def test_the_file_of_another_day_read_at_the_same_time_keeps_its_own_cells(
    mapping: Callable[..., MappingFile], warehouse: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    """As with the previous delivery when the two are compared: it is read into a second database."""
    now = log(tmp_path / "now.xlsx", {"Log": [HEADINGS, ["L1", DAY, DAY, "Founded", None]]})
    before = log(tmp_path / "before.xlsx", {"Log": [HEADINGS, ["L0", DAY, DAY, "Not proven", None]]})
    read(warehouse, now, mapping())
    with warehouse.cursor() as beside:
        beside.execute("ATTACH ':memory:' AS beside; USE beside; CREATE SCHEMA landing")
        read(beside, before, mapping())
    build_records(warehouse)
    put_back_as_received(warehouse)
    assert rows(warehouse, "SELECT lado_ref, outcome FROM landing.lado_log") == [("L1", "Founded")]


def test_the_cells_without_a_mapping_land_and_are_reported_not_guessed(
    warehouse: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    """'TBC' for a date, and an outcome outside the list: both land, both are reported."""
    from expectations.judge import judge

    path = log(
        tmp_path / "log.xlsx",
        {"lado_log": [["lado_ref", "date_contact", "date_outcome", "outcome"], ["L1", DAY, "TBC", "Ongoing"]]},
    )
    read(warehouse, path, None)
    build_records(warehouse)
    warehouse.execute("INSERT INTO quality.run (as_at) VALUES (?)", [AS_AT])
    judge(warehouse, {"lado_log": AS_AT}, as_at=AS_AT, only=[catalogue.by_file()["lado_log"]])
    assert rows(warehouse, "SELECT date_outcome, outcome FROM landing.lado_log") == [("TBC", "Ongoing")]
    assert rows(warehouse, "SELECT outcome_on, outcome_code FROM records.allegations") == [(None, "Ongoing")]
    told = dict(rows(warehouse, "SELECT check_code, row_number FROM quality.issues"))
    assert told["readable:outcome_on"] == 2
    assert told["coded:outcome_code"] == 2


def test_the_mapping_that_the_docs_show_can_be_used(tmp_path: Path) -> None:
    page = (Path(__file__).parents[3] / "docs" / "logs.md").read_text(encoding="utf-8")
    (shown,) = re.findall(r"^```toml\n(.*?)^```", page, re.S | re.M)
    name = re.match(r"# mappings/(\S+)\n", shown)
    assert name
    (tmp_path / name[1]).write_text(shown, encoding="utf-8")
    assert read_mapping(tmp_path / name[1]).values["contact_type"]["advice only"] == "CONSULT"
