from __future__ import annotations

import io
import re
import signal
import time
import zipfile
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest

from transforms.landing import sandboxed_workbook
from transforms.landing.sandboxed_workbook import SheetCells, read_sheets
from warehouse.problem import Problem

BAD_INPUTS = Path(__file__).parents[4] / "shared" / "data" / "bad_inputs"


@pytest.fixture
def plain(tmp_path: Path) -> Path:
    """A workbook with nothing wrong with it."""
    book = openpyxl.Workbook()
    book.active.title = "log"
    for row in (["ref", "day"], ["A1", "x"], [None, None], ["A2", " "], ["  ", None]):
        book.active.append(row)
    book.save(tmp_path / "plain.xlsx")
    return tmp_path / "plain.xlsx"


def altered(source: Path, change: Callable[[str, bytes], bytes], more: dict[str, bytes] | None = None) -> Path:
    """The workbook with its parts changed and others added."""
    target = source.with_name("altered.xlsx")
    with zipfile.ZipFile(source) as before, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as after:
        for name in before.namelist():
            after.writestr(name, change(name, before.read(name)))
        for name, content in (more or {}).items():
            after.writestr(name, content)
    return target


def as_it_is(_: str, content: bytes) -> bytes:
    return content


def read_sheet(path: Path) -> SheetCells:
    (sheet,) = read_sheets(path, named="anything").sheets
    return sheet


def refusal(path: Path, **options: float) -> str:
    with pytest.raises(Problem) as caught:
        read_sheets(path, named="anything", **options)  # type: ignore[arg-type]
    return caught.value.what


def test_a_sheet_comes_back_as_text_with_the_rows_excel_shows(plain: Path) -> None:
    sheet = read_sheet(plain)
    assert sheet.name == "log"
    assert sheet.cells.to_pylist()[:3] == [
        {"c0": "ref", "c1": "day", "_row": 1},
        {"c0": "A1", "c1": "x", "_row": 2},
        {"c0": None, "c1": None, "_row": 3},
    ]


def test_filled_rows_are_counted_without_those_that_hold_only_blanks(plain: Path) -> None:
    assert read_sheet(plain).filled_rows == 3


@pytest.mark.parametrize(
    ("rows", "filled"),
    [
        ('<row r="1"><c r="A1" t="inlineStr"><is><t>x</t></is></c></row>', 1),
        ('<row r="1"><c r="A1" t="inlineStr"><is><t> </t></is></c></row>', 0),
        ('<row r="1"><c r="A1" t="inlineStr"><is><t><![CDATA[x]]></t></is></c></row>', 1),
        ('<row r="1"><c r="A1" s="1"/><c r="B1"><v>0</v></c></row><row r="2"><c r="A2" s="1"/></row>', 1),
        ('<row r="1"><c r="A1" t="str"><f>"x"</f><v></v></c></row><row r="7"><c t="b"><v>1</v></c></row>', 1),
        ('<row r="1"><c r="A1" t="e"><v>#N/A</v></c></row>', 1),
        ("<row/><row><c><v>1</v></c></row>", 1),
    ],
)
def test_filled_rows_agree_with_what_the_parser_reads(plain: Path, rows: str, filled: int) -> None:
    def change(name: str, content: bytes) -> bytes:
        if name == "xl/worksheets/sheet1.xml":
            return re.sub(rb"<sheetData>.*</sheetData>", f"<sheetData>{rows}</sheetData>".encode(), content)
        return content

    sheet = read_sheet(altered(plain, change))
    values = [{key: value for key, value in row.items() if key != "_row"} for row in sheet.cells.to_pylist()]
    assert sum(any(str(value or "").strip() for value in row.values()) for row in values) == filled
    assert sheet.filled_rows == filled


def test_a_child_that_takes_too_long_is_stopped_and_the_refusal_says_so(plain: Path) -> None:
    begun = time.monotonic()
    assert refusal(plain, time_limit=0.01) == "The workbook took longer than 0.01 seconds to open."
    assert time.monotonic() - begun < 30  # it ended; how fast does not matter


def test_a_workbook_that_needs_too_much_memory_is_stopped_and_the_refusal_says_so(plain: Path) -> None:
    book = openpyxl.Workbook()
    book.active["A1"] = book.active["XFD1048576"] = "seventeen thousand million cells"
    path = plain.with_name("wide.xlsx")
    book.save(path)
    assert refusal(path, memory_limit=600_000_000) == (
        "The workbook needs more than 600 MB of memory to open, the most allowed."
    )


def test_a_crash_and_a_lack_of_memory_are_reported_differently() -> None:
    told = {
        code: str(sandboxed_workbook._did_not_survive(code, False, 10**9, 60)).splitlines()[0]
        for code in (1, -signal.SIGSEGV, -signal.SIGABRT, -signal.SIGKILL, -signal.SIGXCPU)
    }
    assert [("crashed" in words, "memory" in words, "longer" in words) for words in told.values()] == [
        (True, False, False),
        (True, False, False),
        (True, False, False),
        (False, True, False),
        (False, False, True),
    ]


def test_a_zip_that_unpacks_to_too_much_is_refused_unopened(plain: Path) -> None:
    assert "100 times its size" in refusal(altered(plain, as_it_is, {"xl/media/a.bin": bytes(20_000_000)}))
    assert "at most 200 MB" in refusal(altered(plain, as_it_is, {"xl/media/a.bin": bytes(200_000_001)}))


def test_a_zip_that_declares_less_than_it_holds_is_refused(plain: Path) -> None:
    path = altered(plain, lambda name, content: content + b" " * 5000 * name.endswith("sheet1.xml"))
    data = bytearray(path.read_bytes())
    with zipfile.ZipFile(path) as archive:
        size = archive.getinfo("xl/worksheets/sheet1.xml").file_size
    true, false = size.to_bytes(4, "little"), (300).to_bytes(4, "little")
    path.write_bytes(bytes(data).replace(true, false))
    assert "damaged" in refusal(path)


def test_a_zip_of_too_many_files_is_refused(plain: Path) -> None:
    assert "1,0" in refusal(altered(plain, as_it_is, {f"x/{number}": b"" for number in range(1000)}))


@pytest.mark.filterwarnings("ignore:Duplicate name")
@pytest.mark.parametrize("name", ["xl/workbook.xml", "XL/Workbook.XML", "xl\\workbook.xml"])
def test_a_zip_with_a_name_twice_is_refused(plain: Path, name: str) -> None:
    assert "two files of one name" in refusal(altered(plain, as_it_is, {name: b"<workbook/>"}))


def test_macros_are_refused(plain: Path) -> None:
    assert "macros" in refusal(altered(plain, as_it_is, {"xl/vbaProject.bin": b"x"}))
    assert "macros" in refusal(
        altered(plain, lambda _, content: content.replace(b"spreadsheetml.sheet.main", b"sheet.macroEnabled.main"))
    )


def test_an_xml_bomb_is_refused(plain: Path) -> None:
    entities = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 10))
    bomb = f'<?xml version="1.0"?><!DOCTYPE w [<!ENTITY e0 "x">{entities}]><workbook>&e9;</workbook>'

    def change(name: str, content: bytes) -> bytes:
        return bomb.encode() if name == "xl/workbook.xml" else content

    assert "damaged" in refusal(altered(plain, change))


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "0 bytes"),
        (b"ref,day\n", "not an Excel workbook"),
        (b"<html><table>", "not an Excel workbook"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "Excel 97-2003"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600) + "EncryptedPackage".encode("utf-16-le"), "password-prot"),
        (b"PK\x03\x04 and nothing more", "damaged"),
    ],
)
def test_a_file_that_is_not_a_workbook_is_named_as_what_it_is(tmp_path: Path, content: bytes, words: str) -> None:
    path = tmp_path / "file"
    path.write_bytes(content)
    assert words in refusal(path)


def test_another_kind_of_zip_is_not_a_workbook(tmp_path: Path) -> None:
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as target:
        target.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
    (tmp_path / "file").write_bytes(archive.getvalue())
    assert "zip archive but not" in refusal(tmp_path / "file")


def test_the_child_does_not_see_the_environment(plain: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # A module that shadows one that the child imports would run if the child used PYTHONPATH.
    (plain.parent / "fastexcel.py").write_text("raise SystemExit(9)", encoding="utf-8")
    monkeypatch.setenv("PYTHONPATH", str(plain.parent))
    assert read_sheet(plain).name == "log"


@pytest.mark.shared
@pytest.mark.parametrize(
    "name",
    [
        "poi/spreadsheet/poc-xmlbomb.xlsx",
        "poi/spreadsheet/poc-xmlbomb-empty.xlsx",
        "poi/spreadsheet/poc-shared-strings.xlsx",
        "calamine/issue_594_dos.ods",
        "calamine/OOM_alloc3.xls",
        "calamine/issue_666_panic.xlsb",
    ],
)
def test_files_built_to_exhaust_or_crash_a_parser_are_refused(name: str) -> None:
    assert refusal(BAD_INPUTS / name)
