from __future__ import annotations

import csv
import datetime
import io
import json
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import duckdb
import openpyxl
import polars
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from transforms.landing.count_rows import BLANK
from transforms.landing.read_extract import Arrival, read_extract
from warehouse.catalogue import by_file
from warehouse.contract import Table, also, text

EXTRACT_ID = "f" * 64
VISITS = Table(
    name="records.visits",
    one_row_is="A visit.",
    file="visits",
    columns=(
        text("visit_id", "Reference.", "visit_id"),
        text("child_id", "Child.", "child_id", also=(also("person_id", "an older system"),)),
        text("visited_on", "Day.", "visited_on"),
        text("note", "Note.", "note", optional=True),
    ),
)
PLAIN = b"visit_id,child_id,visited_on\nV1,007,2026-10-31\nV2,008,\n"


def with_unknown_refused() -> Table:
    return Table(name=VISITS.name, one_row_is="", file="visits", columns=VISITS.columns, keeps_unknown_columns=False)


@pytest.fixture
def connection() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect(config={"threads": 2}) as connection:
        yield connection


@pytest.fixture(scope="module")
def build() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect(config={"threads": 2}) as connection:
        yield connection


@pytest.fixture
def read(connection: duckdb.DuckDBPyConnection, tmp_path: Path) -> Callable[..., Arrival]:
    def read_one(content: bytes | Path, table: Table = VISITS, **options: Any) -> Arrival:
        path = tmp_path / "extract" if isinstance(content, bytes) else content
        if isinstance(content, bytes):
            path.write_bytes(content)
        options.setdefault("file_format", "csv")
        arrival = read_extract(connection, table, path, extract_id=EXTRACT_ID, **options)
        assert arrival.rows_received == arrival.rows_landed + arrival.rows_unreadable
        assert (arrival.status == "refused") == (arrival.refused_because is not None)
        landed = connection.execute(
            "SELECT count(*) FROM duckdb_tables() WHERE schema_name = 'landing' AND table_name = ?", [table.file]
        ).fetchone()
        assert landed == (0 if arrival.status == "refused" else 1,)
        return arrival

    return read_one


def rows(connection: duckdb.DuckDBPyConnection, columns: str = "*") -> list[tuple[Any, ...]]:
    return connection.execute(f"SELECT {columns} FROM landing.visits ORDER BY _row").fetchall()


def column_names(connection: duckdb.DuckDBPyConnection) -> list[str]:
    return [name for name, *_ in connection.execute("DESCRIBE landing.visits").fetchall()]


def workbook(path: Path, sheets: dict[str, list[list[Any]]], **states: str) -> Path:
    book = openpyxl.Workbook()
    del book["Sheet"]
    for name, cells in sheets.items():
        sheet = book.create_sheet(name)
        sheet.sheet_state = states.get(name, "visible")
        for row in cells:
            sheet.append(row)
    book.save(path)
    return path


HEADINGS = ["visit_id", "child_id", "visited_on"]


# What lands


def test_every_row_lands_as_text_with_its_extract_and_row_number(connection: Any, read: Any) -> None:
    arrival = read(PLAIN)
    assert arrival.status == "loaded"
    assert (arrival.rows_received, arrival.rows_landed, arrival.encoding, arrival.sheet) == (2, 2, "utf-8", None)
    assert rows(connection) == [
        ("V1", "007", "2026-10-31", EXTRACT_ID, None, 2),
        ("V2", "008", None, EXTRACT_ID, None, 3),
    ]
    types = {kind for _, kind, *_ in connection.execute("DESCRIBE landing.visits").fetchall()}
    assert types == {"VARCHAR", "BIGINT"}


def test_nothing_is_trimmed_or_inferred(connection: Any, read: Any) -> None:
    read(b'visit_id,child_id,visited_on\n 01 ,1e5,NULL\n"  ",TRUE,31/10/2026\nNA,#N/A,""\n')
    assert rows(connection, "visit_id, child_id, visited_on") == [
        (" 01 ", "1e5", "NULL"),
        ("  ", "TRUE", "31/10/2026"),
        ("NA", "#N/A", None),
    ]


def test_reading_again_replaces_what_landed_before(connection: Any, read: Any) -> None:
    read(PLAIN)
    read(b"visit_id,child_id,visited_on\nV9,1,\n")
    assert rows(connection, "visit_id") == [("V9",)]


def test_a_refused_file_leaves_no_landing_of_the_one_before(read: Any) -> None:
    read(PLAIN)
    assert read(b"").status == "refused"


def test_a_heading_row_without_rows_is_empty(connection: Any, read: Any) -> None:
    for content in (b"visit_id,child_id,visited_on\n", b"visit_id,child_id,visited_on", b"visit_id,child_id\n\n,\n"):
        arrival = read(content)
        assert (arrival.status, arrival.rows_received) == ("empty", 0)
        assert rows(connection) == []


def test_two_files_can_be_read_at_once_into_one_build(tmp_path: Path, connection: Any) -> None:
    from concurrent.futures import ThreadPoolExecutor

    tables = [
        Table(name="records.x", one_row_is="", file=f"visits_{number}", columns=VISITS.columns) for number in range(8)
    ]
    ragged = tmp_path / "ragged"
    ragged.write_bytes(PLAIN + b"V3\n")
    connection.execute("CREATE SCHEMA landing")
    read_extract(connection, VISITS, ragged, extract_id=EXTRACT_ID, file_format="csv")

    def read(table: Table) -> Arrival:
        return read_extract(connection.cursor(), table, ragged, extract_id=str(table.file), file_format="csv")

    with ThreadPoolExecutor(2) as pool:
        arrivals = list(pool.map(read, tables))
    assert {(arrival.status, arrival.rows_landed, arrival.rows_unreadable) for arrival in arrivals} == {
        ("loaded", 2, 1)
    }
    assert connection.execute("SELECT count(*) FROM quality.rejected_rows").fetchone() == (9,)


# Headings


def test_headings_are_matched_whatever_their_case_order_blanks_and_byte_order_mark(connection: Any, read: Any) -> None:
    arrival = read("\ufeffVISITED_ON, Child_ID ,visit_id\n2026-10-31,7,V1\n".encode())
    assert rows(connection, "visit_id, child_id, visited_on") == [("V1", "7", "2026-10-31")]
    assert arrival.headings == (("visit_id", "visit_id"), ("child_id", "Child_ID"), ("visited_on", "VISITED_ON"))
    assert arrival.encoding == "utf-8 with BOM"
    assert column_names(connection) == [*HEADINGS, "_extract_id", "_sheet", "_row"]


def test_another_declared_spelling_lands_under_the_heading_of_the_contract(connection: Any, read: Any) -> None:
    arrival = read(b"visit_id,PERSON_ID,visited_on\nV1,7,\n")
    assert rows(connection, "child_id") == [("7",)]
    assert arrival.missing_headings == ()


def test_the_heading_of_the_contract_wins_over_its_other_spelling(connection: Any, read: Any) -> None:
    arrival = read(b"person_id,visit_id,child_id,visited_on\nold,V1,new,\n")
    assert rows(connection, "child_id, person_id") == [("new", "old")]
    assert arrival.unknown_headings == ("person_id",)


def test_a_missing_column_is_reported_with_the_nearest_heading_and_not_invented(connection: Any, read: Any) -> None:
    arrival = read(b"visit_id,child_id,visited_onn\nV1,7,x\n")
    assert arrival.missing_headings == ("visited_on",)
    assert "Column visited_on is missing; the nearest heading received is visited_onn (column C)." in arrival.notes
    assert "visited_on" not in column_names(connection)


def test_an_unknown_column_is_kept_under_its_own_name(connection: Any, read: Any) -> None:
    arrival = read(b'visit_id,child_id,visited_on,"Wor""ker",_ROW\nV1,7,,W1,x\n')
    assert column_names(connection) == [*HEADINGS, 'Wor"ker', "_ROW_2", "_extract_id", "_sheet", "_row"]
    assert rows(connection, '"Wor""ker", _ROW_2, _row') == [("W1", "x", 2)]
    assert arrival.unknown_headings == ('Wor"ker', "_ROW")


def test_an_unknown_column_of_a_file_that_must_not_bring_any_is_not_loaded(connection: Any, read: Any) -> None:
    content = b"visit_id,child_id,visited_on,diagnosis\nV1,7,,secret\nV2,7\n"
    arrival = read(content, with_unknown_refused())
    assert arrival.unknown_headings == ("diagnosis",)
    assert column_names(connection) == [*HEADINGS, "_extract_id", "_sheet", "_row"]
    # The cells of a ragged row cannot be told apart, so none of them is kept.
    assert connection.execute("SELECT content FROM quality.rejected_rows").fetchall() == [(None,)]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"visit_id,child_id,Visit_ID \nV1,7,V1\n", "columns A and C"),
        (b"visit_id,,visited_on\nV1,7,\n", "column B"),
        (b"visit_id,child_id,\nV1,7,surprise\n", "column C"),
        (b"V1,7,2026-10-31\nV2,8,2026-10-31\n", "None of the file's headings"),
        (b"visit_id;child_id;visited_on\nV1;7;\n", "commas"),
        (b"\n\n , \n", "no heading row"),
        (b"", "0 bytes"),
        (b"PK\x03\x04rest", "not a csv"),
    ],
)
def test_headings_that_cannot_be_relied_on_refuse_the_file(read: Any, content: bytes, words: str) -> None:
    arrival = read(content)
    assert arrival.status == "refused"
    assert words in arrival.refused_because
    assert "How to fix it" in arrival.refused_because
    for value in ("V1", "V2", "surprise", "2026-10-31"):
        assert value not in f"{arrival.refused_because}{arrival.notes}{arrival.unknown_headings}"


def test_a_blank_heading_over_a_blank_column_does_no_harm(connection: Any, read: Any) -> None:
    arrival = read(b"visit_id,,child_id,\nV1,,7,\nV2, ,8\n")
    assert rows(connection, "visit_id, child_id, _row") == [("V1", "7", 2), ("V2", "8", 3)]
    assert arrival.rows_unreadable == 0


# Rows of a csv


def test_a_ragged_row_is_set_aside_without_affecting_other_rows(connection: Any, read: Any) -> None:
    arrival = read(b'visit_id,child_id,visited_on\nV1,7\nV2,8,,\nV3,9,,extra\n"V4"x,1,\nV5,5,\n')
    assert (arrival.status, arrival.rows_received, arrival.rows_landed, arrival.rows_unreadable) == ("loaded", 5, 2, 3)
    assert rows(connection, "visit_id, _row") == [("V2", 3), ("V5", 6)]
    rejected = connection.execute("SELECT * FROM quality.rejected_rows ORDER BY row_number").fetchall()
    assert [row[:6] for row in rejected] == [
        ("visits", EXTRACT_ID, None, number, None, "unreadable row") for number in (2, 4, 5)
    ]
    assert [json.loads(row[7]) for row in rejected] == [["V1", "7"], ["V3", "9", "", "extra"], ['"V4"x,1,']]
    assert rejected[0][6] == "the row has 2 cells for 3 headings"
    assert not any(value in row[6] for row in rejected for value in ("V1", "V3", "V4", "extra"))


def test_a_file_is_refused_if_no_row_has_as_many_cells_as_headings(connection: Any, read: Any) -> None:
    arrival = read(b"visit_id,child_id,visited_on\nV1,7\nV2,8\n")
    assert arrival.status == "refused"
    assert (arrival.rows_received, arrival.rows_unreadable) == (2, 2)
    assert "row 2" in arrival.refused_because


def test_blank_rows_are_not_received_rows_but_keep_their_numbers(connection: Any, read: Any) -> None:
    arrival = read('visit_id,child_id,visited_on\n\nV1,7,\n,,\n \u00a0,\t,"\n"\nV2,8,\n\n'.encode())
    assert (arrival.rows_received, arrival.blank_rows) == (2, 4)
    assert rows(connection, "visit_id, _row") == [("V1", 3), ("V2", 6)]


def test_blank_rows_above_the_headings_are_counted_in_row_numbers(connection: Any, read: Any) -> None:
    arrival = read(b"\n,,\nvisit_id,child_id,visited_on\nV1,7,\n")
    assert rows(connection, "_row") == [(4,)]
    assert (arrival.rows_received, arrival.blank_rows) == (1, 0)


@pytest.mark.parametrize("newline", [b"\n", b"\r\n", b"\r"])
@pytest.mark.parametrize("at_the_end", [True, False])
def test_any_line_end_ends_a_row(connection: Any, read: Any, newline: bytes, at_the_end: bool) -> None:
    read(PLAIN.rstrip().replace(b"\n", newline) + newline * at_the_end)
    assert rows(connection, "visit_id, _row") == [("V1", 2), ("V2", 3)]


def test_line_ends_and_quotes_inside_a_cell_are_kept(connection: Any, read: Any) -> None:
    read(b'visit_id,child_id,visited_on\r\n"V\n1","a ""b""","x\r\ny"\r\nV2,it"s,\r\n')
    assert rows(connection, "visit_id, child_id, visited_on, _row") == [
        ("V\n1", 'a "b"', "x\r\ny", 2),
        ("V2", 'it"s', None, 3),
    ]


def test_a_cell_longer_than_two_megabytes_lands(connection: Any, read: Any) -> None:
    read(b"visit_id,child_id,visited_on\nV1," + b"x" * 3_000_000 + b",\nV2,8,\n")
    assert rows(connection, "length(child_id), _row") == [(3_000_000, 2), (1, 3)]


def test_a_file_cut_off_inside_quotes_is_refused_with_the_row(read: Any) -> None:
    arrival = read(b'visit_id,child_id,visited_on\nV1,7,\nV2,"8,\nV3,9,\n')
    assert arrival.status == "refused"
    assert "never closed" in arrival.refused_because
    assert "row 3" in arrival.refused_because


def test_rows_that_two_counts_disagree_on_refuse_the_file(read: Any) -> None:
    arrival = read(b'visit_id,child_id,visited_on\nV1,7,\n"a\nb"c,"d\ne",\nV2,8,\n')
    assert arrival.status == "refused"
    assert "disagree" in arrival.refused_because


def test_thirty_megabytes_with_line_ends_in_cells_keep_their_order(connection: Any, read: Any) -> None:
    body = "".join(f'V{number},"two\nlines, {number} {"x" * 60}",\n' for number in range(2, 350_002))
    arrival = read(f"visit_id,child_id,visited_on\n{body}".encode())
    assert (arrival.rows_received, arrival.rows_landed) == (350_000, 350_000)
    wrong = connection.execute("SELECT count(*) FROM landing.visits WHERE visit_id <> 'V' || _row").fetchone()
    assert wrong == (0,)
    assert connection.execute(
        "SELECT count(*) FROM landing.visits WHERE child_id NOT LIKE 'two_lines%'"
    ).fetchone() == (0,)


# Encodings


@pytest.mark.parametrize(
    ("codec", "mark", "name"),
    [
        ("utf-8", "", "utf-8"),
        ("utf-8", "\ufeff", "utf-8 with BOM"),
        ("utf-16-le", "\ufeff", "utf-16le"),
        ("utf-16-be", "\ufeff", "utf-16be"),
    ],
)
def test_the_byte_order_mark_says_the_encoding(connection: Any, read: Any, codec: str, mark: str, name: str) -> None:
    arrival = read((mark + "visit_id,child_id,visited_on\nZoë,☃,\n").encode(codec))
    assert arrival.encoding == name
    assert rows(connection, "visit_id, child_id") == [("Zoë", "☃")]


def test_cp1252_is_read_only_where_it_is_declared(connection: Any, read: Any) -> None:
    content = "visit_id,child_id,visited_on\nZoë,€,\n".encode("cp1252")
    refused = read(content)
    assert "byte 31" in refused.refused_because
    assert "line 2" in refused.refused_because
    assert "Zo" not in refused.refused_because
    arrival = read(content, cp1252_declared=True)
    assert arrival.encoding == "cp1252"
    assert rows(connection, "visit_id, child_id") == [("Zoë", "€")]
    assert any("cp1252" in note for note in arrival.notes)


@pytest.mark.parametrize(
    ("content", "byte"),
    [
        (PLAIN + b"\x81\x8d,1,2\n", len(PLAIN)),
        (b"\xef\xbb\xbf" + PLAIN + b"\xff,1,2\n", 3 + len(PLAIN)),
        (b"\xff\xfea\x00,\x00\x00\x00", 6),
        (b"\xff\xfea\x00,\x00\x00", 6),
        (PLAIN + b"V\0,1,2\n", len(PLAIN) + 1),
    ],
)
def test_a_byte_that_cannot_be_read_is_named_by_its_place(read: Any, content: bytes, byte: int) -> None:
    arrival = read(content, cp1252_declared=True)
    assert arrival.status == "refused"
    assert f"byte {byte} " in arrival.refused_because


# Both ways of reading a csv


CELLS = st.text(alphabet="ab,\"\n\r \u00a0é;#\\'", max_size=6)


@st.composite
def csv_texts(draw: st.DrawFn) -> str:
    newline = draw(st.sampled_from(["\n", "\r\n"]))
    quote_all = draw(st.booleans())

    def cell(value: str) -> str:
        quoted = quote_all or any(mark in value for mark in ',"\r\n')
        return '"' + value.replace('"', '""') + '"' if quoted else value

    table = draw(st.lists(st.lists(CELLS, min_size=3, max_size=3), max_size=6))
    body = newline.join(",".join(map(cell, row)) for row in [HEADINGS, *table])
    if draw(st.booleans()):
        at = draw(st.integers(len("visit_id,child_id,visited_on"), len(body)))
        body = body[:at] + draw(st.text(alphabet='a,"\n\r ', max_size=3)) + body[at:]
    return body + draw(st.sampled_from(["", newline]))


@given(csv_texts())
@settings(max_examples=400, deadline=None)
def test_the_fast_and_the_careful_way_land_the_same_as_the_csv_module(
    tmp_path_factory: pytest.TempPathFactory, build: duckdb.DuckDBPyConnection, content: str
) -> None:
    path = tmp_path_factory.getbasetemp() / "both.csv"

    def landed(data: bytes) -> tuple[Arrival, list[tuple[Any, ...]]]:
        path.write_bytes(data)
        arrival = read_extract(build, VISITS, path, extract_id="x", file_format="csv")
        return arrival, rows(build) if arrival.status != "refused" else []

    fast, fast_rows = landed(content.encode())
    careful, careful_rows = landed(("\ufeff" + content).encode("utf-16-le"))  # never the fast way
    assert fast_rows == careful_rows
    assert (fast.status, fast.rows_received, fast.rows_unreadable, fast.blank_rows) == (
        careful.status,
        careful.rows_received,
        careful.rows_unreadable,
        careful.blank_rows,
    )
    assert fast.rows_received == fast.rows_landed + fast.rows_unreadable
    try:
        records = list(enumerate(csv.reader(io.StringIO(content, newline=""), strict=True), 1))
    except csv.Error:
        return
    # Only here are the blank cells of a readable row known; a row with fewer cells, or filled extra ones, is set aside.
    expected = [
        (*(cell or None for cell in cells[:3]), number)
        for number, cells in records[1:]
        if len(cells) >= 3 and any(cell.strip(BLANK) for cell in cells) and not "".join(cells[3:]).strip(BLANK)
    ]
    if fast.status != "refused":
        assert [(*row[:3], row[5]) for row in fast_rows] == expected


# Workbooks


def test_a_workbook_lands_as_text_with_iso_days_and_the_rows_excel_shows(
    connection: Any, read: Any, tmp_path: Path
) -> None:
    path = workbook(
        tmp_path / "visits.xlsx",
        {
            "Log": [
                [None, None, None],
                HEADINGS,
                [123, "007", datetime.date(2026, 10, 31)],
                [12345678901, " x ", datetime.datetime.fromisoformat("2026-10-31T09:30")],
                [None, "  ", None],
                [1.5, True, "31/10/2026"],
                ["V4"],
            ]
        },
    )
    arrival = read(path, file_format="xlsx")
    assert rows(connection) == [
        ("123", "007", "2026-10-31", EXTRACT_ID, "Log", 3),
        ("12345678901", " x ", "2026-10-31 09:30:00", EXTRACT_ID, "Log", 4),
        ("1.5", "true", "31/10/2026", EXTRACT_ID, "Log", 6),
        ("V4", None, None, EXTRACT_ID, "Log", 7),
    ]
    assert (arrival.status, arrival.rows_received, arrival.rows_landed, arrival.blank_rows) == ("loaded", 4, 4, 1)
    assert (arrival.sheet, arrival.encoding) == ("Log", None)


def test_columns_of_a_workbook_are_found_by_heading_wherever_they_are(
    connection: Any, read: Any, tmp_path: Path
) -> None:
    cells = [[None, "visited_on", None, "visit_id", "child_id"], [None, "d", None, "V1", "7"]]
    assert read(workbook(tmp_path / "w.xlsx", {"a": cells}), file_format="xlsx").status == "loaded"
    assert rows(connection, "visit_id, child_id, visited_on") == [("V1", "7", "d")]


def test_a_cell_right_of_the_last_heading_is_noted_and_no_row_is_lost(
    connection: Any, read: Any, tmp_path: Path
) -> None:
    cells = [HEADINGS, ["V1", "7", "d"], ["V2", "8", "d", None, "a remark"]]
    arrival = read(workbook(tmp_path / "w.xlsx", {"a": cells}), file_format="xlsx")
    assert arrival.rows_landed == 2
    assert "1 cells to the right of the last heading were not loaded, the first in E3." in arrival.notes


def test_an_excel_error_lands_as_the_text_excel_shows_and_is_noted(connection: Any, read: Any, tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    for row in (HEADINGS, ["V1", "7", "x"], ["V2", "8", "x"]):
        book.active.append(row)
    book.active["B3"].value = "#N/A"
    book.active["B3"].data_type = "e"
    book.save(tmp_path / "w.xlsx")
    arrival = read(tmp_path / "w.xlsx", file_format="xlsx")
    assert rows(connection, "child_id") == [("7",), ("#N/A",)]
    assert "1 cells have an Excel error such as #N/A, the first in B3." in arrival.notes


@pytest.mark.parametrize("extension_list", ["", '<extLst><ext uri="x"><x15:workbookPr xmlns:x15="y"/></ext></extLst>'])
def test_days_of_a_1904_workbook_are_right(connection: Any, read: Any, tmp_path: Path, extension_list: str) -> None:
    book = openpyxl.Workbook()
    book.epoch = openpyxl.utils.datetime.CALENDAR_MAC_1904
    book.active.append(HEADINGS)
    book.active.append(["V1", "7", datetime.date(2026, 10, 31)])
    book.save(tmp_path / "plain.xlsx")
    path = tmp_path / "w.xlsx"
    with zipfile.ZipFile(tmp_path / "plain.xlsx") as plain, zipfile.ZipFile(path, "w") as target:
        for name in plain.namelist():
            content = plain.read(name).replace(b"</workbook>", f"{extension_list}</workbook>".encode())
            target.writestr(name, content)
    read(path, file_format="xlsx")
    assert rows(connection, "visited_on") == [("2026-10-31",)]


def test_the_sheet_named_like_the_table_is_read(connection: Any, read: Any, tmp_path: Path) -> None:
    other = [["arrangement"], ["A1"]]
    path = workbook(tmp_path / "w.xlsx", {"private_fostering": other, "Visits": [HEADINGS, ["V1", "7", "d"]]})
    assert read(path, file_format="xlsx", shared_workbook=True).sheet == "Visits"
    assert rows(connection, "visit_id") == [("V1",)]


def test_a_shared_workbook_without_the_sheet_is_refused(read: Any, tmp_path: Path) -> None:
    path = workbook(tmp_path / "w.xlsx", {"Sheet1": [HEADINGS, ["V1", "7", "d"]]})
    assert "no sheet named visits" in read(path, file_format="xlsx", shared_workbook=True).refused_because
    assert read(path, file_format="xlsx").status == "loaded"


def test_a_hidden_first_sheet_is_refused_unless_it_is_the_one_named(read: Any, tmp_path: Path) -> None:
    cells = [HEADINGS, ["V1", "7", "d"]]
    hidden = workbook(tmp_path / "h.xlsx", {"Old": cells, "New": cells}, Old="hidden")
    assert "hidden" in read(hidden, file_format="xlsx").refused_because
    named = workbook(tmp_path / "n.xlsx", {"visits": cells, "New": cells}, visits="veryHidden")
    assert read(named, file_format="xlsx").sheet == "visits"


def test_merged_cells_among_the_rows_are_refused_and_those_of_a_title_to_the_right_are_not(
    read: Any, tmp_path: Path
) -> None:
    for merged, status in (("A2:A3", "refused"), ("B1:C1", "refused"), ("F2:G3", "loaded"), ("A9:C9", "loaded")):
        book = openpyxl.Workbook()
        for row in (HEADINGS, ["V1", "7", "d"], ["V2", "8", "d"]):
            book.active.append(row)
        book.active.merge_cells(merged)
        book.save(tmp_path / "w.xlsx")
        assert read(tmp_path / "w.xlsx", file_format="xlsx").status == status, merged


@pytest.mark.parametrize(
    "cells", [[["visit_id", None, "visited_on"], ["V1", "x", "d"]], [["visit_id", "VISIT_ID"], ["V1", "V1"]], [[]]]
)
def test_a_workbook_without_headings_to_rely_on_is_refused(read: Any, tmp_path: Path, cells: list[list[Any]]) -> None:
    assert read(workbook(tmp_path / "w.xlsx", {"a": cells}), file_format="xlsx").status == "refused"


def test_a_workbook_with_headings_only_is_empty(connection: Any, read: Any, tmp_path: Path) -> None:
    arrival = read(workbook(tmp_path / "w.xlsx", {"a": [HEADINGS]}), file_format="xlsx")
    assert (arrival.status, rows(connection)) == ("empty", [])


# Parquet


def test_parquet_lands_as_text_with_iso_days_and_whole_numbers(connection: Any, read: Any, tmp_path: Path) -> None:
    polars.DataFrame(
        {
            "visit_id": [1.0, 2.5, None],
            "CHILD_ID": ["007", " ", ""],
            "visited_on": [datetime.date(2026, 10, 31), None, None],
            "at": [datetime.datetime(2026, 7, 1, 12, tzinfo=datetime.UTC), None, None],
        }
    ).write_parquet(tmp_path / "v.parquet")
    arrival = read(tmp_path / "v.parquet", file_format="parquet")
    assert rows(connection) == [
        ("1", "007", "2026-10-31", "2026-07-01 13:00:00", EXTRACT_ID, None, 2),
        ("2.5", " ", None, None, EXTRACT_ID, None, 3),
    ]
    assert (arrival.status, arrival.rows_received, arrival.blank_rows) == ("loaded", 2, 1)


def test_a_file_that_is_not_parquet_is_refused(read: Any) -> None:
    assert "damaged" in read(b"PAR1 and no more", file_format="parquet").refused_because
    assert read(PLAIN, file_format="parquet").status == "refused"


def test_a_path_with_pattern_characters_is_one_path(connection: Any, read: Any, tmp_path: Path) -> None:
    folder = tmp_path / "store [old] *"
    folder.mkdir()
    (folder / "a.csv").write_bytes(PLAIN)
    polars.DataFrame({"visit_id": ["V1"]}).write_parquet(folder / "a.parquet")
    assert read(folder / "a.csv").rows_landed == 2
    assert read(folder / "a.parquet", file_format="parquet").rows_landed == 1


# All contracts


def test_every_contract_reads_a_file_of_its_own_headings(connection: Any, tmp_path: Path) -> None:
    for file, table in by_file().items():
        headings = [column.heading for column in table.columns if column.heading]
        path = tmp_path / file
        path.write_text(",".join(headings) + "\n" + ",".join("x" for _ in headings) + "\n", encoding="utf-8")
        arrival = read_extract(connection, table, path, extract_id=EXTRACT_ID, file_format="csv")
        assert (arrival.status, arrival.rows_landed, arrival.missing_headings, arrival.notes) == ("loaded", 1, (), ())
