"""The real machine and the naive oracle agree on drops whose days crowd round every limit."""

from __future__ import annotations

import datetime
from pathlib import Path

import pytest

from tests.oracle import naive
from tests.oracle.agreement import assert_agreement
from tests.oracle.crowded_drop import write_crowded_drop
from tests.oracle.real_machine import measured
from transforms.profile.indicator import indicators

pytestmark = pytest.mark.slow

# A Saturday, a year's end, a leap day, and a Sunday between bank holidays.
DATES = [datetime.date(2026, 10, 31), datetime.date(2026, 3, 31), datetime.date(2024, 2, 29), datetime.date(2026, 4, 5)]
DROPS = [(1, DATES[0]), (2, DATES[1]), (3, DATES[2]), (4, DATES[3])]


@pytest.mark.parametrize(("seed", "as_at"), DROPS, ids=str)
def test_every_figure_is_the_naive_one(seed: int, as_at: datetime.date, tmp_path: Path) -> None:
    write_crowded_drop(tmp_path, seed, as_at)
    assert_agreement(measured(tmp_path, as_at, naive.INDICATORS), naive.Council(tmp_path, as_at))


def test_every_indicator_has_a_naive_reading() -> None:
    assert set(naive.INDICATORS) == {indicator.code for indicator in indicators()}


def test_a_crowded_drop_leaves_no_figure_without_cases(tmp_path: Path) -> None:
    counted: set[str] = set()
    for seed, as_at in DROPS:
        drop = tmp_path / f"{seed} {as_at}"
        write_crowded_drop(drop, seed, as_at)
        council = naive.Council(drop, as_at)
        figures = naive.measure(council)
        assert {code for code, _, _ in figures} == set(naive.INDICATORS)
        counted |= {code for (code, _, _), (numerator, _, _) in figures.items() if numerator}
        counted |= {f"{code} late" for (code, _, _), number in naive.open_and_late(council).items() if number}
    late = {f"{code} late" for code, reading in naive.INDICATORS.items() if reading.late}
    assert counted == set(naive.INDICATORS) | late
