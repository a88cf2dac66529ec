from __future__ import annotations

import datetime
import zipfile
from pathlib import Path

import openpyxl
import polars as pl
import pypdf
import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms.evidence.documents.figures import counted, result, rounded, shown
from transforms.evidence.documents.page import house, page
from transforms.evidence.documents.readiness import Readiness, readiness_from, worst
from transforms.evidence.documents.register_of_documents import Registered, answers
from transforms.evidence.documents.workbook import Sheet, sheet_name, write_workbook
from transforms.evidence.framework import AnsweredBy

CREATED = datetime.datetime(2026, 11, 2, 9, 14, tzinfo=datetime.UTC)
DAY = datetime.date(2026, 10, 31)


# ---------------------------------------------------------------- figures


@pytest.mark.parametrize(
    ("value", "text"),
    [(6.25, "6.3"), (0.05, "0.1"), (83.64999999999999, "83.7"), (2.35, "2.4"), (1234.56, "1,234.6"), (None, "")],
)
def test_values_are_rounded_half_up_to_one_decimal(value: float | None, text: str) -> None:
    assert rounded(value) == text


@given(st.integers(0, 500), st.integers(6, 500))
def test_a_percentage_is_shown_as_exact_arithmetic_rounds_it(numerator: int, denominator: int) -> None:
    tenths = (2000 * numerator + denominator) // (2 * denominator)  # half up, in whole numbers
    assert shown("percent", 100 * numerator / denominator) == f"{tenths // 10:,}.{tenths % 10}%"


def shown_result(unit: str, small: str, numerator: float, denominator: float | None) -> tuple[str, str, str]:
    value = numerator if denominator is None else 100 * numerator / denominator
    one = result(unit=unit, small_numbers=small, period=("snapshot", DAY, DAY), numbers=(numerator, denominator, value))
    return one.value, one.numerator, one.denominator


def test_fewer_than_six_counted_out_of_show_no_percentage() -> None:
    assert shown_result("percent", "S1", 4, 5) == ("", "4", "5")
    assert shown_result("percent", "S1", 3, 6) == ("50.0%", "3", "6")


@pytest.mark.parametrize(("numerator", "denominator"), [(3, 40), (38, 40), (1, 4), (0, 3), (4, 4)])
def test_a_small_number_of_allegations_is_not_given_nor_given_away_by_subtraction(
    numerator: int, denominator: int
) -> None:
    value, top, bottom = shown_result("percent", "S4", numerator, denominator)
    assert (value, bottom) == ("", "held back")
    assert top in {"under 5", "held back"}


def test_larger_numbers_and_noughts_of_allegations_are_given() -> None:
    assert shown_result("percent", "S4", 20, 40) == ("50.0%", "20", "40")
    assert shown_result("percent", "S4", 0, 40) == ("0.0%", "0", "40")
    assert shown_result("count", "S4", 4, None) == ("", "under 5", "")


def test_numbers_made_of_parts_are_shown_whole_where_they_are() -> None:
    assert (counted(1480.0), counted(13.6), counted(None)) == ("1,480", "13.6", "")


# ---------------------------------------------------------------- readiness


def test_the_worst_reason_decides_and_every_reason_is_kept_worst_first() -> None:
    how = readiness_from(doubtful=["2 rows set aside"], stale=["old"], missing=[])
    assert how == Readiness("stale", ("old", "2 rows set aside"))
    assert worst([how, Readiness("missing", ("gone",)), Readiness("ready")]) == Readiness(
        "missing", ("gone", "old", "2 rows set aside")
    )


def test_what_nothing_answers_is_missing() -> None:
    assert worst([]).status == "missing"


# ---------------------------------------------------------------- register


def registered(document_id: str, title: str) -> Registered:
    return Registered(document_id, title, "", "", None, None, "a.pdf", "")


@pytest.mark.parametrize(
    ("document_id", "title", "does"),
    [
        ("jsna", "anything", True),
        ("JSNA-2026", "anything", True),
        ("jsnaplus", "anything", False),
        ("d1", "Joint Strategic Needs Assessment 2026", True),
        ("d1", "joint strategic needs-assessment", True),
        ("d1", "Annex to the joint strategic needs assessment", False),
        ("d1", "Joint strategic", False),
    ],
)
def test_a_document_answers_by_whole_words_from_the_beginning(document_id: str, title: str, does: bool) -> None:
    answer = AnsweredBy(
        product="register",
        title="JSNA",
        register_ids=("jsna",),
        register_titles=("Joint strategic needs assessment",),
    )
    assert answers(registered(document_id, title), answer) is does


# ---------------------------------------------------------------- workbooks


def workbook(path: Path) -> Path:
    frame = pl.DataFrame(
        {
            "name": ["=1+1", "@SUM(A1)", "http://example.org", "0012"],
            "on": [DAY, None, DAY, DAY],
            "count": [1, 2, None, 4],
            "is": [True, False, None, True],
        }
    )
    empty = pl.DataFrame(schema={"a": pl.String, "b": pl.Int64})
    write_workbook(
        path,
        title="A title",
        about=[("Note", "a note")],
        sheets=[Sheet("Rows / of: it", frame, {"name": "Name"}), Sheet("Nothing", empty)],
        created=CREATED,
    )
    return path


def test_no_cell_is_a_formula_or_a_link_and_text_stays_text(tmp_path: Path) -> None:
    book = openpyxl.load_workbook(workbook(tmp_path / "a.xlsx"))
    sheet = book["Rows of it"]
    assert [cell.value for cell in sheet["A"]] == ["Name", "=1+1", "@SUM(A1)", "http://example.org", "0012"]
    assert all(cell.data_type != "f" for row in sheet.iter_rows() for cell in row)
    assert all(cell.hyperlink is None for row in sheet.iter_rows() for cell in row)
    with zipfile.ZipFile(tmp_path / "a.xlsx") as archive:
        assert not any(b"<f>" in archive.read(name) for name in archive.namelist())


def test_a_sheet_is_one_table_from_a1_with_its_heading_frozen_and_nothing_merged(tmp_path: Path) -> None:
    book = openpyxl.load_workbook(workbook(tmp_path / "a.xlsx"))
    assert book.sheetnames == ["Read me", "Rows of it", "Nothing"]
    for sheet in book:
        assert len(sheet.tables) == 1
        assert next(iter(sheet.tables.values())).ref.startswith("A1:")
        assert sheet.freeze_panes == "A2"
        assert not sheet.merged_cells.ranges
        assert sheet["A1"].font.bold
    assert book["Rows of it"]["B2"].value.date() == DAY
    assert [cell.value for cell in book["Rows of it"]["D"]] == ["is", "Yes", "No", None, "Yes"]


def test_the_same_workbook_has_the_same_bytes_and_its_own_date(tmp_path: Path) -> None:
    first, second = workbook(tmp_path / "a.xlsx"), workbook(tmp_path / "b.xlsx")
    assert first.read_bytes() == second.read_bytes()
    assert openpyxl.load_workbook(first).properties.created == CREATED.replace(tzinfo=None)


def test_a_sheets_name_is_one_that_excel_takes() -> None:
    assert (
        sheet_name("A/B: [what]? 'quoted' and far longer than thirty-one characters")
        == "A B what quoted and far longer"
    )


# ---------------------------------------------------------------- pages


def quality_page(rows: int) -> bytes:
    arrivals = [
        {
            "table": f"table_{row}",
            "file": f"table_{row}.csv",
            "status": "loaded",
            "received": "1",
            "loaded": "1",
            "set_aside": "0",
            "remarks": [],
        }
        for row in range(rows)
    ]
    numbers = (
        "files",
        "refused",
        "received",
        "loaded",
        "set_aside",
        "unmatched",
        "checks",
        "met",
        "broken",
        "not_checked",
    )
    return page(
        "data_quality",
        {
            "house": house(title="A #page", authority_name="*Tarnshire*", framework="F", version=1, foot="as at"),
            "totals": {**dict.fromkeys(numbers, "0"), "balances": True},
            "sources": [],
            "arrivals": arrivals,
            "set_aside": [],
            "unmatched": [],
            "coverage": [],
            "first_run": "0",
            "not_checked": [],
            "broken": [],
        },
    )


def reader(tmp_path: Path, content: bytes) -> pypdf.PdfReader:
    path = tmp_path / "page.pdf"
    path.write_bytes(content)
    return pypdf.PdfReader(path)


def test_a_page_is_tagged_titled_in_english_and_undated(tmp_path: Path) -> None:
    pdf = reader(tmp_path, quality_page(1))
    root = pdf.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"]
    assert root["/Lang"] == "en-GB"
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]
    assert b"pdfuaid" in root["/Metadata"].get_object().get_data()
    assert pdf.metadata is not None
    assert pdf.metadata.title == "A #page, *Tarnshire*"
    assert "/CreationDate" not in pdf.metadata


def test_a_page_embeds_every_font_it_uses(tmp_path: Path) -> None:
    for sheet in reader(tmp_path, quality_page(1)).pages:
        for font in sheet["/Resources"]["/Font"].values():
            descriptor = font.get_object()["/DescendantFonts"][0]["/FontDescriptor"]
            assert {"/FontFile2", "/FontFile3"} & set(descriptor)


def test_a_long_table_goes_on_over_pages_with_its_heading_and_loses_no_row(tmp_path: Path) -> None:
    pages = [" ".join(one.extract_text().split()) for one in reader(tmp_path, quality_page(300)).pages]
    text = " ".join(pages).replace("\u200b", "")
    assert len(pages) > 4
    assert all(f"table_{row} " in text for row in range(300))
    assert all("Received Loaded Set aside" in one for one in pages[1:])
    assert all("OFFICIAL-SENSITIVE" in one for one in pages)
    assert f"Page {len(pages)} of {len(pages)}" in pages[-1]


def test_the_same_page_has_the_same_bytes() -> None:
    assert quality_page(20) == quality_page(20)


def test_markup_in_data_is_text_not_instructions(tmp_path: Path) -> None:
    text = reader(tmp_path, quality_page(1)).pages[0].extract_text()
    assert "A #page" in text
    assert "*Tarnshire*" in text
