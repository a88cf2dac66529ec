from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from transforms.landing.count_rows import BLANK, RegularFile, count_filled_rows, count_regular

AWKWARD = st.text(alphabet='ab,"\n\r \t\u00a0é\u2028\x0b', max_size=40)
CELLS = st.text(alphabet='ab,"\n\r \u00a0é', max_size=6)
TABLES = st.lists(st.lists(CELLS, min_size=2, max_size=2), min_size=1, max_size=8)


def written(rows: list[list[str]], newline: str, quote_all: bool) -> str:
    def cell(value: str) -> str:
        quoted = quote_all or any(mark in value for mark in ',"\r\n')
        return '"' + value.replace('"', '""') + '"' if quoted else value

    return "".join(",".join(map(cell, row)) + newline for row in rows)


def filled(text: str) -> int:
    """The csv module's count of filled rows; raises csv.Error if the text is not a csv."""
    rows = csv.reader(io.StringIO(text, newline=""), strict=True)
    return sum(any(cell.strip(BLANK) for cell in row) for row in rows)


@given(AWKWARD)
@settings(max_examples=500)
def test_filled_rows_agree_with_the_csv_module_on_whatever_it_accepts(text: str) -> None:
    try:
        expected = filled(text)
    except csv.Error:
        return
    assert count_filled_rows(text) == expected


@given(TABLES, st.sampled_from(["\n", "\r\n"]), st.booleans(), st.integers(1, 30))
def test_a_regular_file_has_as_many_rows_as_were_written_whatever_the_chunks(
    tmp_path_factory: pytest.TempPathFactory, rows: list[list[str]], newline: str, quote_all: bool, chunk_size: int
) -> None:
    path = tmp_path_factory.getbasetemp() / "rows.csv"
    text = written(rows, newline, quote_all)
    path.write_bytes(text.encode())
    regular = count_regular(path, chunk_size)
    assert regular is not None
    assert regular.rows == len(rows)
    if regular.rows != filled(text):
        assert regular.may_hold_blank_rows


@given(st.binary(max_size=40) | AWKWARD.map(str.encode), st.integers(1, 20))
@settings(max_examples=500)
def test_what_is_called_regular_is_read_the_same_by_the_csv_module(
    tmp_path_factory: pytest.TempPathFactory, data: bytes, chunk_size: int
) -> None:
    path = tmp_path_factory.getbasetemp() / "rows.csv"
    path.write_bytes(data)
    regular = count_regular(path, chunk_size)
    if regular is None:
        return
    rows = list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline=""), strict=True))
    assert regular.rows == len(rows)
    assert all(rows)
    if not regular.may_hold_blank_rows:
        assert all(any(cell.strip(BLANK) for cell in row) for row in rows)


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"a,b\n1,2\n", RegularFile(2, "\n", False, False)),
        (b"a,b\n1,2", RegularFile(2, "\n", False, False)),
        (b"\xef\xbb\xbfa,b\r\n1,2\r\n", RegularFile(2, "\r\n", False, False)),
        (b'a,b\n"x\ny","say ""so"""\n', RegularFile(2, "\n", True, True)),
        (b"a,b\n,\n", RegularFile(2, "\n", False, True)),
    ],
)
def test_a_regular_file_is_described(tmp_path: Path, data: bytes, expected: RegularFile) -> None:
    path = tmp_path / "rows.csv"
    path.write_bytes(data)
    assert count_regular(path) == expected


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"a,b\n1,\0\n",
        b"a,b\n1,\xe9\n",
        b"a,b\n\n1,2\n",
        b"\na,b\n",
        b"a,b\r\n1,2\n",
        b"a,b\n1,\r2\n",
        b"a,b\r1,2\r",
        b'a,b\n1,2"3\n',
        b'a,b\n1,"2"3\n',
        b'a,b\n1, "2"\n',
        b'a,b\n1,"2\n',
        b"a,b\n1,2\n\r\n",
    ],
)
def test_anything_unusual_is_left_to_the_careful_reader(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "rows.csv"
    path.write_bytes(data)
    assert count_regular(path) is None
    assert count_regular(path, 1) is None
