"""Care leavers, by loops."""

from __future__ import annotations

import datetime
from collections.abc import Iterable

from tests.oracle.naive_council import SNAPSHOT, YEAR, Council, Parts, Reading, share
from tests.oracle.naive_drop import Day, Row

GONE = ("DIED", "RHOM")
BOTH = ("Relevant", "Former Relevant")
ACTIVE = ("F1", "P1", "F2", "P2", "F4", "P4", "F5", "P5")


def _leavers(
    council: Council, on: Day, eligibility: Iterable[str], youngest: int, oldest: int
) -> list[tuple[int, Row]]:
    found = []
    for row in council["ssd_care_leavers"]:
        years = council.age_at(row["clea_person_id"], on)
        if row["clea_care_leaver_eligibility"] in eligibility and years is not None and youngest <= years <= oldest:
            found.append((years, row))
    return found


def _to_be_in_touch_with(council: Council, on: Day) -> list[tuple[int, Row]]:
    found = []
    for years, row in _leavers(council, on, BOTH, 17, 25):
        if row["clea_care_leaver_in_touch"] not in GONE and not council.on_short_breaks(row["clea_person_id"], on):
            found.append((years, row))
    return found


def cl01(council: Council, first: Day, last: Day) -> Parts:
    return share(row["clea_care_leaver_in_touch"] == "YES" for _, row in _to_be_in_touch_with(council, last))


def by_age(council: Council, first: Day, last: Day) -> list[str]:
    return [
        "17 to 18" if years <= 18 else "19 to 21" if years <= 21 else "22 to 25"
        for years, _ in _to_be_in_touch_with(council, last)
    ]


def cl02(council: Council, first: Day, last: Day) -> Parts:
    cases = []
    for _, row in _leavers(council, last, BOTH, 0, 21):
        day = council.day(row["clea_care_leaver_latest_contact"])
        cases.append(day is not None and last - datetime.timedelta(days=56) <= day <= last)
    return share(cases)


def _suitable(leavers: list[tuple[int, Row]]) -> Parts:
    cases = []
    for _, row in leavers:
        if row["clea_care_leaver_in_touch"] in GONE or row["clea_care_leaver_accommodation"] in ("G", "H", "R"):
            continue
        cases.append(row["clea_care_leaver_accom_suitable"] == "1")
    return share(cases)


def cl03(council: Council, first: Day, last: Day) -> Parts:
    return _suitable(_leavers(council, last, BOTH, 17, 18))


def cl04(council: Council, first: Day, last: Day) -> Parts:
    return _suitable(_leavers(council, last, ("Former Relevant",), 19, 21))


def _active(leavers: list[tuple[int, Row]]) -> Parts:
    return share(
        row["clea_care_leaver_activity"] in ACTIVE for _, row in leavers if row["clea_care_leaver_in_touch"] not in GONE
    )


def cl05(council: Council, first: Day, last: Day) -> Parts:
    return _active(_leavers(council, last, BOTH, 17, 18))


def cl06(council: Council, first: Day, last: Day) -> Parts:
    return _active(_leavers(council, last, ("Former Relevant",), 19, 21))


LEAVERS = ("ssd_care_leavers", "ssd_person")
INDICATORS = {
    "CL01": Reading(cl01, "percent", ("snapshot", YEAR), (*LEAVERS, "ssd_legal_status"), by_age),
    "CL02": Reading(cl02, "percent", SNAPSHOT, LEAVERS),
    "CL03": Reading(cl03, "percent", (YEAR,), LEAVERS),
    "CL04": Reading(cl04, "percent", (YEAR,), LEAVERS),
    "CL05": Reading(cl05, "percent", (YEAR,), LEAVERS),
    "CL06": Reading(cl06, "percent", (YEAR,), LEAVERS),
}
