"""Days as the choices count them (G1 to G7), one at a time."""

from __future__ import annotations

import datetime

import holidays

from tests.oracle.naive_drop import Day


def months_later(day: Day, months: int) -> Day:
    """Same day number so many months later (or earlier), else the last day of that month (G5)."""
    year, month = day.year, day.month + months
    while month > 12:
        year, month = year + 1, month - 12
    while month < 1:
        year, month = year - 1, month + 12
    number = day.day
    while True:
        try:
            return Day(year, month, number)
        except ValueError:
            number -= 1


def age(born: Day, on: Day) -> int:
    """Whole years (G6)."""
    years = on.year - born.year
    while months_later(born, 12 * years) > on:
        years -= 1
    return years


BANK_HOLIDAYS = set(holidays.country_holidays("GB", subdiv="ENG", years=range(2019, 2028)))


def working_days_later(day: Day, count: int) -> Day:
    """The day `count` working days after `day`, which is day 0 (G7)."""
    while count:
        day += datetime.timedelta(days=1)
        if day.weekday() < 5 and day not in BANK_HOLIDAYS:
            count -= 1
    return day


def is_open(start: Day | None, end: Day | None, on: Day) -> bool:
    """Open at a date (G1)."""
    return start is not None and start <= on and (end is None or end > on)


def in_force(start: Day | None, end: Day | None, first: Day, last: Day) -> bool:
    """In force in a period (G2)."""
    return start is not None and start <= last and (end is None or end > first)


def current_periods(as_at: Day) -> dict[str, tuple[Day, Day]]:
    """First and last day of the newest period of each kind (G4)."""
    one = datetime.timedelta(days=1)
    year_end = Day(as_at.year, 3, 31)
    if year_end > as_at:
        year_end = Day(as_at.year - 1, 3, 31)
    month_end = as_at
    while (month_end + one).day != 1:
        month_end -= one
    sunday = as_at
    while sunday.weekday() != 6:
        sunday -= one
    return {
        "rolling_12_months": (months_later(as_at, -12) + one, as_at),
        "financial_year": (Day(year_end.year - 1, 4, 1), year_end),
        "month": (month_end.replace(day=1), month_end),
        "week": (sunday - 6 * one, sunday),
        "last_6_months": (months_later(as_at, -6) + one, as_at),
        "snapshot": (as_at, as_at),
    }
