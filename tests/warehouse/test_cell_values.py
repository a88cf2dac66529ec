"""A cell is read as its contract declares: nothing is inferred or guessed."""

from __future__ import annotations

import datetime
from typing import Any

import duckdb
import pytest

from warehouse.cell_values import trimmed, value
from warehouse.contract import Column, Table, date, moment, number, text, whole_number, yes_no


def read(column: Column, cell: str | None, *, text_dates: tuple[str, ...] = ()) -> Any:
    table = Table(name="records.t", one_row_is="One.", columns=(column,), file="t", text_dates=text_dates)
    connection = duckdb.connect()
    connection.execute("CREATE TABLE landing (h VARCHAR)")
    connection.execute("INSERT INTO landing VALUES (?)", [cell])
    found = connection.execute(
        f"SELECT {value(column, table)} FROM (SELECT {trimmed('h')} AS h FROM landing) AS received"
    ).fetchone()
    assert found is not None
    return found[0]


DAY = datetime.date(2026, 10, 31)


@pytest.mark.parametrize(
    "cell", ["2026-10-31", " 2026-10-31 ", "2026-10-31 00:00:00.000", "2026-10-31T00:00:00", "2026-10-31 00:00"]
)
def test_iso_days_are_read_with_or_without_a_midnight(cell: str) -> None:
    assert read(date("d", "", "h"), cell) == DAY


@pytest.mark.parametrize(
    "cell",
    ["31/10/2026", "2026-13-01", "2026-02-30", "2026/10/31", "20261031", "TBC", "1899-12-31", "45961", "2026-1-5",
     "epoch", "infinity", "NULL", "", "  ", None],
)  # fmt: skip
def test_a_cell_that_is_not_a_declared_day_is_null(cell: str | None) -> None:
    assert read(date("d", "", "h"), cell) is None


def test_a_declared_text_date_is_read_day_first() -> None:
    assert read(date("d", "", "h"), "03/04/2026", text_dates=("%d/%m/%Y",)) == datetime.date(2026, 4, 3)


def test_the_first_readable_day_is_the_first_of_1900() -> None:
    assert read(date("d", "", "h"), "1900-01-01") == datetime.date(1900, 1, 1)


@pytest.mark.parametrize(
    ("cell", "said"), [("0045812", "0045812"), ("123.0", "123.0"), (" A1 ", "A1"), ("null", "null")]
)
def test_ids_are_kept_as_text_exactly(cell: str, said: str) -> None:
    assert read(text("t", "", "h"), cell) == said


@pytest.mark.parametrize(
    ("cell", "said"), [("7", 7), ("7.0", 7), ("-3", -3), ("7.5", None), ("1e3", None), ("seven", None), ("007", 7)]
)
def test_whole_numbers(cell: str, said: int | None) -> None:
    assert read(whole_number("n", "", "h"), cell) == said


@pytest.mark.parametrize(("cell", "said"), [("999.9", 999.9), ("0", 0.0), ("nan", None), ("inf", None), ("1,5", None)])
def test_numbers(cell: str, said: float | None) -> None:
    assert read(number("n", "", "h"), cell) == said


@pytest.mark.parametrize(
    ("cell", "said"), [("Y", True), ("n", False), ("Yes", True), ("0", False), ("U", None), ("", None)]
)
def test_yes_or_no(cell: str, said: bool | None) -> None:
    assert read(yes_no("y", "", "h"), cell) is said


def test_a_moment_keeps_its_time_of_day() -> None:
    assert read(moment("m", "", "h"), "2026-10-31T23:59:00") == datetime.datetime(2026, 10, 31, 23, 59)  # noqa: DTZ001


@pytest.mark.parametrize(
    ("cell", "said"),
    [
        ("9990000018", "9990000018"),
        ("999 000 0018", "9990000018"),
        ("999-000-0018", "9990000018"),
        ("9990000019", None),
        ("999000001", None),
        ("99900000180", None),
        ("999000001X", None),
    ],
)
def test_nhs_numbers_pass_their_check_digit_or_are_null(cell: str, said: str | None) -> None:
    assert read(text("n", "", "h", is_nhs_number=True), cell) == said


def test_the_check_digit_agrees_with_the_published_rule_for_every_ending() -> None:
    """Modulus 11 as the NHS Data Dictionary gives it: weights 10 to 2; 11 gives 0, 10 is never issued."""
    for body in ("999123456", "999000000", "999999999", "999876543"):
        remainder = 11 - sum(int(digit) * weight for digit, weight in zip(body, range(10, 1, -1), strict=True)) % 11
        for last in range(10):
            right = (0 if remainder == 11 else remainder) == last and remainder != 10
            assert (read(text("n", "", "h", is_nhs_number=True), f"{body}{last}") is not None) is right
