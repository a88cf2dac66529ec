"""Health of children looked after, and child and adolescent mental health services, by loops."""

from __future__ import annotations

import datetime
import re
from collections import defaultdict

from tests.oracle.naive_council import MONTH, SNAPSHOT, YEAR, Council, Parts, Reading, amount, share, yes
from tests.oracle.naive_days import months_later, working_days_later
from tests.oracle.naive_drop import Day, Row, day_of


def _reported(council: Council) -> dict[str, list[Day]]:
    """Days on which reports of completed initial assessments came back, by child."""
    returned: dict[str, list[Day]] = defaultdict(list)
    for row in council["nhs_health_assessments"]:
        day = day_of(row["date_report_returned"])
        if row["assessment_kind"] == "IHA" and row["outcome"] == "COMPLETED" and day:
            returned[council.child_of(row)].append(day)
    return returned


def _starts(council: Council) -> list[tuple[str, Day, Day, Day | None]]:
    """Starts to be looked after: the child, the day, the day of entry, the day care ended."""
    found = []
    for row in council["ssd_cla_episodes"]:
        start, child = day_of(row["clae_cla_episode_start_date"]), row["clae_person_id"]
        if not start or row["clae_cla_episode_start_reason"] != "S" or council.on_short_breaks(child, start):
            continue
        left: Day | None = None
        for other in council.of("ssd_cla_episodes", "clae_cla_id", row["clae_cla_id"]) or [row]:
            end = day_of(other["clae_cla_episode_ceased_date"])
            if other["clae_person_id"] == child and other["clae_cla_episode_ceased_reason"] != "X1" and end:
                left = min(left or end, end)
        found.append((child, start, day_of(row["clae_entered_care_date"]) or start, left))
    return found


def he01(council: Council, first: Day, last: Day) -> Parts:
    reported = _reported(council)
    cases = []
    for child, start, entry, left in _starts(council):
        due = working_days_later(entry, 20)
        if first <= start <= last and due <= last and (left is None or left > due):
            cases.append(any(entry <= day <= due for day in reported[child]))
    return share(cases)


def he01_late(council: Council, last: Day) -> int:
    """Looked after, the twentieth working day gone by, no completed initial assessment reported."""
    reported = _reported(council)
    looked_after = council.looked_after(last)
    number = 0
    for child, _, entry, left in _starts(council):
        if child not in looked_after or (left and left <= last) or working_days_later(entry, 20) >= last:
            continue
        number += not any(entry <= day <= last for day in reported[child])
    return number


def _assessed(council: Council) -> dict[str, set[Day]]:
    """Days of each child's completed health assessments, from the case system and the trust (HE03)."""
    days: dict[str, set[Day]] = defaultdict(set)
    for row in council["ssd_cla_health"]:
        day = council.day(row["clah_health_check_date"])
        if row["clah_health_check_type"] in ("IHA", "RHA") and row["clah_health_check_status"] == "Completed" and day:
            days[row["clah_person_id"]].add(day)
    for row in council["nhs_health_assessments"]:
        day = council.day(row["date_attended"])
        if row["assessment_kind"] in ("IHA", "RHA6", "RHA12") and row["outcome"] == "COMPLETED" and day:
            days[council.child_of(row)].add(day)
    return days


def he03(council: Council, first: Day, last: Day) -> Parts:
    assessed = _assessed(council)
    cases = []
    for child, entries in council.looked_after(last).items():
        years = council.age_at(child, last)
        if years is None:
            continue
        since = months_later(last, -6 if years < 5 else -12)
        if any(entry < since for entry in entries):
            cases.append(any(since <= day <= last for day in assessed[child]))
    return share(cases)


def he04(council: Council, first: Day, last: Day) -> Parts:
    assessed = _assessed(council)
    cases = []
    for child in council.cohort(last):
        years = council.age_at(child, last)
        needed = 2 if years is not None and years < 5 else 1
        cases.append(len([day for day in assessed[child] if first <= day <= last]) >= needed)
    return share(cases)


def he05(council: Council, first: Day, last: Day) -> Parts:
    checked: dict[str, list[Day]] = defaultdict(list)
    for row in council["ssd_cla_health"]:
        day = day_of(row["clah_health_check_date"])
        if row["clah_health_check_type"] == "DENT" and row["clah_health_check_status"] == "Completed" and day:
            checked[row["clah_person_id"]].append(day)
    for row in council["nhs_dental"]:
        day = day_of(row["check_date"])
        if row["status"] == "CHECKED" and day:
            checked[council.child_of(row)].append(day)
    cases = []
    for child, entries in council.looked_after(last).items():
        if any(entry <= months_later(last, -12) for entry in entries):
            cases.append(any(first <= day <= last for day in checked[child]))
    return share(cases)


def he06(council: Council, first: Day, last: Day) -> Parts:
    cases = []
    for child in council.cohort(last):
        up_to_date = False
        for row in council.of("ssd_cla_immunisations", "clai_person_id", child):
            day = day_of(row["clai_immunisations_status_date"])
            up_to_date = yes(row["clai_immunisations_status"]) and (day is None or day <= last)
        cases.append(up_to_date)
    return share(cases)


def _sdq(council: Council, first: Day, last: Day, *, or_reason: bool) -> Parts:
    cases = []
    for child in council.cohort(last):
        years = council.age_at(child, last)
        if years is None or not 4 <= years <= 16:
            continue
        scored = False
        for row in council.of("ssd_sdq_scores", "csdq_person_id", child):
            day = day_of(row["csdq_sdq_completed_date"])
            if day and first <= day <= last and (amount(row["csdq_sdq_score"]) is not None):
                scored = True
            if day and first <= day <= last and or_reason and row["csdq_sdq_reason"]:
                scored = True
        cases.append(scored)
    return share(cases)


def he08(council: Council, first: Day, last: Day) -> Parts:
    return _sdq(council, first, last, or_reason=False)


def he08_beside(council: Council, first: Day, last: Day) -> Parts:
    """A reason for having no score counts as a score."""
    return _sdq(council, first, last, or_reason=True)


def ca01(council: Council, first: Day, last: Day) -> Parts:
    cases = []
    for row in council["nhs_camhs"]:
        day = day_of(row["date_decision"])
        if day and first <= day <= last and row["decision"] != "PENDING":
            cases.append(row["decision"] == "ACCEPTED")
    return share(cases)


def _limit(row: Row) -> datetime.timedelta | None:
    """A referral's limit in weeks, None where it has none."""
    weeks = re.fullmatch(r"(-?\d+)(\.0+)?", row["spec_limit_weeks"])
    return datetime.timedelta(weeks=int(weeks[1])) if weeks else None


def ca02(council: Council, first: Day, last: Day) -> Parts:
    cases = []
    for row in council["nhs_camhs"]:
        received, seen, limit = day_of(row["date_received"]), day_of(row["date_first_contact"]), _limit(row)
        if received and seen and first <= seen <= last:
            cases.append(limit is not None and seen <= received + limit)
    return share(cases)


def ca03(council: Council, first: Day, last: Day) -> Parts:
    cases = []
    for row in council["nhs_camhs"]:
        received, limit = day_of(row["date_received"]), _limit(row)
        seen, discharged = day_of(row["date_first_contact"]), day_of(row["date_discharged"])
        if not received or received > last or row["decision"] not in ("ACCEPTED", "PENDING"):
            continue
        if (seen and seen <= last) or (discharged and discharged <= last):
            continue
        cases.append(limit is not None and received + limit < last)
    return share(cases)


def ca04_days(council: Council, first: Day, last: Day) -> list[int]:
    """Calendar days from the referral to the first contact."""
    days = []
    for row in council["nhs_camhs"]:
        received, seen = day_of(row["date_received"]), day_of(row["date_first_contact"])
        if received and seen and first <= seen <= last:
            days.append((seen - received).days)
    return days


def ca04(council: Council, first: Day, last: Day) -> Parts:
    days = ca04_days(council, first, last)
    return float(sum(days)), float(len(days))


def ca04_beside(council: Council, first: Day, last: Day) -> Parts:
    """To the second contact, of the same referrals, where it was made by the last day."""
    days = []
    for row in council["nhs_camhs"]:
        received, seen = day_of(row["date_received"]), day_of(row["date_first_contact"])
        again = day_of(row["date_second_contact"])
        if received and seen and again and first <= seen <= last and again <= last:
            days.append((again - received).days)
    return float(sum(days)), float(len(days))


CARE = ("ssd_cla_episodes", "ssd_legal_status")
HEALTH = ("ssd_cla_health", "nhs_health_assessments")
INDICATORS = {
    "HE01": Reading(he01, "percent", (YEAR, MONTH), (*CARE, "nhs_health_assessments"), late=he01_late),
    "HE03": Reading(he03, "percent", SNAPSHOT, (*CARE, *HEALTH, "ssd_person")),
    "HE04": Reading(he04, "percent", (YEAR,), (*CARE, *HEALTH, "ssd_person")),
    "HE05": Reading(he05, "percent", (YEAR,), (*CARE, "ssd_cla_health", "nhs_dental")),
    "HE06": Reading(he06, "percent", SNAPSHOT, (*CARE, "ssd_cla_immunisations")),
    "HE08": Reading(he08, "percent", (YEAR,), (*CARE, "ssd_sdq_scores", "ssd_person"), beside=he08_beside),
    "CA01": Reading(ca01, "percent", (YEAR, MONTH), ("nhs_camhs",)),
    "CA02": Reading(ca02, "percent", (YEAR, MONTH), ("nhs_camhs",)),
    "CA03": Reading(ca03, "count", SNAPSHOT, ("nhs_camhs",)),
    "CA04": Reading(ca04, "median_days", (YEAR,), ("nhs_camhs",), beside=ca04_beside, days=ca04_days),
}
