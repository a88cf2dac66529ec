"""Enquiries, conferences, child protection plans and child in need plans, with their reviews and visits."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import polars as pl

from flows.demo.invented_council import careers
from flows.demo.invented_council.columns import (
    between,
    chance,
    choose,
    days,
    every,
    flags,
    numbered,
    numbered_where,
    pick,
    table,
    typed_in_late,
    yes_no,
    yes_no_where,
)
from flows.demo.invented_council.council import Council, ExtractAsKnown
from flows.demo.invented_council.days import NEVER, Arrays, Flags, Floats, Ints, add_months
from flows.demo.invented_council.front_door import referral_id
from flows.demo.invented_council.workforce import (
    ASSESS,
    SAFEGUARD,
    Workforce,
    team_ids,
    worker_ids,
)

S47_OUTCOMES = (
    flags("s47_outcome_flags", ["CP_CONFERENCE_FLAG"]),
    flags("s47_outcome_flags", ["NFA_FLAG"]),
    flags("s47_outcome_flags", ["PROV_OF_SERVICES_FLAG", "NFA_CONTINUE_SINGLE_FLAG"]),
    flags("s47_outcome_flags", ["LEGAL_ACTION_FLAG"]),
)
CONFERENCE_OUTCOMES = (
    flags("icpc_outcome_flags", ["CP_FLAG"]),
    flags("icpc_outcome_flags", ["PROV_OF_SERVICES_FLAG"]),
)
CATEGORIES = ("NEG", "EMO", "PHY", "SAB", "MUL")
PARTICIPATION = ("PN0", "PN1", "PN2", "PN3", "PN4", "PN5", "PN6", "PN7", None)
PARTICIPATION_WEIGHTS = (0.0, 0.30, 0.06, 0.01, 0.05, 0.14, 0.27, 0.14, 0.03)


def tables(extract: ExtractAsKnown, workforce: Workforce) -> Iterator[tuple[str, pl.DataFrame]]:
    council = extract.council
    enquiries = enquiries_of(council)
    plans = plans_of(council)
    conferences = conferences_of(council)
    yield "strategy_discussion", strategy_discussions(extract, workforce, enquiries)
    yield "ssd_s47_enquiry", enquiry_table(extract, workforce, enquiries)
    yield "ssd_initial_cp_conference", conference_table(extract, workforce, conferences, enquiries, plans)
    yield "ssd_cp_plans", plan_table(extract, plans, conferences)
    yield "ssd_cp_reviews", review_table(extract, plans)
    yield "ssd_cp_visits", visit_table(extract, plans)
    yield "core_group", core_groups(council, plans)
    need_plans = need_plans_of(council)
    yield "ssd_cin_plans", need_plan_table(extract, workforce, need_plans)
    yield "ssd_cin_visits", need_visit_table(extract, need_plans)


def transferred_in(council: Council) -> Flags:
    """Conferences held because a child with a plan moved in from another authority, without an enquiry here."""
    draws = council.random("transfers in").random(len(council.referrals["person"]))
    return np.asarray((draws < 0.03) & (council.referrals["conference"] < NEVER))


def enquiries_of(council: Council) -> Arrays:
    """Enquiries in the order they began, each by the position of its referral."""
    ref = council.referrals
    places = np.flatnonzero((ref["enquiry_started"] < NEVER) & ~transferred_in(council)).astype(np.int64)
    return {"referral": places[np.lexsort((places, ref["enquiry_started"][places]))]}


def conferences_of(council: Council) -> Arrays:
    ref = council.referrals
    places = np.flatnonzero(ref["conference"] < NEVER).astype(np.int64)
    return {"referral": places[np.lexsort((places, ref["conference"][places]))]}


def plans_of(council: Council) -> Arrays:
    """Child protection plans in the order they began."""
    ref = council.referrals
    places = np.flatnonzero(ref["plan_started"] < NEVER).astype(np.int64)
    places = places[np.lexsort((places, ref["plan_started"][places]))]
    return {
        "referral": places,
        "person": ref["person"][places],
        "start": ref["plan_started"][places],
        "end": ref["plan_ended"][places],
        "due": ref["review_due"][places],
        "held": ref["review_held"][places],
    }


def number_of(places: Ints, count: int) -> Ints:
    """For each referral, the number of its row in `places`, or 0."""
    numbers = np.zeros(count, dtype=np.int64)
    numbers[places] = np.arange(1, len(places) + 1)
    return numbers


def strategy_discussions(extract: ExtractAsKnown, workforce: Workforce, enquiries: Arrays) -> pl.DataFrame:
    """The discussion that began each enquiry, and some that led to no enquiry."""
    council = extract.council
    rng = council.random("strategy discussions")
    ref = council.referrals
    none = np.flatnonzero((ref["enquiry_started"] == NEVER) & (ref["course"] <= careers.PLAN)).astype(np.int64)
    without = none[chance(rng, 0.07, len(none))]
    referral = np.concatenate([enquiries["referral"], without])
    number = np.concatenate([np.arange(1, len(enquiries["referral"]) + 1), np.zeros(len(without), dtype=np.int64)])
    held = np.where(
        number > 0,
        ref["enquiry_started"][referral],
        council.working_days.on_or_after(ref["referred"][referral] + between(rng, 1, 9, len(referral))),
    )
    order = np.lexsort((referral, held))
    referral, number, held = referral[order], number[order], held[order]
    count = len(referral)
    needed = np.maximum(held - choose(rng, (0.5, 0.3, 0.1, 0.06, 0.04), count), ref["referred"][referral])
    followed = number > 0
    outcome = np.where(followed, choose(rng, (0.55, 0.45), count), choose(rng, (0.15, 0.5, 0.35), count) + 2)
    chair = workforce.manager_of_team[workforce.team[workforce.referral_posts[ASSESS][referral]]]
    return table(
        {
            "discussion_id": numbered("STR", np.arange(1, count + 1, dtype=np.int64)),
            "child_id": extract.child(ref["person"][referral]),
            "referral_id": referral_id(referral),
            "s47_enquiry_id": numbered_where(followed, "S47E", number),
            "date_needed": days(needed),
            "date_held": days(held),
            "police_present": yes_no(chance(rng, 0.93, count)),
            "health_present": yes_no(chance(rng, 0.81, count)),
            "chair_id": worker_ids(workforce.on_duty(chair, held)),
            "outcome": pick(("S47", "S47_JOINT", "POLICE_ONLY", "CONTINUE", "NFA"), outcome),
            "minutes_recorded": yes_no(chance(rng, 0.9, count)),
        },
        held,
    )


def enquiry_table(extract: ExtractAsKnown, workforce: Workforce, enquiries: Arrays) -> pl.DataFrame:
    ref = extract.council.referrals
    referral = enquiries["referral"]
    started = ref["enquiry_started"][referral]
    course = ref["course"][referral]
    outcome = np.select(
        [ref["conference"][referral] < NEVER, course == careers.ENQUIRY_CLOSED, course == careers.CARE], [0, 1, 3], 2
    )
    post = workforce.referral_posts[ASSESS][referral]
    return table(
        {
            "s47e_s47_enquiry_id": numbered("S47E", np.arange(1, len(referral) + 1, dtype=np.int64)),
            "s47e_referral_id": referral_id(referral),
            "s47e_person_id": extract.child(ref["person"][referral]),
            "s47e_s47_start_date": days(started),
            "s47e_s47_end_date": days(ref["enquiry_ended"][referral]),
            "s47e_s47_nfa": yes_no(outcome == 1),
            "s47e_s47_outcome_json": pick(S47_OUTCOMES, outcome),
            "s47e_s47_completed_by_worker_id": worker_ids(workforce.on_duty(post, started)),
            "s47e_s47_completed_by_team": team_ids(workforce.team[post]),
        },
        started,
    )


def conference_table(
    extract: ExtractAsKnown, workforce: Workforce, conferences: Arrays, enquiries: Arrays, plans: Arrays
) -> pl.DataFrame:
    """A conference is in the extract, without a date, from the day the enquiry asks for it."""
    council = extract.council
    ref = council.referrals
    referral = conferences["referral"]
    held = ref["conference"][referral]
    moved_in = transferred_in(council)[referral]
    planned = ref["plan_started"][referral] < NEVER
    post = workforce.referral_posts[SAFEGUARD][referral]
    number = np.arange(1, len(referral) + 1, dtype=np.int64)
    return table(
        {
            "icpc_icpc_id": numbered("ICPC", number),
            "icpc_icpc_meeting_id": numbered("MTG", number),
            "icpc_s47_enquiry_id": numbered_where(
                ~moved_in, "S47E", number_of(enquiries["referral"], len(ref["person"]))[referral]
            ),
            "icpc_person_id": extract.child(ref["person"][referral]),
            "icpc_cp_plan_id": numbered_where(
                planned, "CPP", number_of(plans["referral"], len(ref["person"]))[referral]
            ),
            "icpc_referral_id": referral_id(referral),
            "icpc_icpc_transfer_in": yes_no(moved_in),
            "icpc_icpc_target_date": days(
                np.where(moved_in, NEVER, council.working_days.add(ref["enquiry_started"][referral], 15))
            ),
            "icpc_icpc_date": days(held),
            "icpc_icpc_outcome_cp_flag": yes_no(planned),
            "icpc_icpc_outcome_json": pick(CONFERENCE_OUTCOMES, np.where(planned, 0, 1)),
            "icpc_icpc_team": team_ids(workforce.team[post]),
            "icpc_icpc_worker_id": worker_ids(workforce.on_duty(post, ref["enquiry_started"][referral])),
        },
        np.where(moved_in, held, ref["enquiry_ended"][referral]),
    )


def plan_table(extract: ExtractAsKnown, plans: Arrays, conferences: Arrays) -> pl.DataFrame:
    council = extract.council
    rng = council.random("plan table")
    count = len(plans["start"])
    category = choose(rng, (0.49, 0.37, 0.08, 0.04, 0.02), count)
    latest = np.where(chance(rng, 0.08, count), choose(rng, (0.5, 0.4, 0.06, 0.04), count), category)
    conference = number_of(conferences["referral"], len(council.referrals["person"]))[plans["referral"]]
    return table(
        {
            "cppl_cp_plan_id": numbered("CPP", np.arange(1, count + 1, dtype=np.int64)),
            "cppl_referral_id": referral_id(plans["referral"]),
            "cppl_icpc_id": numbered("ICPC", conference),
            "cppl_person_id": extract.child(plans["person"]),
            "cppl_cp_plan_start_date": days(plans["start"]),
            "cppl_cp_plan_end_date": days(plans["end"]),
            "cppl_cp_plan_initial_category": pick(CATEGORIES, category),
            "cppl_cp_plan_ola": yes_no(chance(rng, 0.012, count)),
            "cppl_cp_plan_latest_category": pick(CATEGORIES, latest),
        },
        plans["start"],
    )


def takes_part(rng: np.random.Generator, born: Ints, on: Ints) -> pl.Series:
    """How a child took part in a review: PN0 under four."""
    drawn = choose(rng, PARTICIPATION_WEIGHTS, len(on))
    return pick(PARTICIPATION, np.where(add_months(born, 48) > on, 0, drawn))


def review_table(extract: ExtractAsKnown, plans: Arrays) -> pl.DataFrame:
    """Reviews held, and the next review of each open plan, without a date until it is held."""
    council = extract.council
    rng = council.random("protection reviews")
    before = np.concatenate([plans["start"][:, None], plans["held"][:, :-1]], axis=1)
    plan, place = np.nonzero((before < plans["end"][:, None]) & (before <= council.ends))
    before, due, held = before[plan, place], plans["due"][plan, place], plans["held"][plan, place]
    order = np.lexsort((plan, held))
    plan, before, due, held = plan[order].astype(np.int64), before[order], due[order], held[order]
    end = plans["end"][plan]
    count = len(plan)
    number = np.arange(1, count + 1, dtype=np.int64)
    return table(
        {
            "cppr_cp_review_id": numbered("CPR", number),
            "cppr_person_id": extract.child(plans["person"][plan]),
            "cppr_cp_plan_id": numbered("CPP", plan + 1),
            "cppr_cp_review_due": days(due),
            "cppr_cp_review_date": days(held),
            "cppr_cp_review_meeting_id": numbered("MTR", number),
            "cppr_cp_review_outcome_continue_cp": yes_no(held < end),
            "cppr_cp_review_quorate": yes_no(chance(rng, 0.93, count)),
            "cppr_cp_review_participation": takes_part(rng, council.born[plans["person"][plan]], held),
        },
        before,
        np.where(held > end, end, NEVER),
    )


def seen_columns(
    rng: np.random.Generator, prefix: str, born: Ints, on: Ints, alone: float | Floats, bedroom: float | None
) -> dict[str, pl.Series]:
    """Whether the child was seen, seen alone (sometimes blank for babies) and, where recorded, the bedroom seen."""
    count = len(on)
    seen = chance(rng, 0.955, count)
    old_enough = add_months(born, 48) <= on
    alone_too = seen & chance(rng, np.where(old_enough, alone, 0.15), count)
    known = old_enough | chance(rng, 0.6, count)
    columns = {f"{prefix}_seen": yes_no(seen), f"{prefix}_seen_alone": yes_no_where(known, alone_too)}
    if bedroom is not None:
        columns[f"{prefix}_bedroom"] = yes_no(seen & chance(rng, bedroom, count))
    return columns


def visits(
    council: Council, rng: np.random.Generator, start: Ints, end: Ints, step: int | Ints, wander: int
) -> tuple[Ints, Ints, Ints]:
    """Visits of the extract's six years, by day: (owner, day, day recorded)."""
    owner, day = every(rng, start, end, step, wander, until=council.ends)
    keep = day >= council.begins
    owner, day = owner[keep], day[keep]
    order = np.lexsort((owner, day))
    owner, day = owner[order], day[order]
    return owner, day, typed_in_late(rng, day)


def visit_table(extract: ExtractAsKnown, plans: Arrays) -> pl.DataFrame:
    council = extract.council
    rng = council.random("protection visits")
    plan, day, recorded = visits(council, rng, plans["start"], plans["end"], 12, 4)
    return table(
        {
            "cppv_cp_visit_id": numbered("CPV", np.arange(1, len(day) + 1, dtype=np.int64)),
            "cppv_person_id": extract.child(plans["person"][plan]),
            "cppv_cp_plan_id": numbered("CPP", plan + 1),
            "cppv_cp_visit_date": days(day),
            **seen_columns(rng, "cppv_cp_visit", council.born[plans["person"][plan]], day, 0.89, 0.6),
        },
        recorded,
    )


def core_groups(council: Council, plans: Arrays) -> pl.DataFrame:
    """The first is due ten working days after the conference, the others about every six weeks."""
    rng = council.random("core groups")
    first_due = council.working_days.add(plans["start"], 10)
    plan, day = every(rng, first_due, plans["end"], 42, 6, until=council.ends)
    plan = np.concatenate([np.arange(len(first_due), dtype=np.int64), plan])
    due = np.concatenate([first_due, council.working_days.on_or_after(day)])
    keep = (due >= council.begins) & (due <= council.ends) & (due <= plans["end"][plan])
    plan, due = plan[keep], due[keep]
    order = np.lexsort((plan, due))
    plan, due = plan[order], due[order]
    count = len(due)
    late = chance(rng, 0.17, count)
    held = np.where(
        late, due + between(rng, 1, 15, count), council.working_days.on_or_before(due - between(rng, 0, 4, count))
    )
    held = np.where(
        chance(rng, 0.02, count) | (held > plans["end"][plan]), NEVER, np.maximum(held, plans["start"][plan])
    )
    minutes = np.where(held < NEVER, held + between(rng, 1, 20, count), NEVER)
    return table(
        {
            "core_group_id": numbered("CGM", np.arange(1, count + 1, dtype=np.int64)),
            "cp_plan_id": numbered("CPP", plan + 1),
            "date_due": days(due),
            "date_held": days(held),
            "minutes_date": days(minutes),
            "quorate": yes_no_where(held < NEVER, chance(rng, 0.9, count)),
        },
        np.minimum(due, held),
    )


def need_plans_of(council: Council) -> Arrays:
    ref = council.referrals
    places = np.flatnonzero(ref["cin_started"] < NEVER).astype(np.int64)
    places = places[np.lexsort((places, ref["cin_started"][places]))]
    return {
        "referral": places,
        "person": ref["person"][places],
        "start": ref["cin_started"][places],
        "end": ref["cin_ended"][places],
        "disabled": (ref["course"][places] == careers.DISABLED).astype(np.int64),
    }


def need_plan_table(extract: ExtractAsKnown, workforce: Workforce, plans: Arrays) -> pl.DataFrame:
    post = workforce.referral_posts[SAFEGUARD][plans["referral"]]
    return table(
        {
            "cinp_cin_plan_id": numbered("CNP", np.arange(1, len(post) + 1, dtype=np.int64)),
            "cinp_referral_id": referral_id(plans["referral"]),
            "cinp_person_id": extract.child(plans["person"]),
            "cinp_cin_plan_start_date": days(plans["start"]),
            "cinp_cin_plan_end_date": days(plans["end"]),
            "cinp_cin_plan_team": team_ids(workforce.team[post]),
            "cinp_cin_plan_worker_id": worker_ids(workforce.on_duty(post, plans["start"])),
        },
        plans["start"],
    )


def need_visit_table(extract: ExtractAsKnown, plans: Arrays) -> pl.DataFrame:
    council = extract.council
    rng = council.random("need visits")
    step = np.where(plans["disabled"] == 1, 50, 27)
    plan, day, recorded = visits(council, rng, plans["start"], plans["end"], step, 8)
    if extract.as_at < council.corrected_on:
        # Until the corrections, two visits have the date of the day before.
        day[np.flatnonzero((day > council.ends - 150) & (day > plans["start"][plan] + 20))[:2]] -= 1
    return table(
        {
            "cinv_cin_visit_id": numbered("CNV", np.arange(1, len(day) + 1, dtype=np.int64)),
            "cinv_person_id": extract.child(plans["person"][plan]),
            "cinv_cin_visit_date": days(day),
            **seen_columns(rng, "cinv_cin_visit", council.born[plans["person"][plan]], day, 0.81, 0.5),
        },
        recorded,
    )
