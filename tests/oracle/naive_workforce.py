"""The workforce, by loops."""

from __future__ import annotations

from tests.oracle.naive_council import SNAPSHOT, YEAR, Council, Parts, Reading, amount, share, yes
from tests.oracle.naive_days import is_open
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
    """Posts vacant at a date; a vacancy whose first day lies ahead has not come (G21)."""
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


INDICATORS = {
    "WF01": Reading(wf01, "percent", SNAPSHOT, ("hr_posts", "hr_staff")),
    "WF02": Reading(wf02, "percent", (YEAR,), ("hr_staff",)),
    "WF03": Reading(wf03, "percent", SNAPSHOT, ("hr_staff",)),
    "WF04": Reading(wf04, "percent", SNAPSHOT, ("hr_posts",)),
    "WF05": Reading(wf05, "ratio", SNAPSHOT, ("hr_staff", "ssd_involvements")),
    "WF08": Reading(wf08, "percent", SNAPSHOT, ("hr_staff",)),
}
