"""Periods are counted as choices G4 and G5 say."""

from __future__ import annotations

import datetime
import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms.profile.periods import months_before, periods


def day(text: str) -> datetime.date:
    return datetime.date.fromisoformat(text)


@pytest.mark.parametrize(
    ("as_at", "kind", "starts_on", "ends_on"),
    [
        ("2026-10-31", "rolling_12_months", "2025-11-01", "2026-10-31"),
        ("2024-02-29", "rolling_12_months", "2023-03-01", "2024-02-29"),
        ("2025-02-28", "rolling_12_months", "2024-02-29", "2025-02-28"),
        ("2026-10-31", "last_6_months", "2026-05-01", "2026-10-31"),
        ("2026-10-31", "financial_year", "2025-04-01", "2026-03-31"),
        ("2026-03-31", "financial_year", "2025-04-01", "2026-03-31"),
        ("2026-03-30", "financial_year", "2024-04-01", "2025-03-31"),
        ("2026-10-31", "quarter", "2026-07-01", "2026-09-30"),
        ("2026-09-30", "quarter", "2026-07-01", "2026-09-30"),
        ("2026-01-15", "quarter", "2025-10-01", "2025-12-31"),
        ("2026-10-31", "month", "2026-10-01", "2026-10-31"),
        ("2026-10-30", "month", "2026-09-01", "2026-09-30"),
        ("2026-10-31", "week", "2026-10-19", "2026-10-25"),
        ("2026-11-01", "week", "2026-10-26", "2026-11-01"),
        ("2026-11-02", "week", "2026-10-26", "2026-11-01"),
        ("2026-10-31", "snapshot", "2026-10-31", "2026-10-31"),
    ],
)
def test_the_newest_period_of_each_kind(as_at: str, kind: str, starts_on: str, ends_on: str) -> None:
    newest = [period for period in periods(day(as_at)) if period.period_kind == kind and period.is_current]
    assert [(period.starts_on, period.ends_on) for period in newest] == [(day(starts_on), day(ends_on))]


def test_six_months_before_the_31st_of_october_is_the_30th_of_april() -> None:
    assert months_before(day("2026-10-31"), 6) == day("2026-04-30")


@given(st.dates(min_value=datetime.date(2000, 1, 1), max_value=datetime.date(2040, 12, 31)))
def test_periods_never_repeat_never_lie_ahead_and_run_forwards(as_at: datetime.date) -> None:
    made = list(periods(as_at))
    assert len({(period.period_kind, period.ends_on) for period in made}) == len(made)
    assert all(period.starts_on <= period.ends_on <= as_at for period in made)
    for kind in {period.period_kind for period in made}:
        current = [period for period in made if period.period_kind == kind and period.is_current]
        assert len(current) == 1
        assert current[0].ends_on == max(period.ends_on for period in made if period.period_kind == kind)


@given(st.dates(min_value=datetime.date(2000, 1, 1), max_value=datetime.date(2040, 12, 31)))
def test_weeks_run_from_monday_to_sunday_without_a_gap(as_at: datetime.date) -> None:
    weeks = sorted(
        (period for period in periods(as_at) if period.period_kind == "week"), key=lambda week: week.starts_on
    )
    assert all((week.starts_on.isoweekday(), week.ends_on.isoweekday()) == (1, 7) for week in weeks)
    gaps = {(later.starts_on - earlier.ends_on).days for earlier, later in itertools.pairwise(weeks)}
    assert gaps == {1}
