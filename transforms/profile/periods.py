"""The periods that are measured, counted back from the as-at date (choices G4, G5)."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from dataclasses import dataclass

from dateutil.relativedelta import relativedelta

# How many earlier periods of the same kind are in the trend, as well as the newest.
EARLIER = {
    "rolling_12_months": 8,
    "financial_year": 2,
    "quarter": 7,
    "month": 12,
    "week": 12,
    "last_6_months": 1,
    "snapshot": 8,
}


@dataclass(frozen=True, slots=True)
class Period:
    """One period; both its first and its last day are included."""

    period_kind: str
    starts_on: datetime.date
    ends_on: datetime.date
    is_current: bool


def months_before(day: datetime.date, months: int) -> datetime.date:
    """The same day `months` earlier, or the last day of that month (six months before 31 October is 30 April)."""
    return day - relativedelta(months=months)


def _month_end(day: datetime.date) -> datetime.date:
    return day + relativedelta(day=31)


def _newest_ends(kind: str, as_at: datetime.date) -> datetime.date:
    """Last day of the newest period of this kind that is complete on or before the as-at date."""
    match kind:
        case "rolling_12_months" | "last_6_months" | "snapshot":
            return as_at
        case "financial_year":
            year_end = datetime.date(as_at.year, 3, 31)
            return year_end if year_end <= as_at else year_end.replace(year=as_at.year - 1)
        case "quarter":
            day = _month_end(as_at)
            while day.month % 3 or day > as_at:
                day = _month_end(months_before(day.replace(day=1), 1))
            return day
        case "month":
            return as_at if as_at == _month_end(as_at) else as_at.replace(day=1) - datetime.timedelta(days=1)
        case "week":
            return as_at - datetime.timedelta(days=as_at.isoweekday() % 7)
        case _:
            raise KeyError(kind)


def _ends(kind: str, newest: datetime.date, back: int) -> datetime.date:
    match kind:
        case "rolling_12_months" | "snapshot":
            return months_before(newest, 3 * back)
        case "last_6_months":
            return months_before(newest, 12 * back)
        case "financial_year":
            return newest.replace(year=newest.year - back)
        case "quarter":
            return _month_end(months_before(newest.replace(day=1), 3 * back))
        case "month":
            return _month_end(months_before(newest.replace(day=1), back))
        case _:
            return newest - datetime.timedelta(weeks=back)


def _starts(kind: str, ends_on: datetime.date) -> datetime.date:
    day = datetime.timedelta(days=1)
    match kind:
        case "rolling_12_months":
            return months_before(ends_on, 12) + day
        case "last_6_months":
            return months_before(ends_on, 6) + day
        case "financial_year":
            return datetime.date(ends_on.year - 1, 4, 1)
        case "quarter":
            return months_before(ends_on.replace(day=1), 2)
        case "month":
            return ends_on.replace(day=1)
        case "week":
            return ends_on - 6 * day
        case _:
            return ends_on


def periods(as_at: datetime.date) -> Iterator[Period]:
    """Every period measured at `as_at`: the newest of each kind and the earlier ones in its trend."""
    for kind, earlier in EARLIER.items():
        newest = _newest_ends(kind, as_at)
        for back in range(earlier + 1):
            ends_on = _ends(kind, newest, back)
            yield Period(kind, _starts(kind, ends_on), ends_on, back == 0)
