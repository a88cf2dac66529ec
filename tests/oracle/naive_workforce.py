"""The workforce, by loops."""

from __future__ import annotations

import datetime

from tests.oracle.naive_council import SNAPSHOT, YEAR, Council, Parts, Reading, amount, share, yes
from tests.oracle.naive_days import is_open, months_later
from tests.oracle.naive_drop import Day, Row, day_of


def _in_post(council: Council, on: Day) -> list[Row]:
    """All staff in post at a date (G19)."""
    return [
        worker for worker in council["hr_staff"]
        if is_open(day_of(worker["start_date"]), day_of(worker["leave_date"]), on)
    ]  # fmt: skip


def _hours(workers: list[Row], *, agency: bool) -> float:
    """Whole-time equivalent of the social workers among them, agency or not."""
    return sum(
        amount(worker["fte"]) or 0.0
        for worker in workers
        if worker["role"] != "0" and (worker["contract"] == "AGENCY") == agency
    )


def _vacant(council: Council, on: Day) -> list[Row]:
    """Posts vacant at a date; a vacancy that begins later does not count (G21)."""
    found = []
    for post in council["hr_posts"]:
        since = day_of(post["vacant_since"])
        if yes(post["vacant"]) and (since is None or since <= on):
            found.append(post)
    return found


def wf01(council: Council, first: Day, last: Day) -> Parts:
    vacant = sum(amount(post["fte"]) or 0.0 for post in _vacant(council, last))
    return vacant, vacant + _hours(_in_post(council, last), agency=False)


def wf02(council: Council, first: Day, last: Day) -> Parts:
    left = []
    for worker in council["hr_staff"]:
        day = day_of(worker["leave_date"])
        if day and first <= day <= last:
            left.append(worker)
    return _hours(left, agency=False), _hours(_in_post(council, last), agency=False)


def wf03(council: Council, first: Day, last: Day) -> Parts:
    workers = _in_post(council, last)
    agency = _hours(workers, agency=True)
    return agency, agency + _hours(workers, agency=False)


def wf04(council: Council, first: Day, last: Day) -> Parts:
    covered = sum(amount(post["fte"]) or 0.0 for post in _vacant(council, last) if yes(post["agency_covering"]))
    return covered, sum(amount(post["fte"]) or 0.0 for post in _vacant(council, last))


def wf05(council: Council, first: Day, last: Day) -> Parts:
    known = {row["prof_professional_id"] for row in council["ssd_professionals"]}
    cases, hours = 0, 0.0
    for worker in council["hr_staff"]:
        if not is_open(day_of(worker["start_date"]), day_of(worker["leave_date"]), last) or worker["role"] == "0":
            continue
        try:
            equivalent = float(worker["fte"])
        except ValueError:
            continue
        # A reference that leads nowhere is not followed (G21), unless the list it leads to did not come.
        if equivalent <= 0 or (known and worker["professional_id"] not in known):
            continue
        children = set()
        for row in council.of("ssd_involvements", "invo_professional_id", worker["professional_id"]):
            if row["invo_professional_role_id"] == "CW" and is_open(
                day_of(row["invo_involvement_start_date"]), day_of(row["invo_involvement_end_date"]), last
            ):
                children.add(row["invo_person_id"])
        if children:
            cases += len(children)
            hours += equivalent
    return float(cases), round(hours, 6)


def wf08(council: Council, first: Day, last: Day) -> Parts:
    return share(worker["ethnicity"] not in ("", "NOBT") for worker in _in_post(council, last))


def _supervised(council: Council, last: Day, *, of_any_kind: bool) -> Parts:
    cases = []
    for worker in _in_post(council, last):
        start, professional = day_of(worker["start_date"]), council.professional(worker["professional_id"])
        if worker["role"] == "0" or not professional or not start or not _has_case(council, professional, last):
            continue
        personal: list[Day] = []
        others: list[Day] = []
        for session in council.of("supervision", "staff_id", worker["staff_id"]):
            day = day_of(session["date_held"])
            if day and start <= day <= last:
                (personal if session["kind"] == "PERSONAL" else others).append(day)
        since = max([start, *personal, *(others if of_any_kind else [])])
        if not personal and _supervision_due(worker, start, start, last) >= last:
            continue
        cases.append(_supervision_due(worker, start, since, last) >= last)
    return share(cases)


def _has_case(council: Council, professional: str, on: Day) -> bool:
    for row in council.of("ssd_involvements", "invo_professional_id", professional):
        if row["invo_professional_role_id"] == "CW" and is_open(
            day_of(row["invo_involvement_start_date"]), day_of(row["invo_involvement_end_date"]), on
        ):
            return True
    return False


def _supervision_due(worker: Row, start: Day, since: Day, on: Day) -> Day:
    if worker["asye_stage"] in ("0_6W", "6W_6M", "6M_12M"):
        if on <= start + datetime.timedelta(days=42):
            return since + datetime.timedelta(days=7)
        if on <= months_later(start, 6):
            return since + datetime.timedelta(days=14)
    return months_later(since, 1)


def su01(council: Council, first: Day, last: Day) -> Parts:
    return _supervised(council, last, of_any_kind=False)


def su01_beside(council: Council, first: Day, last: Day) -> Parts:
    """Case and group supervision count as well."""
    return _supervised(council, last, of_any_kind=True)


INDICATORS = {
    "WF01": Reading(wf01, "percent", SNAPSHOT, ("hr_posts", "hr_staff")),
    "WF02": Reading(wf02, "percent", (YEAR,), ("hr_staff",)),
    "WF03": Reading(wf03, "percent", SNAPSHOT, ("hr_staff",)),
    "WF04": Reading(wf04, "percent", SNAPSHOT, ("hr_posts",)),
    "WF05": Reading(wf05, "ratio", SNAPSHOT, ("hr_staff", "ssd_involvements")),
    "SU01": Reading(su01, "percent", SNAPSHOT, ("hr_staff", "supervision", "ssd_involvements"), beside=su01_beside),
    "WF08": Reading(wf08, "percent", SNAPSHOT, ("hr_staff",)),
}
