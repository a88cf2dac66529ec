"""The allegation log and the private-fostering log, by loops."""

from __future__ import annotations

import datetime

from tests.oracle.naive_council import HALF, SNAPSHOT, WEEK, YEAR, Council, Parts, Reading, share
from tests.oracle.naive_days import age, is_open, months_later, working_days_later
from tests.oracle.naive_drop import Day, Row, day_of

LOG, FOSTERING = "lado_log", "private_fostering"


def _dated(council: Council, table: str, column: str, first: Day, last: Day) -> list[Row]:
    """Rows whose date is in the period."""
    found = []
    for row in council[table]:
        day = day_of(row[column], table)
        if day and first <= day <= last:
            found.append(row)
    return found


def by_contact_type(council: Council, first: Day, last: Day) -> list[str]:
    return [row["contact_type"] for row in _dated(council, LOG, "date_contact", first, last)]


def ld01(council: Council, first: Day, last: Day) -> Parts:
    return float(len(by_contact_type(council, first, last))), None


def by_agency(council: Council, first: Day, last: Day) -> list[str]:
    return [
        row["referring_agency"] for row in _dated(council, LOG, "date_contact", first, last)
        if row["contact_type"] == "REFERRAL"
    ]  # fmt: skip


def ld02(council: Council, first: Day, last: Day) -> Parts:
    number = float(len(by_agency(council, first, last)))
    return number, number


def ld05(council: Council, first: Day, last: Day) -> Parts:
    cases = []
    for row in _dated(council, LOG, "date_contact", first, last):
        told, aware = day_of(row["date_contact"], LOG), council.day(row["date_employer_aware"], LOG)
        if row["contact_type"] == "REFERRAL" and told and aware:
            cases.append(told <= working_days_later(aware, 1))
    return share(cases)


def _concluded(council: Council, first: Day, last: Day) -> list[Row]:
    return [
        row for row in _dated(council, LOG, "date_outcome", first, last)
        if row["contact_type"] == "REFERRAL" and row["outcome"]
    ]  # fmt: skip


def _concluded_within(council: Council, first: Day, last: Day, months: int) -> Parts:
    cases = []
    for row in _concluded(council, first, last):
        told, outcome = day_of(row["date_contact"], LOG), day_of(row["date_outcome"], LOG)
        assert told
        assert outcome
        cases.append(outcome <= months_later(told, months))
    return share(cases)


def ld07(council: Council, first: Day, last: Day) -> Parts:
    return _concluded_within(council, first, last, 1)


def ld08(council: Council, first: Day, last: Day) -> Parts:
    return _concluded_within(council, first, last, 3)


def ld09(council: Council, first: Day, last: Day) -> Parts:
    return _concluded_within(council, first, last, 12)


FINDINGS = ("SUBSTANTIATED", "UNSUBSTANTIATED", "FALSE", "MALICIOUS", "UNFOUNDED")


def by_outcome(council: Council, first: Day, last: Day) -> list[str]:
    outcomes = [row["outcome"] for row in _concluded(council, first, last)]
    return [outcome if outcome in FINDINGS else "another outcome" for outcome in outcomes]


def ld10(council: Council, first: Day, last: Day) -> Parts:
    return share(outcome in FINDINGS for outcome in by_outcome(council, first, last))


def ld11(council: Council, first: Day, last: Day) -> Parts:
    cases = []
    for row in council[LOG]:
        told, outcome = day_of(row["date_contact"], LOG), day_of(row["date_outcome"], LOG)
        if row["contact_type"] == "REFERRAL" and told and is_open(told, outcome, last):
            cases.append(months_later(told, 3) < last)
    return share(cases)


def by_notifier(council: Council, first: Day, last: Day) -> list[str]:
    return [row["notified_by"] for row in _dated(council, FOSTERING, "date_notified", first, last)]


def pf01(council: Council, first: Day, last: Day) -> Parts:
    return float(len(by_notifier(council, first, last))), None


def pf02(council: Council, first: Day, last: Day) -> Parts:
    cases = []
    for row in council["private_fostering"]:
        notified = day_of(row["date_notified"], "private_fostering")
        if not notified or not first <= notified <= last:
            continue
        due = working_days_later(notified, 7)
        if due <= last:
            visit = day_of(row["date_initial_visit"], "private_fostering")
            cases.append(visit is not None and visit <= due)
    return share(cases)


def pf02_late(council: Council, last: Day) -> int:
    """Notified in any year, not visited by the day, the working days ended before it, the arrangement not ended."""
    number = 0
    for row in council[FOSTERING]:
        notified, visit = day_of(row["date_notified"], FOSTERING), day_of(row["date_initial_visit"], FOSTERING)
        ended = day_of(row["date_ended"], FOSTERING)
        if not notified or (visit and visit <= last) or (ended and ended <= last):
            continue
        if working_days_later(notified, 7) < last:
            number += 1
    return number


def pf03(council: Council, first: Day, last: Day) -> Parts:
    return float(len(_dated(council, FOSTERING, "date_started", first, last))), None


def pf04(council: Council, first: Day, last: Day) -> Parts:
    cases = []
    for row in _dated(council, FOSTERING, "date_la_aware", first, last):
        aware, ended = day_of(row["date_la_aware"], FOSTERING), day_of(row["date_ended"], FOSTERING)
        assert aware
        if council.day(row["date_started"], FOSTERING) is None:
            continue
        until = min(last, months_later(aware, 12), ended or last)
        if until <= aware:
            continue
        seen = aware
        in_time = True
        visits = [day_of(row["visit_date"], "pf_visits") for row in council.of("pf_visits", "pf_ref", row["pf_ref"])]
        for day in [*sorted(day for day in visits if day and aware <= day <= until), until]:
            if day - seen > datetime.timedelta(days=42):
                in_time = False
            seen = day
        cases.append(in_time)
    return share(cases)


def pf04_late(council: Council, last: Day) -> int:
    """Begun, not ended, in the first twelve months of awareness, not seen for more than 42 days."""
    number = 0
    for row in council[FOSTERING]:
        aware = day_of(row["date_la_aware"], FOSTERING)
        started, ended = day_of(row["date_started"], FOSTERING), day_of(row["date_ended"], FOSTERING)
        if not aware or aware > last or not is_open(started, ended, last) or last > months_later(aware, 12):
            continue
        visits = [day_of(row["visit_date"], "pf_visits") for row in council.of("pf_visits", "pf_ref", row["pf_ref"])]
        seen = max([aware, *[day for day in visits if day and aware <= day <= last]])
        if last - seen > datetime.timedelta(days=42):
            number += 1
    return number


def pf06(council: Council, first: Day, last: Day) -> Parts:
    visits = _dated(council, "pf_visits", "visit_date", first, last)
    return share(visit["seen_alone"] == "Y" for visit in visits if visit["seen_alone"] != "INAPPROPRIATE")


def by_end_reason(council: Council, first: Day, last: Day) -> list[str]:
    return [row["end_reason"] for row in _dated(council, FOSTERING, "date_ended", first, last)]


def pf08(council: Council, first: Day, last: Day) -> Parts:
    return float(len(by_end_reason(council, first, last))), None


def by_age(council: Council, first: Day, last: Day) -> list[str]:
    groups = []
    for row in council[FOSTERING]:
        if is_open(day_of(row["date_started"], FOSTERING), day_of(row["date_ended"], FOSTERING), last):
            born = council.born(row["child_id"])
            groups.append(_age_band(age(born, last)) if born and born <= last else "")
    return groups


def _age_band(years: int) -> str:
    if years < 1:
        return "under 1"
    if years <= 4:
        return "1 to 4"
    if years <= 9:
        return "5 to 9"
    return "10 to 15" if years <= 15 else "16 and over"


def pf09(council: Council, first: Day, last: Day) -> Parts:
    return float(len(by_age(council, first, last))), None


INDICATORS = {
    "LD01": Reading(ld01, "count", (YEAR, HALF, WEEK), (LOG,), by_contact_type),
    "LD02": Reading(ld02, "count", (YEAR,), (LOG,), by_agency),
    "LD05": Reading(ld05, "percent", (YEAR,), (LOG,)),
    "LD07": Reading(ld07, "percent", (YEAR,), (LOG,)),
    "LD08": Reading(ld08, "percent", (YEAR,), (LOG,)),
    "LD09": Reading(ld09, "percent", (YEAR,), (LOG,)),
    "LD10": Reading(ld10, "percent", (YEAR,), (LOG,), by_outcome),
    "LD11": Reading(ld11, "count", SNAPSHOT, (LOG,)),
    "PF01": Reading(pf01, "count", (YEAR, HALF, WEEK), (FOSTERING,), by_notifier),
    "PF02": Reading(pf02, "percent", (YEAR, HALF, WEEK), (FOSTERING,), late=pf02_late),
    "PF03": Reading(pf03, "count", (YEAR, HALF, WEEK), (FOSTERING,)),
    "PF04": Reading(pf04, "percent", (YEAR,), (FOSTERING, "pf_visits"), late=pf04_late),
    "PF06": Reading(pf06, "percent", (YEAR,), ("pf_visits",)),
    "PF08": Reading(pf08, "count", (YEAR, HALF, WEEK), (FOSTERING,), by_end_reason),
    "PF09": Reading(pf09, "count", SNAPSHOT, (FOSTERING, "ssd_person"), by_age),
}
