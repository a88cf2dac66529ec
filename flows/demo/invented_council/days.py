"""Days as whole numbers since 1 January 1970, and England's working days, for whole arrays at a time."""

from __future__ import annotations

from datetime import date

import holidays
import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float64]
Arrays = dict[str, Ints]

NEVER = 1_000_000
"""The day of an event that does not happen, or an end that is not known."""

YEAR = 365.25
FIRST_YEAR_OF_BANK_HOLIDAYS = 2019  # docs/decisions/choices.md, G7: none are assumed before


def day_number(day: date) -> int:
    return day.toordinal() - date(1970, 1, 1).toordinal()


def as_date(number: int) -> date:
    return date.fromordinal(number + date(1970, 1, 1).toordinal())


def add_months(day: Ints, months: int | Ints) -> Ints:
    """The same day `months` calendar months later, or the last day of that month; NEVER stays NEVER."""
    known = np.where(day >= NEVER, 0, day)
    start = known.astype("datetime64[D]")
    month = start.astype("datetime64[M]")
    day_of_month = (start - month.astype("datetime64[D]")).astype(np.int64)
    target = month + np.asarray(months).astype("timedelta64[M]")
    first = target.astype("datetime64[D]").astype(np.int64)
    length = (target + np.timedelta64(1, "M")).astype("datetime64[D]").astype(np.int64) - first
    return np.where(day >= NEVER, NEVER, first + np.minimum(day_of_month, length - 1))


class WorkingDays:
    """Monday to Friday except England's bank holidays, between two years."""

    def __init__(self, first_year: int, last_year: int) -> None:
        self.first = day_number(date(first_year, 1, 1))
        last = day_number(date(last_year, 12, 31))
        days = np.arange(self.first, last + 1, dtype=np.int64)
        working = np.is_busday(days.astype("datetime64[D]"))
        years = range(max(first_year, FIRST_YEAR_OF_BANK_HOLIDAYS), last_year + 1)
        for holiday in sorted(holidays.country_holidays("GB", subdiv="ENG", years=years)):
            working[day_number(holiday) - self.first] = False
        self.working: Flags = working
        self.count: Ints = np.cumsum(working, dtype=np.int64)
        self.list: Ints = days[working]

    def _place(self, day: Ints) -> Ints:
        return np.clip(day - self.first, 0, len(self.count) - 1)

    def add(self, day: Ints, count: int | Ints) -> Ints:
        """The day `count` working days after `day`, which is day 0; count 0 gives the day itself."""
        place = np.clip(self.count[self._place(day)] + np.asarray(count) - 1, 0, len(self.list) - 1)
        found = np.where(np.asarray(count) == 0, day, self.list[place])
        return np.where(day >= NEVER, NEVER, found).astype(np.int64)

    def on_or_after(self, day: Ints) -> Ints:
        place = self._place(day)
        later = self.list[np.clip(self.count[place], 0, len(self.list) - 1)]
        return np.where((day >= NEVER) | self.working[place], day, later).astype(np.int64)

    def on_or_before(self, day: Ints) -> Ints:
        place = self._place(day)
        earlier = self.list[np.clip(self.count[place] - 1, 0, len(self.list) - 1)]
        return np.where((day >= NEVER) | self.working[place], day, earlier).astype(np.int64)
