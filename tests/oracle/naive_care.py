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
    all_met,
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
        # What is as far as the mark 999.9 or farther is the mark: some programs write it with a rest behind the point.
        if miles is not None and miles < 999.9:
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


def _visits_due(council: Council, child: str, last: Day) -> list[tuple[Day, Day | None]] | None:
    """Due dates of the visits since the placement open at a date began, with the day each was met on (LA12)."""
    placement = council.placement(child, last)
    if placement is None:
        return None
    start = day_of(placement["clap_cla_placement_start_date"])
    assert start
    seen = set()
    for row in council.of("ssd_cla_visits", "clav_person_id", child):
        day = day_of(row["clav_cla_visit_date"])
        if day and start <= day <= last and yes(row["clav_cla_visit_seen"]):
            seen.add(day)
    chain: list[tuple[Day, Day | None]] = []
    due = start + datetime.timedelta(days=7)
    for day in sorted(seen):
        chain.append((due, day))
        apart, due_weekly = 42, day + datetime.timedelta(days=7)
        if placement["clap_cla_placement_type"] == "P1" and _under_interim_order(council, child, day):
            apart = 28 if _reviewed(council, placement["clap_cla_id"], start, due_weekly) else 7
        due = day + datetime.timedelta(days=apart)
    return [*chain, (due, None)]


def _under_interim_order(council: Council, child: str, on: Day) -> bool:
    for row in council.of("ssd_legal_status", "lega_person_id", child):
        if row["lega_legal_status"] == "C1" and is_open(
            day_of(row["lega_legal_status_start_date"]), day_of(row["lega_legal_status_end_date"]), on
        ):
            return True
    return False


def _reviewed(council: Council, period: str, first: Day, last: Day) -> bool:
    for review in council.of("ssd_cla_reviews", "clar_cla_id", period):
        day = day_of(review["clar_cla_review_date"])
        if day and first <= day <= last and not yes(review["clar_cla_review_cancelled"]):
            return True
    return False


def _visited(council: Council, last: Day, *, all_of_them: bool) -> Parts:
    cases = []
    for child in council.looked_after(last):
        chain = _visits_due(council, child, last)
        if chain is None:
            cases.append(False)
        elif chain[0][0] < last:
            cases.append(all_met(chain, Day.min, last) if all_of_them else on_time_now(chain, last))
    return share(cases)


def la12(council: Council, first: Day, last: Day) -> Parts:
    return _visited(council, last, all_of_them=False)


def la12_beside(council: Council, first: Day, last: Day) -> Parts:
    """Every visit since the placement began in time."""
    return _visited(council, last, all_of_them=True)


def la12_late(council: Council, last: Day) -> int:
    """Children whose next visit fell due before the day and is not made."""
    chains = [_visits_due(council, child, last) for child in council.looked_after(last)]
    return len([chain for chain in chains if chain and chain[-1][0] < last])


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
    "LA12": Reading(
        la12, "percent", SNAPSHOT, (*CARE, "ssd_cla_placement", "ssd_cla_visits"), late=la12_late, beside=la12_beside
    ),
    "LA13": Reading(la13, "percent", (YEAR, MONTH), ("ssd_cla_visits", "ssd_person")),
    "LA14": Reading(la14, "percent", (YEAR,), (*CARE, "ssd_involvements")),
    "LA16": Reading(la16, "percent", (YEAR, HALF, WEEK), (*CARE, "ssd_missing")),
}
