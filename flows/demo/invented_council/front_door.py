"""Contacts, referrals, assessments and early help, as tables of the drop."""

from __future__ import annotations

import json
from collections.abc import Iterator

import numpy as np
import polars as pl

from flows.demo.invented_council import careers
from flows.demo.invented_council.columns import (
    between,
    chance,
    choose,
    days,
    flags,
    numbered,
    pick,
    pick_where,
    table,
    typed_in_late,
    yes_no,
)
from flows.demo.invented_council.council import Council, ExtractAsKnown
from flows.demo.invented_council.days import NEVER, Arrays, Ints
from flows.demo.invented_council.names import PRIMARY_NEEDS, REFERRAL_SOURCES, SOURCE_WORDS
from flows.demo.invented_council.workforce import ASSESS, EARLY, FRONT, Workforce, team_ids, worker_ids

SOURCES = tuple(REFERRAL_SOURCES)
SOURCE_DESCRIPTIONS = tuple(SOURCE_WORDS.get(code, SOURCE_WORDS[code[0]]) for code in SOURCES)
NEEDS = tuple(PRIMARY_NEEDS)

CONTACT_OUTCOMES = (
    flags("contact_outcome_flags", ["NEW_REFERRAL_FLAG"]),
    flags("contact_outcome_flags", ["EXISTING_REFERRAL_FLAG"]),
    flags("contact_outcome_flags", ["NFA_FLAG"]),
    flags("contact_outcome_flags", ["ADVICE_FLAG"]),
    flags("contact_outcome_flags", ["OTHER_OUTCOMES_EXIST_FLAG"]),
)
REFERRAL_OUTCOMES = (
    flags("referral_outcome_flags", ["NFA_FLAG"]),
    flags("referral_outcome_flags", ["SINGLE_ASSESSMENT_FLAG"]),
    flags("referral_outcome_flags", ["SINGLE_ASSESSMENT_FLAG", "STRATEGY_DISCUSSION_FLAG"]),
    flags("referral_outcome_flags", ["SINGLE_ASSESSMENT_FLAG", "CLA_REQUEST_FLAG"]),
)
ASSESSMENT_OUTCOMES = (
    flags("assessment_outcome_flags", ["NFA_FLAG"]),
    flags("assessment_outcome_flags", ["REFERRAL_TO_OTHER_AGENCY_FLAG"]),
    flags("assessment_outcome_flags", ["PROV_OF_SERVICES_FLAG"]),
    flags("assessment_outcome_flags", ["STRATEGY_DISCUSSION_FLAG", "PROV_OF_SERVICES_FLAG"]),
    flags("assessment_outcome_flags", ["CLA_REQUEST_FLAG"]),
)
FACTOR_WEIGHTS = {
    "3B": 0.17, "4B": 0.13, "4A": 0.08, "17A": 0.08, "16A": 0.07, "2B": 0.07, "1B": 0.07, "3A": 0.06, "18C": 0.05,
    "5A": 0.04, "6A": 0.03, "14A": 0.03, "15A": 0.03, "20": 0.03, "6B": 0.02, "7A": 0.02, "19C": 0.02, "2A": 0.02,
    "10A": 0.02, "11A": 0.01, "24A": 0.02, "13A": 0.01, "1A": 0.01, "18B": 0.01, "19B": 0.01, "12A": 0.003, "9A": 0.004,
}  # fmt: skip


def tables(extract: ExtractAsKnown, workforce: Workforce) -> Iterator[tuple[str, pl.DataFrame]]:
    yield "ssd_contacts", contacts(extract)
    yield "ssd_cin_episodes", referrals(extract, workforce)
    found = assessments(extract.council)
    yield "ssd_cin_assessments", assessment_table(extract, workforce, found)
    yield "ssd_assessment_factors", factors(extract.council, found)
    yield "ssd_early_help_episodes", early_help(extract, workforce)


def referral_id(referral: Ints) -> pl.Series:
    return numbered("REF", referral + 1)


def contacts(extract: ExtractAsKnown) -> pl.DataFrame:
    council = extract.council
    rng = council.random("contact table")
    found, ref = council.contacts, council.referrals
    count = len(found["day"])
    on_open_case = _on_open_case(found, ref)
    outcome = np.select([found["referral"] >= 0, on_open_case], [0, 1], choose(rng, (0.5, 0.35, 0.15), count) + 2)
    recorded = typed_in_late(rng, found["day"])
    # Three contacts of the last month are recorded late and first appear in the last week's extract.
    late = np.flatnonzero((found["day"] <= council.ends - 12) & (found["referral"] < 0))[-3:]
    recorded[late] = council.corrected_on
    day = found["day"].copy()
    if extract.as_at < council.corrected_on:
        # Until the corrections, two contacts have another date.
        day[_of_last_spring(day, council)[:2]] -= 3
    withdrawn = np.full(count, NEVER, dtype=np.int64)
    gone = np.flatnonzero((found["day"] < council.ends - 60) & (outcome == 2) & (recorded < council.ends - 20))[-1:]
    withdrawn[gone] = council.corrected_on
    return table(
        {
            "cont_contact_id": numbered("CON", np.arange(count, dtype=np.int64) + 1),
            "cont_person_id": extract.child(found["person"]),
            "cont_contact_date": days(day),
            "cont_contact_source_code": pick(SOURCES, found["source"]),
            "cont_contact_source_desc": pick(SOURCE_DESCRIPTIONS, found["source"]),
            "cont_contact_outcome_json": pick(CONTACT_OUTCOMES, outcome),
        },
        recorded,
        withdrawn,
    )


def _of_last_spring(day: Ints, council: Council) -> Ints:
    """Positions of the days between seven months and one month before the world ends."""
    return np.flatnonzero((day < council.ends - 30) & (day > council.ends - 200))


def _on_open_case(found: Arrays, ref: Arrays) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """Contacts made while a referral of the child was open. A child's referrals follow one another."""
    order = np.lexsort((ref["referred"], ref["person"]))
    keys = ref["person"][order] * 10_000_000 + ref["referred"][order] + 1_000_000
    place = np.searchsorted(keys, found["person"] * 10_000_000 + found["day"] + 1_000_000, side="left") - 1
    last = order[np.maximum(place, 0)]
    same = (place >= 0) & (ref["person"][last] == found["person"])
    return np.asarray(same & (ref["closed"][last] > found["day"]) & (ref["course"][last] != careers.REFUSED))


def referrals(extract: ExtractAsKnown, workforce: Workforce) -> pl.DataFrame:
    council = extract.council
    rng = council.random("referral table")
    ref = council.referrals
    count = len(ref["referred"])
    source = np.zeros(count, dtype=np.int64)
    linked = council.contacts["referral"] >= 0
    source[:] = choose(rng, tuple(REFERRAL_SOURCES.values()), count)
    source[council.contacts["referral"][linked]] = council.contacts["source"][linked]
    refused = ref["course"] == careers.REFUSED
    outcome = np.select(
        [
            refused,
            ref["enquiry_started"] <= ref["referred"] + 2,
            (ref["course"] == careers.CARE) | (ref["course"] == careers.UASC),
        ],
        [0, 2, 3],
        1,
    )
    need = np.where(
        ref["course"] == careers.DISABLED, NEEDS.index("N2"), choose(rng, tuple(PRIMARY_NEEDS.values()), count)
    )
    need = np.where(ref["course"] == careers.UASC, NEEDS.index("N8"), need)
    front = workforce.referral_posts[FRONT]
    return table(
        {
            "cine_referral_id": referral_id(np.arange(count, dtype=np.int64)),
            "cine_person_id": extract.child(ref["person"]),
            "cine_referral_date": days(ref["referred"]),
            "cine_cin_primary_need_code": pick_where(~refused, NEEDS, need),
            "cine_referral_source_code": pick(SOURCES, source),
            "cine_referral_source_desc": pick(SOURCE_DESCRIPTIONS, source),
            "cine_referral_outcome_json": pick(REFERRAL_OUTCOMES, outcome),
            "cine_referral_nfa": yes_no(refused),
            "cine_close_reason": pick(careers.CLOSE_REASONS, ref["close_reason"]),
            "cine_close_date": days(ref["closed"]),
            "cine_referral_team": team_ids(workforce.team[front]),
            "cine_referral_worker_id": worker_ids(workforce.on_duty(front, ref["referred"])),
        },
        ref["referred"],
    )


def assessments(council: Council) -> Arrays:
    """The assessment at the start of each referral, and a second one in some long cases."""
    rng = council.random("assessments")
    ref = council.referrals
    first = np.flatnonzero(ref["assessment_started"] < NEVER).astype(np.int64)
    room = ref["closed"] - ref["assessment_authorised"]
    long = np.flatnonzero((ref["assessment_started"] < NEVER) & (room > 260)).astype(np.int64)
    again = long[chance(rng, 0.45, len(long))]
    working = council.working_days
    started = working.on_or_after(ref["assessment_authorised"][again] + between(rng, 100, 160, len(again)))
    in_time = chance(rng, 0.82, len(again))
    length = np.where(in_time, between(rng, 12, 45, len(again)), between(rng, 46, 60, len(again)))
    referral = np.concatenate([first, again])
    start = np.concatenate([ref["assessment_started"][first], started])
    authorised = np.concatenate([ref["assessment_authorised"][first], working.add(started, length)])
    order = np.lexsort((referral, start))
    return {"referral": referral[order], "start": start[order], "authorised": authorised[order]}


def assessment_table(extract: ExtractAsKnown, workforce: Workforce, found: Arrays) -> pl.DataFrame:
    council = extract.council
    rng = council.random("assessment table")
    ref = council.referrals
    count = len(found["start"])
    course = ref["course"][found["referral"]]
    closes = (course == careers.CLOSED) | (course == careers.ENQUIRY_CLOSED)
    outcome = np.select(
        [
            closes,
            course == careers.EARLY_HELP,
            (course == careers.CARE) | (course == careers.UASC),
            (course >= careers.ENQUIRY_PLAN) & (course <= careers.PROTECTED),
        ],
        [0, 1, 4, 3],
        2,
    )
    authorised = found["authorised"].copy()
    # Until the corrections, four dates are mistyped.
    mistyped = _of_last_spring(authorised, council)[:4]
    if extract.as_at < council.corrected_on:
        authorised[mistyped] -= 3
    post = workforce.referral_posts[ASSESS][found["referral"]]
    return table(
        {
            "cina_assessment_id": numbered("ASM", np.arange(count, dtype=np.int64) + 1),
            "cina_person_id": extract.child(ref["person"][found["referral"]]),
            "cina_referral_id": referral_id(found["referral"]),
            "cina_assessment_start_date": days(found["start"]),
            "cina_assessment_child_seen": yes_no(chance(rng, 0.965, count)),
            "cina_assessment_auth_date": days(authorised),
            "cina_assessment_outcome_json": pick(ASSESSMENT_OUTCOMES, outcome),
            "cina_assessment_outcome_nfa": yes_no(closes),
            "cina_assessment_team": team_ids(workforce.team[post]),
            "cina_assessment_worker_id": worker_ids(workforce.on_duty(post, found["start"])),
        },
        found["start"],
    )


def factors(council: Council, found: Arrays) -> pl.DataFrame:
    """One row for each completed assessment; three in a hundred have no factors."""
    rng = council.random("factors")
    codes, weights = list(FACTOR_WEIGHTS), np.asarray(list(FACTOR_WEIGHTS.values()))
    sets: list[str] = ["[]", '["21"]']
    for size in choose(rng, (0.3, 0.3, 0.2, 0.12, 0.08), 300) + 1:
        drawn = rng.choice(len(codes), int(size), replace=False, p=weights / weights.sum())
        sets.append(json.dumps([codes[place] for place in sorted(drawn)]))
    course = council.referrals["course"][found["referral"]]
    count = len(course)
    which = between(rng, 2, len(sets) - 1, count)
    which = np.where((course == careers.CLOSED) & chance(rng, 0.2, count), 1, which)
    which = np.where(chance(rng, 0.015, count), 0, which)
    keep = chance(rng, 0.985, count)
    number = np.flatnonzero(keep).astype(np.int64) + 1
    return table(
        {
            "cinf_table_id": numbered("FAC", number),
            "cinf_assessment_id": numbered("ASM", number),
            "cinf_assessment_factors_json": pick(sets, which[keep]),
        },
        found["authorised"][keep],
    )


def early_help(extract: ExtractAsKnown, workforce: Workforce) -> pl.DataFrame:
    council = extract.council
    rng = council.random("early help table")
    found = council.early_help
    count = len(found["person"])
    post = workforce.draw(rng, EARLY, count)
    ended = found["ended"]
    return table(
        {
            "earl_episode_id": numbered("EHE", np.arange(count, dtype=np.int64) + 1),
            "earl_person_id": extract.child(found["person"]),
            "earl_episode_start_date": days(found["started"]),
            "earl_episode_end_date": days(ended),
            "earl_episode_reason": pick(
                ("Family relationships", "Behaviour", "School attendance", "Housing and money", "Health"),
                found["reason"],
            ),
            "earl_episode_end_reason": pick(
                ("Outcomes met", "Stepped up to social care", "Disengaged", "Moved away"), found["end_reason"]
            ),
            "earl_episode_organisation": pick(
                ("Council early help", "School", "Health visiting", "Voluntary organisation"), found["organisation"]
            ),
            "earl_episode_worker_id": worker_ids(workforce.on_duty(post, found["started"])),
        },
        found["started"],
    )
