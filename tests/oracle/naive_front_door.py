"""Front door, assessment and child in need, by loops."""

from __future__ import annotations

import json

from tests.oracle.naive_council import HALF, MONTH, SNAPSHOT, WEEK, YEAR, Council, Parts, Reading, share, yes
from tests.oracle.naive_days import is_open, months_later, working_days_later
from tests.oracle.naive_drop import Day, Row, day_of

SOURCE_GROUPS = {
    "4": "housing",
    "6": "police",
    "7": "other legal agency",
    "8": "other",
    "9": "anonymous",
    "10": "unknown",
}
# Codes of these have a letter after the digit.
SOURCES_BY_LETTER = {"1": "individual", "2": "school", "3": "health", "5": "local authority"}


def fd01(council: Council, first: Day, last: Day) -> Parts:
    number = 0
    for row in council["ssd_contacts"]:
        day = day_of(row["cont_contact_date"])
        if day and first <= day <= last:
            number += 1
    return float(number), None


def fd02(council: Council, first: Day, last: Day) -> Parts:
    cases = []
    for row in council["ssd_contacts"]:
        day = day_of(row["cont_contact_date"])
        if not day or not first <= day <= last:
            continue
        on_open_case = became_referral = False
        for referral in council.of("ssd_cin_episodes", "cine_person_id", row["cont_person_id"]):
            referred, closed = council.day(referral["cine_referral_date"]), day_of(referral["cine_close_date"])
            if not referred:
                continue
            if referred < day and (closed is None or closed > day) and not yes(referral["cine_referral_nfa"]):
                on_open_case = True
            if day <= referred <= working_days_later(day, 1):
                became_referral = True
        if on_open_case:
            continue
        flag = outcome_flag(row["cont_contact_outcome_json"], "NEW_REFERRAL_FLAG")
        cases.append(yes(flag) or (flag == "" and became_referral))
    return share(cases)


def outcome_flag(text: str, name: str) -> str:
    """A flag of an outcome written as JSON; "" where blank or unreadable."""
    try:
        outcome = json.loads(text)
    except ValueError:
        return ""
    flag = outcome.get(name) if isinstance(outcome, dict) else None
    return str(flag).strip() if flag is not None else ""


def fd05(council: Council, first: Day, last: Day) -> Parts:
    cases = []
    for row in council["ssd_cin_episodes"]:
        day = day_of(row["cine_referral_date"])
        if not day or not first <= day <= last:
            continue
        again = False
        for other in council.of("ssd_cin_episodes", "cine_person_id", row["cine_person_id"]):
            before = day_of(other["cine_referral_date"])
            if before and months_later(day, -12) <= before < day:
                again = True
        cases.append(again)
    return share(cases)


def _referrals(council: Council, first: Day, last: Day) -> list[Row]:
    found = []
    for row in council["ssd_cin_episodes"]:
        day = day_of(row["cine_referral_date"])
        if day and first <= day <= last:
            found.append(row)
    return found


def fd06(council: Council, first: Day, last: Day) -> Parts:
    return share(yes(row["cine_referral_nfa"]) for row in _referrals(council, first, last))


def by_source(council: Council, first: Day, last: Day) -> list[str]:
    groups = []
    for row in _referrals(council, first, last):
        code = row["cine_referral_source_code"]
        groups.append(SOURCE_GROUPS.get(code, "") or SOURCES_BY_LETTER.get(code[:-1], ""))
    return groups


def fd08(council: Council, first: Day, last: Day) -> Parts:
    return share(group != "" for group in by_source(council, first, last))


def assessment_clock(council: Council, row: Row) -> Day:
    """The day the time of an assessment runs from (AS01)."""
    clock = day_of(row["cina_assessment_start_date"])
    for referral in council.of("ssd_cin_episodes", "cine_referral_id", row["cina_referral_id"]):
        of_the_episode = [
            (day_of(other["cina_assessment_start_date"]), other["cina_assessment_id"])
            for other in council.of("ssd_cin_assessments", "cina_referral_id", row["cina_referral_id"])
        ]
        if min(of_the_episode)[1] == row["cina_assessment_id"]:
            clock = day_of(referral["cine_referral_date"])
    assert clock is not None
    return clock


def as01(council: Council, first: Day, last: Day) -> Parts:
    cases = []
    for row in council["ssd_cin_assessments"]:
        authorised = day_of(row["cina_assessment_auth_date"])
        if authorised and first <= authorised <= last:
            cases.append(authorised <= working_days_later(assessment_clock(council, row), 45))
    return share(cases)


def as01_beside(council: Council, first: Day, last: Day) -> Parts:
    """The clock always starts on the assessment's own start."""
    cases = []
    for row in council["ssd_cin_assessments"]:
        start, authorised = day_of(row["cina_assessment_start_date"]), day_of(row["cina_assessment_auth_date"])
        if start and authorised and first <= authorised <= last:
            cases.append(authorised <= working_days_later(start, 45))
    return share(cases)


def as02(council: Council, first: Day, last: Day) -> Parts:
    cases = []
    for row in council["ssd_cin_assessments"]:
        if is_open(day_of(row["cina_assessment_start_date"]), day_of(row["cina_assessment_auth_date"]), last):
            cases.append(working_days_later(assessment_clock(council, row), 45) < last)
    return share(cases)


def open_cases(council: Council, on: Day) -> list[Row]:
    """Episodes of children in need open at a date (G17)."""
    found = []
    for row in council["ssd_cin_episodes"]:
        if is_open(day_of(row["cine_referral_date"]), day_of(row["cine_close_date"]), on) and not yes(
            row["cine_referral_nfa"]
        ):
            found.append(row)
    return found


def cn01(council: Council, first: Day, last: Day) -> Parts:
    return float(len(open_cases(council, last))), None


def cn03(council: Council, first: Day, last: Day) -> Parts:
    cases = []
    for row in council["ssd_cin_visits"]:
        day = day_of(row["cinv_cin_visit_date"])
        if day and first <= day <= last:
            years = council.age_at(row["cinv_person_id"], day)
            if years is not None and years >= 4:
                cases.append(yes(row["cinv_cin_visit_seen_alone"]))
    return share(cases)


def cn06(council: Council, first: Day, last: Day) -> Parts:
    return share(not council.has_case_worker(row["cine_person_id"], last) for row in open_cases(council, last))


def dq01(council: Council, first: Day, last: Day) -> Parts:
    ethnicities = [council.children[row["cine_person_id"]]["pers_ethnicity"] for row in open_cases(council, last)]
    return share(ethnicity not in ("", "NOBT") for ethnicity in ethnicities)


INDICATORS = {
    "FD01": Reading(fd01, "count", (YEAR, HALF, MONTH, WEEK), ("ssd_contacts",)),
    "FD02": Reading(fd02, "percent", (YEAR, HALF, MONTH, WEEK), ("ssd_contacts", "ssd_cin_episodes")),
    "FD05": Reading(fd05, "percent", (YEAR,), ("ssd_cin_episodes",)),
    "FD06": Reading(fd06, "percent", (YEAR, HALF, MONTH, WEEK), ("ssd_cin_episodes",)),
    "FD08": Reading(fd08, "percent", (YEAR,), ("ssd_cin_episodes",), by_source),
    "AS01": Reading(
        as01, "percent", (YEAR, HALF, MONTH, WEEK), ("ssd_cin_assessments", "ssd_cin_episodes"), beside=as01_beside
    ),
    "AS02": Reading(as02, "count", SNAPSHOT, ("ssd_cin_assessments", "ssd_cin_episodes")),
    "CN01": Reading(cn01, "rate", SNAPSHOT, ("ssd_cin_episodes", "population")),
    "CN03": Reading(cn03, "percent", (YEAR, MONTH), ("ssd_cin_visits", "ssd_person")),
    "CN06": Reading(cn06, "count", SNAPSHOT, ("ssd_cin_episodes", "ssd_involvements")),
    "DQ01": Reading(dq01, "percent", SNAPSHOT, ("ssd_cin_episodes", "ssd_person")),
}
