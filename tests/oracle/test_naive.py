"""The real machine and the naive oracle agree on drops whose days crowd round every limit."""

from __future__ import annotations

import datetime
from pathlib import Path

import duckdb
import pytest

from tests.oracle import naive
from tests.oracle.crowded_drop import write_crowded_drop
from transforms.build_records import build_records
from transforms.indicator import by_code
from transforms.measure_indicators import build_periods, measure_indicators
from transforms.read_extract import read_extract
from transforms.working_days import build_calendar
from warehouse import catalogue
from warehouse.database import ROOMS, create

DATES = [datetime.date(2026, 10, 31), datetime.date(2026, 3, 31), datetime.date(2024, 2, 29), datetime.date(2026, 4, 5)]
DAY = datetime.date


def measured(drop: Path, as_at: DAY) -> duckdb.DuckDBPyConnection:
    """A drop through the real readers, records and measuring machine."""
    connection = duckdb.connect()
    for room in ROOMS:
        connection.execute(f"CREATE SCHEMA {room}")
    for table in catalogue.tables("quality"):
        create(connection, table)
    for path in sorted(drop.glob(f"*/{as_at}/*.csv")):
        arrival = read_extract(
            connection, catalogue.by_file()[path.stem], path, extract_id=path.stem, file_format="csv"
        )
        assert arrival.refused_because is None
    build_calendar(connection, as_at)
    build_records(connection)
    build_periods(connection, as_at)
    measure_indicators(connection, {}, authority_code=None, only=[by_code(code) for code in naive.INDICATORS])
    return connection


@pytest.mark.parametrize("as_at", DATES, ids=str)
@pytest.mark.parametrize("seed", [1, 2])
def test_every_figure_is_the_naive_ones(seed: int, as_at: DAY, tmp_path: Path) -> None:
    write_crowded_drop(tmp_path, seed, as_at)
    connection = measured(tmp_path, as_at)
    rows = connection.execute(
        "SELECT indicator_code, period_kind, ends_on, numerator, denominator, value FROM profile.indicator_results"
        " WHERE is_current"
    ).fetchall()
    expected = naive.measure(tmp_path, as_at)
    found = {row[:3]: row[3:] for row in rows}
    assert found.keys() == expected.keys()
    for which, (numerator, denominator, value) in expected.items():
        assert found[which][0] == pytest.approx(numerator), which
        if denominator is not None:
            assert found[which][1] == pytest.approx(denominator), which
        assert found[which][2] == (None if value is None else pytest.approx(value)), which


@pytest.mark.parametrize("seed", [3, 4])
def test_the_rows_set_aside_are_the_naive_ones(seed: int, tmp_path: Path) -> None:
    as_at = DATES[0]
    write_crowded_drop(tmp_path, seed, as_at)
    rows = measured(tmp_path, as_at).execute("SELECT source_table, row_number FROM quality.rejected_rows").fetchall()
    expected = {(table, number) for table, number, _ in naive.set_aside(tmp_path, as_at)}
    assert expected
    assert set(rows) == expected


def test_a_crowded_drop_leaves_no_figure_without_cases(tmp_path: Path) -> None:
    write_crowded_drop(tmp_path, 1, DATES[0])
    figures = naive.measure(tmp_path, DATES[0])
    assert {code for code, _, _ in figures} == set(naive.INDICATORS)
    never_some = [
        code for code in naive.INDICATORS
        if not any(figure[0] for which, figure in figures.items() if which[0] == code)
    ]  # fmt: skip
    assert not never_some
