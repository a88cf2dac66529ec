"""Other people's files, many built to break readers: each gives the expected result, and none is read wrongly."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest

from transforms.landing import read_workbook
from transforms.landing.count_rows import BLANK
from transforms.landing.read_extract import read_extract
from transforms.landing.sandboxed_workbook import Workbook, read_sheets
from warehouse.contract import Table, text
from warehouse.problem import Problem

BAD_INPUTS = Path(__file__).parents[4] / "shared" / "data" / "bad_inputs"
EXTRACT_ID = "f" * 64


@pytest.fixture
def connection() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect(config={"threads": 2}) as connection:
        yield connection


def permissive(headings: list[str], file: str = "anything") -> Table:
    named = dict.fromkeys(heading for heading in headings if heading.strip(BLANK))
    columns = tuple(text(f"column_{number}", "", heading) for number, heading in enumerate(named))
    return Table(name="records.anything", one_row_is="", file=file, columns=columns)


def first_csv_row(path: Path) -> list[str]:
    data = path.read_bytes()
    for codec in ("utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig", "cp1252", "latin-1"):
        try:
            content = data.decode(codec)
            break
        except UnicodeDecodeError:
            continue
    try:
        return next((row for row in csv.reader(io.StringIO(content, newline="")) if any(map(str.strip, row))), [])
    except csv.Error:
        return []


@pytest.fixture
def read_once(monkeypatch: pytest.MonkeyPatch) -> Callable[..., Workbook]:
    """`read_sheets` that opens each workbook once, for its headings and for the test."""
    found: dict[Path, Workbook | Problem] = {}

    def read_sheets_once(path: Path, **asked: Any) -> Workbook:
        if path not in found:
            found.clear()
            try:
                found[path] = read_sheets(path, **asked)
            except Problem as problem:
                found[path] = problem
        if isinstance(known := found[path], Problem):
            raise known
        return known

    monkeypatch.setattr(read_workbook, "read_sheets", read_sheets_once)
    return read_sheets_once


def first_workbook_row(path: Path, read_once: Callable[..., Workbook]) -> list[str]:
    try:
        cells = read_once(path, named="anything", time_limit=20).sheets[0].cells.to_pylist()
    except Problem:
        return []
    rows = ([value or "" for name, value in row.items() if name != "_row"] for row in cells)
    return next((row for row in rows if any(row)), [])


@pytest.mark.shared
def test_files_built_to_break_readers_give_the_expected_result(
    connection: Any, read_once: Callable[..., Workbook]
) -> None:
    decided_otherwise = {
        "csvkit/dummy_col_shuffled_ragged.csv": "accept",  # its rows are not ragged
        "frictionless/ascii-notvalid.csv": "accept",  # it is UTF-8
        "sheetjs/1904/1904.xlsx": "reject",  # no headings, and the first row repeats itself
        "sheetjs/1904/1900.xlsx": "reject",
        "readxl/dates-leap-year-1900-xlsx.xlsx": "accept",  # calamine gives 28 February 1900 for the day that never was
        "calamine/errors.xlsx": "accept",  # not set aside by G21: the text Excel shows lands, with a note
    }
    with (BAD_INPUTS / "EXPECTED.csv").open(encoding="utf-8") as file:
        proposals = {row["path"]: row["proposed_verdict"] for row in csv.DictReader(file)}
    judged = {}
    for name in proposals:
        path = BAD_INPUTS / name
        if path.suffix == ".json":
            continue
        is_csv = path.suffix == ".csv"
        arrival = read_extract(
            connection,
            permissive(first_csv_row(path) if is_csv else first_workbook_row(path, read_once)),
            path,
            extract_id=EXTRACT_ID,
            file_format="csv" if is_csv else "xlsx",
            cp1252_declared="latin1" in name,
        )
        assert arrival.rows_received == arrival.rows_landed + arrival.rows_unreadable
        set_aside = "quarantine-rows" if arrival.rows_unreadable else "accept"
        judged[name] = "reject" if arrival.status == "refused" else set_aside
    wrong = {
        name: verdict for name, verdict in judged.items() if verdict not in decided_otherwise.get(name, proposals[name])
    }
    assert len(judged) > 50
    assert wrong == {}


@pytest.mark.shared
def test_no_csv_of_others_is_read_wrongly_or_raises(connection: Any) -> None:
    paths = sorted(path for path in BAD_INPUTS.rglob("*.csv") if path.is_file())
    landed_as_the_csv_module_reads = 0
    for path in paths:
        table = permissive(first_csv_row(path))
        arrival = read_extract(connection, table, path, extract_id=EXTRACT_ID, file_format="csv", cp1252_declared=True)
        assert arrival.rows_received == arrival.rows_landed + arrival.rows_unreadable, path
        if arrival.status == "refused":
            continue
        codec = {"utf-8 with BOM": "utf-8-sig", "utf-16le": "utf-16", "utf-16be": "utf-16"}.get(
            str(arrival.encoding), str(arrival.encoding)
        )
        content = path.read_bytes().decode(codec)
        try:
            records = list(csv.reader(io.StringIO(content, newline=""), strict=True))
        except csv.Error:
            continue
        filled = [row for row in records if any(cell.strip(BLANK) for cell in row)]
        assert arrival.rows_received == len(filled) - 1, path
        landed = connection.execute(f'SELECT * EXCLUDE (_extract_id, _sheet) FROM landing."{table.file}" ORDER BY _row')
        places = [index for index, heading in enumerate(filled[0]) if heading.strip(BLANK)]
        for *values, number in landed.fetchall():
            assert values == [records[number - 1][place] or None for place in places], path
        landed_as_the_csv_module_reads += 1
    assert len(paths) > 1000
    assert landed_as_the_csv_module_reads > 500


@pytest.mark.shared
@pytest.mark.slow
def test_no_workbook_of_others_hangs_or_raises(connection: Any, read_once: Callable[..., Workbook]) -> None:
    # Some are in several of the corpora.
    found = sorted(
        path for suffix in ("xlsx", "xlsm", "xls", "xlsb", "ods") for path in BAD_INPUTS.rglob(f"*.{suffix}")
    )
    paths = list({(path.suffix, path.read_bytes()): path for path in found}.values())
    loaded = 0
    for path in paths:
        table = permissive(first_workbook_row(path, read_once)) if path.suffix == ".xlsx" else permissive(["visit_id"])
        arrival = read_extract(connection, table, path, extract_id=EXTRACT_ID, file_format="xlsx", time_limit=20)
        assert arrival.rows_received == arrival.rows_landed + arrival.rows_unreadable, path
        assert "Two counts of the file's rows disagree" not in str(arrival.refused_because), path
        assert path.suffix == ".xlsx" or arrival.status == "refused", path
        loaded += arrival.status == "loaded"
    assert loaded > 100
