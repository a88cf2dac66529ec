"""A drop's rows less those set aside, and what several indicators ask of them."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from tests.oracle.naive_days import age, is_open, months_later
from tests.oracle.naive_drop import Day, Row, day_of, read_drop, rows_set_aside

Parts = tuple[float, float | None]


def is_nhs_number(text: str) -> bool:
    """Ten digits, the last a modulus-11 check of the nine before."""
    if not re.fullmatch(r"\d{10}", text):
        return False
    total = sum(int(digit) * weight for digit, weight in zip(text[:9], range(10, 1, -1), strict=True))
    check = 11 - total % 11
    return (0 if check == 11 else check) == int(text[9])


class Council:
    """The rows of one drop as at a day."""

    def __init__(self, drop: Path, as_at: Day) -> None:
        received = read_drop(drop, as_at)
        self.as_at = as_at
        self.set_aside = rows_set_aside(received)
        gone = {(table, number) for table, number, _ in self.set_aside}
        self.tables = {
            table: [row for row in rows if (table, row["_row"]) not in gone] for table, rows in received.items()
        }
        self.arrived = set(received)
        self.by_child: dict[tuple[str, str], dict[str, list[Row]]] = {}
        self.children = {row["pers_person_id"]: row for row in self["ssd_person"]}
        self.child_of_number: dict[str, set[str]] = defaultdict(set)
        for row in self["ssd_person"]:
            number = self.number(row.get("pers_common_child_id", ""))
            if number:
                self.child_of_number[number].add(row["pers_person_id"])

    def __getitem__(self, table: str) -> list[Row]:
        return self.tables.get(table, [])

    def of(self, table: str, column: str, value: str) -> list[Row]:
        """Rows of a table that hold a value in a column."""
        if (table, column) not in self.by_child:
            found: dict[str, list[Row]] = defaultdict(list)
            for row in self[table]:
                if row.get(column):
                    found[row[column]].append(row)
            self.by_child[table, column] = found
        return self.by_child[table, column].get(value, [])

    @staticmethod
    def number(text: str) -> str:
        """An NHS number without blanks and hyphens, "" where it fails its check."""
        text = re.sub(r"[ -]", "", text)
        return text if is_nhs_number(text) else ""

    def child_of(self, row: Row) -> str:
        """The child a trust's row is about (G20), "" where none or more than one."""
        number = self.number(row.get("nhs_number", ""))
        if number:
            found = self.child_of_number.get(number, set())
            return next(iter(found)) if len(found) == 1 else ""
        child = self.children.get(row.get("local_child_id", ""))
        if child and day_of(row.get("dob", "")) and day_of(row["dob"]) == day_of(child["pers_dob"]):
            return str(child["pers_person_id"])
        return ""

    def born(self, child_id: str) -> Day | None:
        """Date of birth, None where not known."""
        child = self.children.get(child_id)
        return day_of(child["pers_dob"]) if child else None

    def on_short_breaks(self, child_id: str, on: Day) -> bool:
        """Legal status V3 or V4 open at the date (G13)."""
        for row in self.of("ssd_legal_status", "lega_person_id", child_id):
            if row["lega_legal_status"] in ("V3", "V4") and is_open(
                day_of(row["lega_legal_status_start_date"]), day_of(row["lega_legal_status_end_date"]), on
            ):
                return True
        return False

    def looked_after(self, on: Day) -> dict[str, list[Day]]:
        """Children looked after at a date with the days of entry of their open episodes (G14)."""
        found: dict[str, list[Day]] = {}
        for row in self["ssd_cla_episodes"]:
            child = row["clae_person_id"]
            if is_open(
                day_of(row["clae_cla_episode_start_date"]), day_of(row["clae_cla_episode_ceased_date"]), on
            ) and not self.on_short_breaks(child, on):
                entry = day_of(row["clae_entered_care_date"])
                found.setdefault(child, [])
                if entry:
                    found[child].append(entry)
        return found

    def population(self, last: Day, kind: str) -> float | None:
        """Persons aged 0 to 17 (G11)."""
        latest = last.year - 1 if kind == "financial_year" else last.year
        years = [int(row["year"]) for row in self["population"] if int(row["year"]) <= latest]
        if not years:
            return None
        return float(
            sum(
                int(row["persons"])
                for row in self["population"]
                if int(row["year"]) == max(years) and 0 <= int(row["age"]) <= 17
            )
        )

    def day(self, text: str, table: str = "") -> Day | None:
        """A day that has happened: one after the extract's date has not, for every figure (G21)."""
        day = day_of(text, table)
        return day if day and day <= self.as_at else None

    def cohort(self, last: Day) -> list[str]:
        """Children looked after at a date who entered twelve months before it or earlier (G14)."""
        since = months_later(last, -12)
        return [
            child for child, entries in self.looked_after(last).items() if any(entry <= since for entry in entries)
        ]  # fmt: skip

    def age_at(self, child_id: str, on: Day) -> int | None:
        """Whole years, None where the date of birth is not known or is later."""
        born = self.born(child_id)
        return age(born, on) if born and born <= on else None

    def professional(self, text: str) -> str:
        """A worker's id; "" where it leads nowhere, unless the list it leads to did not come (G21)."""
        if not self["ssd_professionals"] or self.of("ssd_professionals", "prof_professional_id", text):
            return text
        return ""

    def has_case_worker(self, child_id: str, on: Day) -> bool:
        """An involvement in the role of case worker open at the date (G18)."""
        for row in self.of("ssd_involvements", "invo_person_id", child_id):
            if row["invo_professional_role_id"] == "CW" and is_open(
                day_of(row["invo_involvement_start_date"]), day_of(row["invo_involvement_end_date"]), on
            ):
                return True
        return False

    def placement(self, child_id: str, on: Day) -> Row | None:
        """The placement open at a date, of any type, the latest start (NI63)."""
        newest: Row | None = None
        began: Day | None = None
        rows = self.of("ssd_cla_placement", "clap_person_id", child_id)
        for row in sorted(rows, key=lambda row: str(row["clap_cla_placement_id"])):
            start, end = day_of(row["clap_cla_placement_start_date"]), day_of(row["clap_cla_placement_end_date"])
            if is_open(start, end, on) and (began is None or (start is not None and start > began)):
                newest, began = row, start
        return newest

    def own_plans(self) -> list[Row]:
        """Protection plans but another authority's (G15)."""
        return [row for row in self["ssd_cp_plans"] if not yes(row.get("cppl_cp_plan_ola", ""))]


def share(cases: Iterable[bool]) -> Parts:
    """How many are so, and how many there are."""
    answers = list(cases)
    return float(sum(answers)), float(len(answers))


def yes(text: str) -> bool:
    """A yes as extracts write it."""
    return text.upper() in ("Y", "YES", "1", "TRUE")


def amount(text: str) -> float | None:
    """A number written plainly, None where it is not one."""
    return float(text) if re.fullmatch(r"-?\d+(\.\d+)?", text) else None


def reviews_due(first_due: Day, held: Iterable[Day], months: Iterable[int]) -> list[tuple[Day, Day | None]]:
    """Each due date with the day it was met on, the last one not met yet.

    Args:
        first_due: of the first review.
        held: days of reviews; two of one day are one.
        months: from a held review to the next due date, by its place.
    """
    chain: list[tuple[Day, Day | None]] = []
    due = first_due
    for day, step in zip(sorted(set(held)), months, strict=False):
        chain.append((due, day))
        due = months_later(day, step)
    return [*chain, (due, None)]


def is_late(due: Day, held: Day | None, on: Day) -> bool:
    """A review held after its due date, or not held and its due date gone by (G9)."""
    return due < on if held is None else held > due


def all_met(chain: list[tuple[Day, Day | None]], first: Day, last: Day) -> bool:
    """Every due date of the period met."""
    return not any(first <= due <= last and is_late(due, held, last) for due, held in chain)


def on_time_now(chain: list[tuple[Day, Day | None]], last: Day) -> bool:
    """The last held review was in time and the next is not late."""
    return not any(is_late(due, held, last) for due, held in chain[-2:])


Measure = Callable[[Council, Day, Day], Parts]
Groups = Callable[[Council, Day, Day], list[str]]
Late = Callable[[Council, Day], int]
YEAR, HALF, MONTH, WEEK = "rolling_12_months", "last_6_months", "month", "week"
NI, SNAPSHOT = (YEAR, "financial_year"), ("snapshot",)


@dataclass(frozen=True)
class Reading:
    """How an indicator is counted.

    Attributes:
        count: numerator and denominator of a period.
        unit: what the value is.
        kinds: the kinds of period it is given for (G8).
        tables: it is nothing without.
        groups: the group each case is in, "" where the record does not say; of an indicator asked for by group.
        late: how many are open and already late on a period's last day (G24); where no indicator of its own says it.
        beside: numerator of the reading shown beside.
        days: of a median, the days it is the middle of.
    """

    count: Measure
    unit: str
    kinds: tuple[str, ...]
    tables: tuple[str, ...]
    groups: Groups | None = None
    late: Late | None = None
    beside: Measure | None = None
    days: Callable[[Council, Day, Day], list[int]] | None = None
