"""The logs kept outside the case system: allegations against adults (LADO) and private fostering."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import polars as pl

from flows.demo.invented_council.columns import (
    between,
    chance,
    choose,
    days,
    every,
    numbered,
    pick,
    pick_where,
    table,
    whole,
    yes_no,
)
from flows.demo.invented_council.council import Council, ExtractAsKnown
from flows.demo.invented_council.days import NEVER, YEAR, Arrays, Flags, Ints, add_months
from flows.demo.invented_council.workforce import REVIEWING, SAFEGUARD, Workforce, worker_ids

OUTCOMES = ("SUBSTANTIATED", "UNSUBSTANTIATED", "UNFOUNDED", "FALSE", "MALICIOUS", "NFA_THRESHOLD", "TRANSFERRED")
SECTORS = (
    "EDUCATION", "FOSTERING", "EARLY_YEARS", "RESIDENTIAL", "VOLUNTARY", "HEALTH", "TRANSPORT", "SPORT_LEISURE",
    "FAITH", "SOCIAL_CARE", "POLICE",
)  # fmt: skip
ROLES = (
    "TEACHER", "FOSTER_CARER", "NURSERY", "RESIDENTIAL_WORKER", "VOLUNTEER", "HEALTH", "DRIVER_ESCORT", "COACH",
    "FAITH_LEADER", "SOCIAL_WORKER", "POLICE",
)  # fmt: skip
SECTOR_WEIGHTS = (0.38, 0.14, 0.12, 0.1, 0.06, 0.05, 0.05, 0.04, 0.02, 0.03, 0.01)
SUBSTANTIATED, FOSTERING = OUTCOMES.index("SUBSTANTIATED"), SECTORS.index("FOSTERING")
AGENCIES = ("EDUCATION", "SOCIAL_CARE", "POLICE", "EARLY_YEARS", "FOSTERING", "OFSTED", "HEALTH", "PARENT_PUBLIC")
EMPLOYERS = (
    "Kiln Road School",
    "Saltwick Nursery",
    "Tenter House",
    "Wherry Carers",
    "Marl Street Club",
    "Otter Minibuses",
)


def tables(extract: ExtractAsKnown, workforce: Workforce) -> Iterator[tuple[str, pl.DataFrame]]:
    yield "lado_log", allegations(extract, workforce)
    arrangements = arrangements_of(extract.council)
    visits = visits_of(extract.council, arrangements)
    yield "private_fostering", arrangement_table(extract, workforce, arrangements)
    yield "pf_visits", visit_table(visits)


def evenly(rng: np.random.Generator, council: Council, per_year: float, least_per_year: int) -> Ints:
    """Days of events over the extract's six years, in order: at least `least_per_year` a year."""
    yearly = max(float(least_per_year), per_year)
    count = round(yearly * (council.ends - council.begins) / YEAR)
    return np.sort(rng.integers(council.begins, council.ends + 1, count, dtype=np.int64))


def allegations(extract: ExtractAsKnown, workforce: Workforce) -> pl.DataFrame:
    """About 42 contacts a year per 10,000 residents; four in ten are referrals, most of them concluded in a month.

    One referral still open disappears from the log between the last two extracts without ever having been closed.
    """
    council = extract.council
    rng = council.random("allegations")
    found = _contacts_with_the_lado(rng, council)
    child, names_child = _children_named(rng, council, found["day"])
    gone = np.flatnonzero((found["referral"] == 1) & (found["day"] <= council.ends - 75))[-1:]
    found["concluded"][gone] = NEVER
    withdrawn = np.full(len(found["day"]), NEVER, dtype=np.int64)
    withdrawn[gone] = council.corrected_on
    officer = workforce.draw(rng, REVIEWING, len(found["day"]))
    found |= _thresholds_and_closures(rng, found)
    return table(
        {
            **_columns_of_the_contact(rng, found),
            "child_ids": extract.child(child).set(pl.Series(~names_child), None),
            **_columns_of_the_routes(rng, found, extract.as_at),
            **_columns_of_the_outcome(rng, found),
            "lado_officer": worker_ids(workforce.on_duty(officer, found["day"])),
        },
        found["day"],
        withdrawn,
    )


def _contacts_with_the_lado(rng: np.random.Generator, council: Council) -> Arrays:
    """Contacts by day: allegation and adult, and when the employer knew, people met and the case was concluded."""
    day = council.working_days.on_or_before(evenly(rng, council, council.residents * 0.0042, 20))
    count = len(day)
    referral = chance(rng, 0.40, count)
    subject = between(rng, 1, max(8, int(count * 1.9)), count)
    sector = choose(rng, SECTOR_WEIGHTS, count)
    category = choose(rng, (0.42, 0.1, 0.17, 0.06, 0.25), count)
    speed = choose(rng, (0.70, 0.18, 0.10, 0.02), count)
    low, high = np.asarray((4, 33, 100, 370))[speed], np.asarray((28, 85, 340, 460))[speed]
    length = (low + rng.random(count) * (high - low)).astype(np.int64)
    concluded = np.maximum(council.working_days.on_or_before(day + length), day + 1)
    outcome = choose(rng, (0.33, 0.25, 0.14, 0.06, 0.02, 0.17, 0.03), count)
    decided = day + choose(rng, (0.4, 0.3, 0.15, 0.1, 0.05), count)
    meeting = np.where(
        referral & chance(rng, 0.8, count), council.working_days.on_or_after(day + between(rng, 1, 9, count)), NEVER
    )
    aware = day - np.where(chance(rng, 0.83, count), choose(rng, (0.6, 0.4), count), between(rng, 3, 20, count))
    incident = aware - choose(rng, (0.4, 0.2, 0.1, 0.1, 0.2), count) * between(rng, 1, 30, count)
    non_recent = chance(rng, 0.08, count)
    return {
        "day": day,
        "referral": referral.astype(np.int64),
        "subject": subject,
        "sector": sector,
        "category": category,
        "concluded": np.where(referral, concluded, NEVER),
        "outcome": outcome,
        "decided": decided,
        "meeting": meeting,
        "aware": aware,
        "incident": np.where(non_recent, incident - 3000, incident),
        "non_recent": non_recent.astype(np.int64),
    }


def _children_named(rng: np.random.Generator, council: Council, day: Ints) -> tuple[Ints, Flags]:
    """A child on file by each day, and whether the contact names that child."""
    on_file = np.searchsorted(np.sort(council.first_known), day, side="right")
    by_first_day = np.argsort(council.first_known, kind="stable")
    child = by_first_day[(rng.random(len(day)) * np.maximum(on_file, 1)).astype(np.int64)]
    return child, chance(rng, 0.55, len(day)) & (on_file > 0)


def _thresholds_and_closures(rng: np.random.Generator, found: Arrays) -> Arrays:
    """Whether each contact meets the threshold, and the day it is closed."""
    day, concluded = found["day"], found["concluded"]
    count = len(day)
    is_referral = found["referral"] == 1
    met = is_referral & chance(rng, 0.88, count)
    closed = np.where(
        concluded < NEVER,
        concluded + between(rng, 0, 12, count),
        np.where(~is_referral, day + between(rng, 0, 5, count), NEVER),
    )
    return {"met": met.astype(np.int64), "closed": closed}


def _columns_of_the_contact(rng: np.random.Generator, found: Arrays) -> dict[str, pl.Series]:
    """Who reported each allegation, its subject, and whether it meets the threshold."""
    count, sector = len(found["day"]), found["sector"]
    return {
        "lado_ref": numbered("LADO", np.arange(1, count + 1, dtype=np.int64), 5),
        "subject_ref": numbered("ADULT", found["subject"], 5),
        "contact_type": pick(("CONSULT", "REFERRAL"), found["referral"]),
        "date_contact": days(found["day"]),
        "date_employer_aware": days(np.where(chance(rng, 0.93, count), found["aware"], NEVER)),
        "date_alleged_incident": days(np.where(chance(rng, 0.85, count), found["incident"], NEVER)),
        "non_recent_flag": yes_no(found["non_recent"] == 1),
        "referring_agency": pick(AGENCIES, choose(rng, (34, 17, 12, 10, 9, 7, 6, 5), count)),
        "employer_sector": pick(SECTORS, sector),
        "employer_name": pick(EMPLOYERS, between(rng, 0, len(EMPLOYERS) - 1, count)),
        "role": pick(ROLES, sector),
        "employment_basis": pick(
            ("PERM", "TEMP", "AGENCY", "VOL", "CARER"),
            np.where(sector == FOSTERING, 4, choose(rng, (7, 1, 1, 1), count)),
        ),
        "length_of_service_months": whole(between(rng, 1, 300, count)),
        "category": pick(("PHY", "EMO", "SEX", "NEG", "CONDUCT"), found["category"]),
        "category_second": pick_where(chance(rng, 0.08, count), ("EMO", "CONDUCT"), choose(rng, (1, 1), count)),
        "threshold_criterion": pick(("1", "2", "3", "4"), choose(rng, (45, 20, 15, 20), count)),
        "threshold_met": yes_no(found["met"] == 1),
        "previous_allegation": yes_no(chance(rng, 0.15, count)),
    }


def _columns_of_the_routes(rng: np.random.Generator, found: Arrays, as_at: int) -> dict[str, pl.Series]:
    """The action decided, who decided it, and the meetings held by the day of the extract."""
    count = len(found["day"])
    met, physical = found["met"] == 1, found["category"] == 0
    return {
        "child_other_la": yes_no(chance(rng, 0.1, count)),
        "physical_intervention_related": yes_no(physical & chance(rng, 0.2, count)),
        "date_threshold_decision": days(found["decided"]),
        "s47_route": yes_no(met & chance(rng, 0.3, count)),
        "police_route": yes_no(met & chance(rng, 0.4, count)),
        "employer_route": yes_no(met),
        "date_first_meeting": days(found["meeting"]),
        "meeting_count": whole(np.where(found["meeting"] <= as_at, choose(rng, (0.6, 0.3, 0.1), count) + 1, 0)),
        "suspended": pick(("NO", "SUSPENDED", "ALTERNATIVE", "NA"), choose(rng, (5, 3, 2, 1), count)),
    }


def _columns_of_the_outcome(rng: np.random.Generator, found: Arrays) -> dict[str, pl.Series]:
    """The outcome of each concluded referral, and its consequence for the adult."""
    count = len(found["day"])
    done, substantiated = found["concluded"] < NEVER, found["outcome"] == SUBSTANTIATED
    return {
        "date_outcome": days(found["concluded"]),
        "outcome": pick_where(done, OUTCOMES, found["outcome"]),
        "employment_outcome": pick_where(
            done,
            ("NONE", "ADVICE", "WARNING", "DISMISSED", "RESIGNED"),
            np.where(substantiated, choose(rng, (0, 2, 3, 3, 2), count), choose(rng, (7, 3), count)),
        ),
        "dbs_referral": pick_where(done, ("Y", "N", "NA"), np.where(substantiated, choose(rng, (5, 5), count), 2)),
        "regulator_referral": pick_where(
            done, ("NONE", "TRA", "OFSTED", "SWE"), np.where(substantiated, choose(rng, (6, 2, 2, 1), count), 0)
        ),
        "date_closed": days(found["closed"]),
        "learning_summary_code": pick_where(
            done & chance(rng, 0.3, count),
            ("BOUNDARIES", "ONLINE", "RESTRAINT", "SUPERVISION"),
            choose(rng, (4, 2, 2, 2), count),
        ),
    }


def arrangements_of(council: Council) -> Arrays:
    """Private fostering of children aged eight to fifteen: some notified in time, many found late."""
    rng = council.random("private fostering")
    eight, sixteen = add_months(council.born, 96), add_months(council.born, 192)
    earliest = np.maximum(np.maximum(council.first_known, eight), council.begins)
    fits = np.flatnonzero(
        (earliest < np.minimum(sixteen - 200, council.ends - 2))
        & (~council.was_referred | (council.last_known < council.ends))
    )
    fits = fits[council.died[fits] == NEVER].astype(np.int64)
    wanted = max(1, round(max(6.0, council.residents * 0.00022) * (council.ends - council.begins) / YEAR))
    # The same number every year: the six years are cut into as many stretches as arrangements are wanted, and each
    # stretch gets the first child, in random order, whose day is in it.
    chosen = rng.permutation(fits)
    room = np.minimum(sixteen[chosen] - 150, council.ends) - earliest[chosen]
    notified = earliest[chosen] + (rng.random(len(chosen)) * np.maximum(room, 1)).astype(np.int64)
    stretch = (notified - council.begins) * wanted // (council.ends - council.begins + 1)
    _, first = np.unique(stretch, return_index=True)
    chosen, notified = chosen[first], notified[first]
    order = np.lexsort((chosen, notified))
    person, notified = chosen[order], council.working_days.on_or_before(notified[order])
    notified = np.maximum(notified, earliest[person])
    count = len(person)
    kind = choose(rng, (0.28, 0.34, 0.08, 0.30), count)
    proposal = kind == 0
    started = np.select(
        [proposal, kind == 2],
        [notified + between(rng, 10, 60, count), notified + between(rng, 1, 20, count)],
        notified - between(rng, 2, 70, count),
    )
    initial = council.working_days.add(
        notified, np.where(chance(rng, 0.86, count), between(rng, 2, 7, count), between(rng, 8, 20, count))
    )
    goes_ahead = ~proposal | chance(rng, 0.85, count)
    ended = started + np.where(chance(rng, 0.5, count), between(rng, 60, 300, count), between(rng, 300, 1100, count))
    disabled = chance(rng, 0.04, count)
    limit = np.where(disabled, council.eighteen[person], sixteen[person])
    of_age = ended >= limit
    ended = np.maximum(np.minimum(ended, limit), started + 30)
    return {
        "person": person,
        "notified": notified,
        "kind": kind,
        "started": np.where(goes_ahead, started, NEVER),
        "proposed": np.where(proposal, started, NEVER),
        "initial": initial,
        "ended": np.where(goes_ahead, ended, initial + 10),
        "end_reason": np.where(~goes_ahead, 3, np.where(of_age, 1, choose(rng, (6, 0, 1, 0, 2), count))),
        "disabled": disabled.astype(np.int64),
    }


def arrangement_table(extract: ExtractAsKnown, workforce: Workforce, found: Arrays) -> pl.DataFrame:
    council = extract.council
    rng = council.random("private fostering table")
    count = len(found["person"])
    due = council.working_days.add(found["notified"], 42)
    done = council.working_days.on_or_before(due - between(rng, -25, 15, count))
    decided = done + between(rng, 0, 14, count)
    suitability = choose(rng, (0.8, 0.12, 0.05, 0.03), count)
    in_advance = (found["proposed"] < NEVER) & (found["proposed"] - found["notified"] >= 42)
    post = workforce.draw(rng, SAFEGUARD, count)
    region = choose(rng, (0.55, 0.15, 0.1, 0.1, 0.04, 0.06), count)
    return table(
        {
            "pf_ref": numbered("PF", np.arange(1, count + 1, dtype=np.int64), 5),
            "child_id": extract.child(found["person"]),
            "date_notified": days(found["notified"]),
            "notified_by": pick(
                ("CARER", "PARENT", "SCHOOL", "HEALTH", "LA", "ARRANGER"),
                np.where(found["kind"] == 3, 4, choose(rng, (4, 3, 3, 1), count)),
            ),
            "notification_kind": pick(("PROPOSED", "EXISTING", "GOING_TO_LIVE", "DISCOVERED"), found["kind"]),
            "date_proposed_start": days(found["proposed"]),
            "date_la_aware": days(found["notified"]),
            "date_started": days(found["started"]),
            "advance_6_weeks": yes_no(in_advance),
            "date_initial_visit": days(found["initial"]),
            "initial_visit_complete": yes_no(chance(rng, 0.9, count)),
            "child_seen_alone_initial": pick(("Y", "N", "INAPPROPRIATE"), choose(rng, (0.85, 0.11, 0.04), count)),
            "date_assessment_due": days(due),
            "date_assessment_done": days(done),
            "dbs_all_adults": pick(("COMPLETE", "PART", "NONE"), choose(rng, (8, 1.5, 0.5), count)),
            "date_suitability_decision": days(decided),
            "suitability": pick(
                ("SUITABLE", "SUITABLE_CONDITIONS", "UNSUITABLE", "PROHIBITED", "PENDING"),
                np.where(decided <= extract.as_at, suitability, 4),
            ),
            "requirements_imposed": yes_no(suitability == 1),
            "prohibited": yes_no(suitability == 3),
            "country_of_birth": pick(("GB", "FR", "NG", "CN", "AE", "US"), region),
            "region_of_birth": pick(("UK", "EUROPE", "AFRICA", "ASIA", "MIDDLE_EAST", "NORTH_AMERICA"), region),
            "reason": pick(
                ("UK_FAMILY", "UK_EDUCATION", "OVERSEAS_RETURN", "OVERSEAS_STAY", "OTHER"),
                np.where(region == 0, choose(rng, (8, 2), count), choose(rng, (0, 2, 5, 3), count)),
            ),
            "relationship_to_carer": pick(
                ("FAMILY_FRIEND", "PARTNER_EX", "COUSIN", "GREAT_RELATIVE", "HOST_FAMILY", "OTHER"),
                choose(rng, (4, 2, 1, 2, 1, 0.5), count),
            ),
            "disabled": yes_no(found["disabled"] == 1),
            "date_ended": days(found["ended"]),
            "end_reason": pick(("HOME", "TURNED_16", "CLA", "NOT_PF", "LEFT_AREA"), found["end_reason"]),
            "worker_id": worker_ids(workforce.on_duty(post, found["notified"])),
            "disabled_age_limit": whole(np.where(found["disabled"] == 1, 18, 16)),
        },
        found["notified"],
    )


def visits_of(council: Council, found: Arrays) -> Arrays:
    """The first visit, then about every five weeks for a year, then every eleven; one in nine is left out."""
    rng = council.random("private fostering visits")
    began = np.where(found["started"] < NEVER, found["initial"], NEVER)
    year = np.minimum(began + 365, found["ended"])
    early, day = every(rng, began, year, 36, 6, until=council.ends)
    second = np.where(found["ended"] > began + 366, began + 365, NEVER)
    later, later_day = every(rng, second, found["ended"], 78, 10, until=council.ends)
    regular = np.concatenate([early, later])
    on = council.working_days.on_or_before(np.concatenate([day, later_day]))
    held = ~chance(rng, 0.11, len(on))
    everyone = np.arange(len(began), dtype=np.int64)
    arrangement = np.concatenate([everyone, regular[held]])
    on = np.maximum(np.concatenate([found["initial"], on[held]]), found["notified"][arrangement])
    kind = np.repeat(np.arange(2), [len(everyone), int(held.sum())]).astype(np.int64)
    order = np.lexsort((kind, arrangement, on))
    return {
        "arrangement": arrangement[order],
        "day": on[order],
        "kind": kind[order],
        "report": chance(rng, 0.9, len(on)).astype(np.int64),
    } | {
        "alone": choose(rng, (0.84, 0.11, 0.05), len(on)),
        "written": on[order] + between(rng, 1, 12, len(on)),
    }


def visit_table(visits: Arrays) -> pl.DataFrame:
    return table(
        {
            "pf_visit_id": numbered("PFV", np.arange(1, len(visits["day"]) + 1, dtype=np.int64), 5),
            "pf_ref": numbered("PF", visits["arrangement"] + 1, 5),
            "visit_date": days(visits["day"]),
            "visit_kind": pick(("INITIAL", "STATUTORY"), visits["kind"]),
            "seen_alone": pick(("Y", "N", "INAPPROPRIATE"), visits["alone"]),
            "report_date": days(np.where(visits["report"] == 1, visits["written"], NEVER)),
        },
        visits["day"],
    )
