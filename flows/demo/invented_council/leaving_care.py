"""Young people who leave care: one row each, as they are on the day of the extract."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import polars as pl

from flows.demo.invented_council.columns import (
    between,
    chance,
    choose,
    days,
    numbered,
    pick,
    pick_where,
    table,
)
from flows.demo.invented_council.council import Council, ExtractAsKnown
from flows.demo.invented_council.days import NEVER, YEAR, Flags, Ints, add_months
from flows.demo.invented_council.looked_after import Care
from flows.demo.invented_council.workforce import ADVISER, Workforce, team_ids, worker_ids

ELIGIBILITY = ("Eligible", "Relevant", "Former Relevant", "Qualifying")
ELIGIBLE, RELEVANT, FORMER, QUALIFYING = range(4)
IN_TOUCH = ("YES", "NO", "REFU", "NREQ", "RHOM", "DIED")
ACCOMMODATION = ("B", "D", "E", "K", "R", "S", "U", "V", "W", "X", "Y", "Z", "C", "G", "T")
ACTIVITY = ("F1", "P1", "F2", "P2", "F4", "F5", "P5", "G4", "G5", "G6", "0")


def tables(extract: ExtractAsKnown, workforce: Workforce, care: Care) -> Iterator[tuple[str, pl.DataFrame]]:
    yield "ssd_care_leavers", care_leavers(extract, workforce, care)


def care_leavers(extract: ExtractAsKnown, workforce: Workforce, care: Care) -> pl.DataFrame:
    """Everyone aged 16 to 25 who was looked after past the sixteenth birthday, one row each."""
    council, as_at = extract.council, extract.as_at
    rng = council.random("care leavers")
    person, start, end = _last_periods_past_sixteen(council, care)
    count = len(person)
    eligibility = _eligibility(council, as_at, person, start, end)
    recorded = np.maximum(add_months(council.born[person], 192), start) + 20
    at_21, at_25 = add_months(council.born[person], 252), add_months(council.born[person], 300)
    leaves_register = np.where(chance(rng, 0.5, count), at_21, at_25)

    touch, contact = _in_touch(rng, extract, person, eligibility, recorded)
    known = (touch == 0) | chance(rng, 0.5, count)
    where, unsuitable = _accommodation(rng, known, as_at < council.eighteen[person])
    activity = _activity(rng, known, as_at, council.eighteen[person])
    reviewed = as_at - (as_at + between(rng, 0, 400, count)) % between(rng, 150, 215, count)
    reviewed = np.where(chance(rng, 0.04, count), NEVER, np.maximum(reviewed, recorded))
    post = workforce.draw(rng, ADVISER, count)
    has_adviser = chance(rng, 0.965, count)
    alive = touch != IN_TOUCH.index("DIED")
    adviser = workforce.on_duty(post, np.full(count, as_at, dtype=np.int64))
    names = "Adviser " + worker_ids(adviser)
    order = np.lexsort((person, recorded))
    frame = table(
        {
            "clea_table_id": numbered("LVR", np.argsort(order, kind="stable").astype(np.int64) + 1),
            "clea_person_id": extract.child(person),
            "clea_care_leaver_eligibility": pick(ELIGIBILITY, eligibility),
            "clea_care_leaver_in_touch": pick(IN_TOUCH, touch),
            "clea_care_leaver_latest_contact": days(contact),
            "clea_care_leaver_accommodation": pick_where(alive, ACCOMMODATION, where),
            "clea_care_leaver_accom_suitable": pick_where(alive, ("1", "2"), unsuitable.astype(np.int64)),
            "clea_care_leaver_activity": pick_where(alive, ACTIVITY, activity),
            "clea_pathway_plan_review_date": days(reviewed),
            "clea_care_leaver_personal_advisor": names.set(pl.Series(~has_adviser), None),
            "clea_care_leaver_allocated_team": team_ids(workforce.team[post]),
            "clea_care_leaver_worker_id": worker_ids(adviser),
        },
        recorded,
        leaves_register,
    )
    return frame[order]


def _last_periods_past_sixteen(council: Council, care: Care) -> tuple[Ints, Ints, Ints]:
    """The last period of care of each child that goes beyond the sixteenth birthday: (person, start, end)."""
    real = care.real
    person, start, end = care.periods["person"][real], care.periods["start"][real], care.periods["end"][real]
    reaches = end > add_months(council.born[person], 192) + 7
    person, start, end = person[reaches], start[reaches], end[reaches]
    order = np.lexsort((start, person))
    person, start, end = person[order], start[order], end[order]
    last = np.ones(len(person), dtype=np.bool_)
    last[:-1] = person[1:] != person[:-1]
    return person[last], start[last], end[last]


def _eligibility(council: Council, as_at: int, person: Ints, start: Ints, end: Ints) -> Ints:
    """Which group of care leavers each belongs to on the day: by weeks in care since fourteen, age, and care's end."""
    sixteen, eighteen = add_months(council.born[person], 192), council.eighteen[person]
    weeks = (np.minimum(end, eighteen) - np.maximum(start, sixteen - int(2 * YEAR))) / 7
    entitled = weeks >= 13
    return np.select([~entitled, as_at >= eighteen, as_at >= end], [QUALIFYING, FORMER, RELEVANT], ELIGIBLE)


def _in_touch(
    rng: np.random.Generator, extract: ExtractAsKnown, person: Ints, eligibility: Ints, recorded: Ints
) -> tuple[Ints, Ints]:
    """Whether each is in touch, and the day of the latest contact; one adviser in nine leaves a gap of eight weeks."""
    count, as_at = len(person), extract.as_at
    touch = choose(rng, (0.93, 0.035, 0.015, 0.015, 0.005), count)
    touch = np.where(eligibility <= RELEVANT, 0, touch)
    touch = np.where(extract.council.died[person] <= as_at, IN_TOUCH.index("DIED"), touch)
    every_days = between(rng, 21, 52, count)
    slack = np.where(chance(rng, 0.11, count), between(rng, 40, 90, count), 0)
    contact = as_at - (as_at + between(rng, 0, 400, count)) % every_days - slack
    return touch, np.where(touch == 0, np.maximum(contact, recorded), NEVER)


def _accommodation(rng: np.random.Generator, known: Flags, under_eighteen: Flags) -> tuple[Ints, Flags]:
    """Where each lives, and whether that is unsuitable."""
    count = len(known)
    grown = choose(
        rng, (0.12, 0.14, 0.13, 0.02, 0, 0.013, 0.26, 0.012, 0.008, 0.03, 0.03, 0.155, 0.03, 0.01, 0.02), count
    )
    young = choose(rng, (0.06, 0.3, 0.2, 0.02, 0, 0, 0.05, 0, 0, 0.02, 0.05, 0, 0.3), count)
    where = np.where(known, np.where(under_eighteen, young, grown), ACCOMMODATION.index("R"))
    unsuitable = np.isin(where, [ACCOMMODATION.index(code) for code in ("S", "V", "W", "X", "R")])
    return where, unsuitable | chance(rng, 0.055, count)


def _activity(rng: np.random.Generator, known: Flags, as_at: int, eighteen: Ints) -> Ints:
    """What each does: more of the younger ones are in education."""
    count = len(known)
    activity = choose(rng, (0.06, 0.01, 0.20, 0.03, 0.04, 0.17, 0.05, 0.1, 0.27, 0.06, 0.01), count)
    learns = np.select([as_at < eighteen, as_at < eighteen + YEAR], [0.6, 0.2], 0.0)
    activity = np.where(chance(rng, learns, count), ACTIVITY.index("F2"), activity)
    return np.where(known, activity, ACTIVITY.index("0"))
