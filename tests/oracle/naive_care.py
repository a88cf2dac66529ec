"""Children looked after, by loops."""

from __future__ import annotations

import datetime

from tests.oracle.naive_council import (
    HALF,
    MONTH,
    SNAPSHOT,
    WEEK,
    YEAR,
    Council,
    Parts,
    Reading,
    amount,
    on_time_now,
    share,
    yes,
)
from tests.oracle.naive_days import in_force, is_open, working_days_later
from tests.oracle.naive_drop import Day, day_of
from tests.oracle.naive_ni import care_reviews


def la01(council: Council, first: Day, last: Day) -> Parts:
    return float(len(council.looked_after(last))), None


def la02(council: Council, first: Day, last: Day) -> Parts:
    number = 0
    for row in council["ssd_cla_episodes"]:
        start = day_of(row["clae_cla_episode_start_date"])
        if not start or not first <= start <= last or row["clae_cla_episode_start_reason"] != "S":
            continue
        if not council.on_short_breaks(row["clae_person_id"], start):
            number += 1
    return float(number), None


def la03(council: Council, first: Day, last: Day) -> Parts:
    left = set()
    for row in council["ssd_cla_episodes"]:
        day = day_of(row["clae_cla_episode_ceased_date"])
        if not day or not first <= day <= last or row["clae_cla_episode_ceased_reason"] == "X1":
            continue
        if not council.on_short_breaks(row["clae_person_id"], day - datetime.timedelta(days=1)):
            left.add(row["clae_person_id"])
    return float(len(left)), None


def la04(council: Council, first: Day, last: Day) -> Parts:
    cases = []
    for child in council.looked_after(last):
        alone = False
        for row in council.of("ssd_immigration_status", "immi_person_id", child):
            start = day_of(row["immi_immigration_status_start_date"])
            end = day_of(row["immi_immigration_status_end_date"])
            alone = alone or (row["immi_immigration_status"] == "UASC" and is_open(start, end, last))
        cases.append(alone)
    return share(cases)


def la05(council: Council, first: Day, last: Day) -> Parts:
    cases = []
    for child in council.looked_after(last):
        placement = council.placement(child, last)
        kind = placement["clap_cla_placement_type"] if placement else ""
        cases.append(kind in ("U1", "U2", "U3", "U4", "U5", "U6"))
    return share(cases)


def la09(council: Council, first: Day, last: Day) -> Parts:
    cases = []
    for child in council.looked_after(last):
        placement = council.placement(child, last)
        miles = amount(placement["clap_cla_placement_distance"]) if placement else None
        if miles is not None and miles != 999.9:
            cases.append(miles > 20)
    return share(cases)


def la10(council: Council, first: Day, last: Day) -> Parts:
    cases = []
    for child in council.looked_after(last):
        found = care_reviews(council, child, last)
        if found and last > working_days_later(found[0], 20):
            cases.append(on_time_now(found[1], last))
    return share(cases)


def la10_late(council: Council, last: Day) -> int:
    """Children whose next review fell due before the day and is not held."""
    number = 0
    for child in council.looked_after(last):
        found = care_reviews(council, child, last)
        if found and found[1][-1][0] < last:
            number += 1
    return number


def la13(council: Council, first: Day, last: Day) -> Parts:
    cases = []
    for row in council["ssd_cla_visits"]:
        day = day_of(row["clav_cla_visit_date"])
        if day and first <= day <= last:
            years = council.age_at(row["clav_person_id"], day)
            if years is not None and years >= 4:
                cases.append(yes(row["clav_cla_visit_seen_alone"]))
    return share(cases)


def la14(council: Council, first: Day, last: Day) -> Parts:
    cases = []
    for child in council.looked_after(last):
        workers = set()
        for row in council.of("ssd_involvements", "invo_person_id", child):
            start, end = day_of(row["invo_involvement_start_date"]), day_of(row["invo_involvement_end_date"])
            worker = council.professional(row["invo_professional_id"])
            if worker and row["invo_professional_role_id"] == "CW" and in_force(start, end, first, last):
                workers.add(worker)
        cases.append(len(workers) >= 3)
    return share(cases)


def la16(council: Council, first: Day, last: Day) -> Parts:
    in_care = set()
    for row in council["ssd_cla_episodes"]:
        start, end = day_of(row["clae_cla_episode_start_date"]), day_of(row["clae_cla_episode_ceased_date"])
        if not start or not in_force(start, end, first, last):
            continue
        if not council.on_short_breaks(row["clae_person_id"], max(start, first)):
            in_care.add(row["clae_person_id"])
    cases = []
    for child in in_care:
        missing = False
        for row in council.of("ssd_missing", "miss_person_id", child):
            start, end = day_of(row["miss_missing_episode_start_date"]), day_of(row["miss_missing_episode_end_date"])
            if row["miss_missing_episode_type"] != "M" or not start:
                continue
            if first <= start <= last or (start < first and (end is None or end > first)):
                missing = True
        cases.append(missing)
    return share(cases)


CARE = ("ssd_cla_episodes", "ssd_legal_status")
INDICATORS = {
    "LA01": Reading(la01, "rate", SNAPSHOT, (*CARE, "population")),
    "LA02": Reading(la02, "rate", (YEAR, HALF, WEEK), (*CARE, "population")),
    "LA03": Reading(la03, "rate", (YEAR, HALF, WEEK), (*CARE, "population")),
    "LA04": Reading(la04, "percent", SNAPSHOT, (*CARE, "ssd_immigration_status")),
    "LA05": Reading(la05, "percent", SNAPSHOT, (*CARE, "ssd_cla_placement")),
    "LA09": Reading(la09, "percent", SNAPSHOT, (*CARE, "ssd_cla_placement")),
    "LA10": Reading(la10, "percent", SNAPSHOT, (*CARE, "ssd_cla_reviews"), late=la10_late),
    "LA13": Reading(la13, "percent", (YEAR, MONTH), ("ssd_cla_visits", "ssd_person")),
    "LA14": Reading(la14, "percent", (YEAR,), (*CARE, "ssd_involvements")),
    "LA16": Reading(la16, "percent", (YEAR, HALF, WEEK), (*CARE, "ssd_missing")),
}
