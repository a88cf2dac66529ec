"""Few children and days that crowd round every limit: what the crowded drop's tables are drawn from."""

from __future__ import annotations

import csv
import datetime
import random
from collections.abc import Sequence
from pathlib import Path

from tests.oracle.naive_council import is_nhs_number
from tests.oracle.naive_days import current_periods, months_later, working_days_later
from tests.oracle.naive_drop import Day

# Children with random records of every kind, and children who are looked after once and have nothing else.
CHILDREN = 40
SETTLED = 24
SOURCES = {
    "nhs": "health",
    "lado": "lado",
    "private": "private_fostering",
    "pf": "private_fostering",
    "ssd": "case_management",
}


class Crowd:
    """Draws days, children and answers, and writes tables; the same seed and as-at date draw the same."""

    def __init__(self, seed: int, as_at: Day) -> None:
        self.random = random.Random(seed)
        self.as_at = as_at
        edges = {day for span in current_periods(as_at).values() for day in span}
        self.period_edges = sorted(edges)
        edges |= {months_later(edge, -months) for edge in set(edges) for months in (3, 6, 12, 24, 30)}
        edges |= {months_later(as_at, -12 * years) for years in (4, 16, 17, 19, 22)}
        self.edges = sorted(edges)
        self.children = [f"C{number}" for number in range(CHILDREN)]
        self.settled = [f"S{number}" for number in range(SETTLED)]
        self.numbers: dict[str, str] = {}
        self.borns: dict[str, Day] = {}

    def one(self, *values: str) -> str:
        """One of some values."""
        return self.random.choice(values)

    def seldom(self) -> bool:
        """True one time in twenty-five."""
        return self.random.random() < 0.04

    def day(self) -> Day:
        """A day at or next to the edge of a period or to a limit, or any day of the last three years."""
        chance = self.random.random()
        if chance < 0.3:
            return self.near(*self.period_edges)
        if chance < 0.6:
            return self.near(*self.edges)
        return self.as_at - datetime.timedelta(days=self.random.randint(-20, 1100))

    def near(self, *days: Day, spread: int = 1) -> Day:
        """One of some days, or the days before or after."""
        return self.random.choice(days) + datetime.timedelta(days=self.random.randint(-spread, spread))

    def ago(self, days: int, *, spread: int = 4) -> Day:
        """About so many days before the as-at date, wide enough for the bank holidays of a limit in working days."""
        return self.near(self.as_at - datetime.timedelta(days=days), spread=spread)

    def working_days_ago(self, count: int) -> Day:
        """The newest day so many working days after which the as-at date is not before."""
        day = self.as_at
        while working_days_later(day, count) > self.as_at:
            day -= datetime.timedelta(days=1)
        return day

    def written(self, day: Day | None, *, often_blank: float = 0.0, as_people_type: bool = False) -> str:
        """A day as an extract writes it: mostly ISO, now and then with midnight, blank, or nonsense."""
        if day is None or self.random.random() < often_blank:
            return self.one("", "", "NULL")
        if self.random.random() < 0.02:
            return self.one("", "31/31/2025", "soon", "1899-12-31", "2025-02-30")
        if as_people_type and self.random.random() < 0.5:
            return day.strftime("%d/%m/%Y")
        return self.one(day.isoformat(), day.isoformat(), f"{day} 00:00:00.000", f"{day}T00:00:00")

    def child(self) -> str:
        """A child's id; seldom nobody's."""
        return self.one("", "C999") if self.seldom() else self.random.choice(self.children)

    def yes_no(self) -> str:
        """Y, N or blank."""
        return self.one("Y", "N", "N", "")

    def nhs_number(self) -> str:
        """A number of the 999 range that passes its check."""
        while True:
            text = "999" + "".join(self.random.choice("0123456789") for _ in range(7))
            if is_nhs_number(text):
                return text

    def trust_number(self, child: str) -> str:
        """A child's NHS number as a trust writes it; now and then blank, wrong or another's."""
        if self.random.random() < 0.1:
            return self.one("", "9990000000", self.nhs_number())
        return self.numbers.get(child, "")

    def visited(self) -> tuple[str, Day]:
        """A child and the day of a visit, now and then about the fourth birthday."""
        child = self.child()
        return child, self.near(months_later(self.borns.get(child, self.as_at), 48)) if self.seldom() else self.day()

    def table(
        self, drop: Path, name: str, headings: str, rows: list[list[str]], *, keys: Sequence[str] | None = None
    ) -> None:
        """Write one table in no order; its first column is the key, seldom blank or another row's.

        Args:
            keys: of the rows, where they are not simply numbered.
        """
        folder = drop / SOURCES.get(name.partition("_")[0], "council") / self.as_at.isoformat()
        folder.mkdir(parents=True, exist_ok=True)
        own = keys or [f"{name}-{number}" for number in range(len(rows))]
        numbered = []
        for key, row in zip(own, rows, strict=True):
            faulty = self.random.random() < 0.02
            numbered.append([self.one("", *own[:2]) if faulty else key, *row])
        self.random.shuffle(numbered)
        with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
            csv.writer(file, lineterminator="\n").writerows([headings.split(), *numbered])
