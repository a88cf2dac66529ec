"""Complaints, children's homes, audits and the inspection action plan, by loops."""

from __future__ import annotations

import datetime

from tests.oracle.naive_council import MONTH, SNAPSHOT, YEAR, Council, Parts, Reading, share, yes
from tests.oracle.naive_days import months_later, working_days_later
from tests.oracle.naive_drop import Day, Row, day_of


def co01(council: Council, first: Day, last: Day) -> Parts:
    cases = []
    for row in council["complaints"]:
        received, answered = day_of(row["date_received"]), day_of(row["date_response"])
        if row["stage"] == "1" and received and answered and first <= answered <= last:
            cases.append(answered <= working_days_later(received, 20 if yes(row["extension_agreed"]) else 10))
    return share(cases)


def co01_late(council: Council, last: Day) -> int:
    """Stage 1, not withdrawn, not answered by the day, the working days ended before it."""
    number = 0
    for row in council["complaints"]:
        received, answered = day_of(row["date_received"]), day_of(row["date_response"])
        if row["stage"] != "1" or row["outcome"] == "WITHDRAWN" or not received or (answered and answered <= last):
            continue
        if working_days_later(received, 20 if yes(row["extension_agreed"]) else 10) < last:
            number += 1
    return number


def co06(council: Council, first: Day, last: Day) -> Parts:
    upheld = set()
    for row in council["complaints"]:
        answered = day_of(row["date_response"])
        if row["complaint_id"] and answered and first <= answered <= last and row["outcome"] in ("UPHELD", "PART"):
            upheld.add(row["complaint_id"])
    cases = []
    for complaint in upheld:
        done = [day_of(row["action_done"]) for row in council.of("complaint_learning", "complaint_id", complaint)]
        cases.append(any(day is not None and day <= last for day in done))
    return share(cases)


def rv01(council: Council, first: Day, last: Day) -> Parts:
    months = []
    month = first.replace(day=1)
    while month <= last:
        month_end = months_later(month, 1) - datetime.timedelta(days=1)
        if first <= month and month_end <= last:
            months.append((month, month_end))
        month = months_later(month, 1)
    cases = []
    for home in council["homes"]:
        opened, closed = day_of(home["opened"]), day_of(home["closed"])
        days = [day_of(visit["visit_date"]) for visit in council.of("reg_visits", "home_urn", home["home_urn"])]
        for month, month_end in months:
            if opened and opened <= month_end and (closed is None or closed > month):
                cases.append(any(day is not None and month <= day <= month_end for day in days))
    return share(cases)


def _due(council: Council, table: str, first: Day, last: Day) -> list[tuple[Day, Row]]:
    found = []
    for row in council[table]:
        due = day_of(row["due"])
        if due and first <= due <= last:
            found.append((due, row))
    return found


def _done_by_due(council: Council, table: str, done: str, first: Day, last: Day) -> Parts:
    cases = []
    for due, row in _due(council, table, first, last):
        day = day_of(row[done])
        cases.append(day is not None and day <= due)
    return share(cases)


def _overdue(council: Council, table: str, done: str, last: Day) -> int:
    number = 0
    for row in council[table]:
        due, day = day_of(row["due"]), day_of(row[done])
        if due and due < last and (day is None or day > last):
            number += 1
    return number


def rv04_late(council: Council, last: Day) -> int:
    """Due before the day and not closed by it."""
    return _overdue(council, "reg_recommendations", "closed", last)


def rv04(council: Council, first: Day, last: Day) -> Parts:
    return _done_by_due(council, "reg_recommendations", "closed", first, last)


def by_grade(council: Council, first: Day, last: Day) -> list[str]:
    grades = []
    for row in council["audits"]:
        day = day_of(row["audit_date"])
        if day and first <= day <= last:
            grades.append(row["grade_moderated"] or row["grade"])
    return grades


def au02(council: Council, first: Day, last: Day) -> Parts:
    return share(grade != "" for grade in by_grade(council, first, last))


def au03(council: Council, first: Day, last: Day) -> Parts:
    return share(grade in ("O", "G") for grade in by_grade(council, first, last))


def au03_beside(council: Council, first: Day, last: Day) -> Parts:
    """By the auditor's own grade throughout."""
    grades = []
    for row in council["audits"]:
        day = day_of(row["audit_date"])
        if day and first <= day <= last:
            grades.append(row["grade"])
    return share(grade in ("O", "G") for grade in grades)


def au05_late(council: Council, last: Day) -> int:
    """Due before the day and not done by it."""
    return _overdue(council, "audit_actions", "done", last)


def au05(council: Council, first: Day, last: Day) -> Parts:
    return _done_by_due(council, "audit_actions", "done", first, last)


COLOURS = {"R": "red", "A": "amber", "G": "green", "B": "blue"}


def by_colour(council: Council, first: Day, last: Day) -> list[str]:
    groups = []
    for row in council["action_plan"]:
        apart = {"Y": "formal", "N": "softer"}.get(row["formal"], "not recorded whether formal")
        groups.append(f"{apart}: {COLOURS[row['rag']]}" if row["rag"] else "")
    return groups


def ap01(council: Council, first: Day, last: Day) -> Parts:
    return share(colour != "" for colour in by_colour(council, first, last))


def ap02(council: Council, first: Day, last: Day) -> Parts:
    cases = []
    for row in council["action_plan"]:
        due, done = day_of(row["due"]), day_of(row["done"])
        cases.append(due is not None and due < last and (done is None or done > last))
    return share(cases)


INDICATORS = {
    "CO01": Reading(co01, "percent", (YEAR,), ("complaints",), late=co01_late),
    "CO06": Reading(co06, "percent", (YEAR,), ("complaints", "complaint_learning")),
    "RV01": Reading(rv01, "percent", (YEAR, MONTH), ("homes", "reg_visits")),
    "RV04": Reading(rv04, "percent", (YEAR,), ("reg_recommendations",), late=rv04_late),
    "AU02": Reading(au02, "percent", (YEAR,), ("audits",), by_grade),
    "AU03": Reading(au03, "percent", (YEAR,), ("audits",), beside=au03_beside),
    "AU05": Reading(au05, "percent", (YEAR,), ("audit_actions",), late=au05_late),
    "AP01": Reading(ap01, "count", SNAPSHOT, ("action_plan",), by_colour),
    "AP02": Reading(ap02, "count", SNAPSHOT, ("action_plan",)),
}
