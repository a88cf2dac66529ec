"""The family of national indicators, by loops."""

from __future__ import annotations

from collections import defaultdict
from itertools import chain, repeat
from typing import Any

from tests.oracle.naive_council import NI, Council, Parts, Reading, all_met, amount, reviews_due, share, yes
from tests.oracle.naive_days import age, in_force, is_open, months_later, working_days_later
from tests.oracle.naive_drop import Day, Row, day_of


def ni58(council: Council, first: Day, last: Day) -> Parts:
    total, children = 0.0, 0
    for child in council.cohort(last):
        latest: tuple[Day, str] | None = None
        score = 0.0
        for row in council.of("ssd_sdq_scores", "csdq_person_id", child):
            day, points = day_of(row["csdq_sdq_completed_date"]), amount(row["csdq_sdq_score"])
            if day is None or points is None or not first <= day <= last:
                continue
            years = council.age_at(child, day)
            if years is None or not 4 <= years <= 16:
                continue
            if latest is None or (day, row["csdq_table_id"]) > latest:
                latest, score = (day, row["csdq_table_id"]), points
        if latest:
            total, children = total + score, children + 1
    return total, float(children)


def ni61(council: Council, first: Day, last: Day) -> Parts:
    cases = []
    for row in council["ssd_cla_episodes"]:
        end = day_of(row["clae_cla_episode_ceased_date"])
        if not end or not first <= end <= last or row["clae_cla_episode_ceased_reason"] not in ("E11", "E12"):
            continue
        in_time = False
        for path in council.of("ssd_permanence", "perm_cla_id", row["clae_cla_id"]):
            decided, placed = council.day(path["perm_adm_decision_date"]), day_of(path["perm_placed_for_adoption_date"])
            if decided and decided <= last and placed and placed <= last and placed <= months_later(decided, 12):
                in_time = True
        cases.append(in_time)
    return share(cases)


def ni61_late(council: Council, last: Day) -> int:
    """Decisions of more than twelve months ago, not reversed, of children looked after and not placed."""
    number = 0
    for child in council.looked_after(last):
        late = False
        periods = [
            row["clae_cla_id"]
            for row in council.of("ssd_cla_episodes", "clae_person_id", child)
            if row["clae_cla_id"]
            and is_open(day_of(row["clae_cla_episode_start_date"]), day_of(row["clae_cla_episode_ceased_date"]), last)
        ]
        for path in [path for period in periods for path in council.of("ssd_permanence", "perm_cla_id", period)]:
            decided, placed = day_of(path["perm_adm_decision_date"]), day_of(path["perm_placed_for_adoption_date"])
            reversed_on = day_of(path["perm_decision_reversed_date"])
            if not decided or (placed and placed <= last) or (reversed_on and reversed_on <= last):
                continue
            late = late or months_later(decided, 12) < last
        number += late
    return number


def ni62(council: Council, first: Day, last: Day) -> Parts:
    cases = []
    for child in council.looked_after(last):
        rows = council.of("ssd_cla_placement", "clap_person_id", child)

        def in_order(row: Row) -> tuple[Any, ...]:
            end = day_of(row["clap_cla_placement_end_date"])
            return day_of(row["clap_cla_placement_start_date"]), end or Day.max, row["clap_cla_placement_id"]

        stays: list[list[Row]] = []
        for row in sorted(rows, key=in_order):
            if row["clap_cla_placement_type"] in ("A3", "A5") and stays:
                stays[-1].append(row)
            else:
                stays.append([row])
        number = 0
        for stay in stays:
            for row in stay:
                start = day_of(row["clap_cla_placement_start_date"])
                end = day_of(row["clap_cla_placement_end_date"])
                if row["clap_cla_placement_type"] in ("T0", "T1", "T2", "T3", "T4") or start == end:
                    continue
                if in_force(start, end, first, last):
                    number += 1
                    break
        cases.append(number >= 3)
    return share(cases)


def ni63(council: Council, first: Day, last: Day) -> Parts:
    cases = []
    for child, entries in council.looked_after(last).items():
        born = council.born(child)
        if born is None or age(born, last) >= 16:
            continue
        if not any(entry <= months_later(last, -30) for entry in entries):
            continue
        newest: Row | None = None
        began: Day | None = None
        rows = council.of("ssd_cla_placement", "clap_person_id", child)
        for row in sorted(rows, key=lambda row: str(row["clap_cla_placement_id"])):
            start, end = day_of(row["clap_cla_placement_start_date"]), day_of(row["clap_cla_placement_end_date"])
            if is_open(start, end, last) and (began is None or (start is not None and start > began)):
                newest, began = row, start
        if newest is None or began is None:
            cases.append(False)
            continue
        since = began
        if newest["clap_cla_placement_type"] in ("A3", "A4", "A5", "A6"):
            for row in rows:
                start = day_of(row["clap_cla_placement_start_date"])
                if start and day_of(row["clap_cla_placement_end_date"]) == began and start < since:
                    since = start
        cases.append(since <= months_later(last, -24))
    return share(cases)


def ni64(council: Council, first: Day, last: Day) -> Parts:
    cases = []
    for plan in council.own_plans():
        start, end = day_of(plan["cppl_cp_plan_start_date"]), day_of(plan["cppl_cp_plan_end_date"])
        if start and end and first <= end <= last:
            cases.append((end - start).days > 729)
    return share(cases)


def ni65(council: Council, first: Day, last: Day) -> Parts:
    cases = []
    plans = council.own_plans()
    starts: dict[str, list[Day]] = defaultdict(list)
    for plan in plans:
        start = day_of(plan["cppl_cp_plan_start_date"])
        assert start is not None
        starts[plan["cppl_person_id"]].append(start)
    for plan in plans:
        start = day_of(plan["cppl_cp_plan_start_date"])
        assert start is not None
        if first <= start <= last:
            cases.append(any(earlier < start for earlier in starts[plan["cppl_person_id"]]))
    return share(cases)


def care_reviews(council: Council, child: str, last: Day) -> tuple[Day, list[tuple[Day, Day | None]]] | None:
    """Entry into care and the review due dates of a child's period of care; the earliest entered of several."""
    periods = []
    for row in council.of("ssd_cla_episodes", "clae_person_id", child):
        start, end = day_of(row["clae_cla_episode_start_date"]), day_of(row["clae_cla_episode_ceased_date"])
        entry = day_of(row["clae_entered_care_date"])
        if is_open(start, end, last) and entry:
            periods.append((entry, row["clae_cla_id"] == "", row["clae_cla_id"]))
    if not periods:
        return None
    entry, _, period = min(periods)
    held = []
    for review in council.of("ssd_cla_reviews", "clar_cla_id", period):
        day = day_of(review["clar_cla_review_date"])
        if day and day <= last and not yes(review["clar_cla_review_cancelled"]):
            held.append(day)
    return entry, reviews_due(working_days_later(entry, 20), held, chain([3], repeat(6)))


def ni66(council: Council, first: Day, last: Day) -> Parts:
    cases = []
    for child in council.looked_after(last):
        found = care_reviews(council, child, last)
        if not found or (last - found[0]).days <= 28:
            continue
        if any(first <= due <= last for due, _ in found[1]):
            cases.append(all_met(found[1], first, last))
    return share(cases)


def ni67(council: Council, first: Day, last: Day) -> Parts:
    in_time: dict[str, bool] = {}
    for plan in council.own_plans():
        start, end = day_of(plan["cppl_cp_plan_start_date"]), day_of(plan["cppl_cp_plan_end_date"])
        assert start is not None
        if not is_open(start, end, last) or start > months_later(last, -3):
            continue
        child = plan["cppl_person_id"]
        met = all_met(reviews_of_plan(council, plan, start, last), first, last)
        in_time[child] = in_time.get(child, True) and met
    return share(in_time.values())


def reviews_of_plan(council: Council, plan: Row, start: Day, last: Day) -> list[tuple[Day, Day | None]]:
    """Review due dates of a protection plan, as known on a day."""
    held = []
    for review in council.of("ssd_cp_reviews", "cppr_cp_plan_id", plan["cppl_cp_plan_id"]):
        day = day_of(review["cppr_cp_review_date"])
        if day and day <= last:
            held.append(day)
    return reviews_due(months_later(start, 3), held, repeat(6))


INDICATORS = {
    "NI58": Reading(ni58, "average", NI, ("ssd_cla_episodes", "ssd_legal_status", "ssd_sdq_scores", "ssd_person")),
    "NI61": Reading(ni61, "percent", NI, ("ssd_cla_episodes", "ssd_permanence"), late=ni61_late),
    "NI62": Reading(ni62, "percent", NI, ("ssd_cla_episodes", "ssd_cla_placement", "ssd_legal_status")),
    "NI63": Reading(
        ni63, "percent", ("snapshot", "financial_year"), ("ssd_cla_episodes", "ssd_cla_placement", "ssd_person")
    ),
    "NI64": Reading(ni64, "percent", NI, ("ssd_cp_plans",)),
    "NI65": Reading(ni65, "percent", NI, ("ssd_cp_plans",)),
    "NI66": Reading(ni66, "percent", NI, ("ssd_cla_episodes", "ssd_legal_status", "ssd_cla_reviews")),
    "NI67": Reading(ni67, "percent", NI, ("ssd_cp_plans", "ssd_cp_reviews")),
}
