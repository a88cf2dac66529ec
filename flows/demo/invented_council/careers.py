"""What happens to children: referral, assessment, enquiry, conference, plan, care, closure, and the next referral.

The seed alone decides every career, to the end of the world; an extract shows what was known on its day. The chances
give a council of about 3.2 residents aged 0-17 per child on file England's published rates (DfE children in need
2023-24, looked after 2023-24): each year, per 10,000 residents, 520 referrals, 187 enquiries, 60 conferences, 53 plans
and 26 entries to care.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from flows.demo.invented_council.columns import between, chance, choose, lasting, stacked, taken
from flows.demo.invented_council.days import NEVER, YEAR, Arrays, Flags, Floats, Ints, WorkingDays, add_months

# What a referral leads to.
CLOSED, EARLY_HELP, PLAN, ENQUIRY_CLOSED, ENQUIRY_PLAN, CONFERENCE_ONLY = range(6)
PROTECTED, CARE, DISABLED, REFUSED, UASC = range(6, 11)
COURSE_WEIGHTS = (0.31, 0.12, 0.145, 0.11, 0.13, 0.016, 0.086, 0.032, 0.028)
COURSE_WEIGHTS_AFTER_PROTECTION = (0.12, 0.05, 0.15, 0.08, 0.14, 0.03, 0.37, 0.06, 0.0)

# How a period of care ends.
HOME, GUARDIANSHIP, ADOPTION, GROWS_UP, RELATIVES = range(5)
CARE_WEIGHTS = (  # by age at entry: under 5, 5-9, 10-15, 16 and over
    (0.34, 0.19, 0.27, 0.14, 0.06),
    (0.42, 0.14, 0.00, 0.38, 0.06),
    (0.38, 0.02, 0.00, 0.54, 0.06),
    (0.18, 0.00, 0.00, 0.78, 0.04),
)

CLOSE_REASONS = ("RC1", "RC2", "RC3", "RC4", "RC5", "RC6", "RC7", "RC8", "RC9")
RC1, RC3, RC4, RC5, RC6, RC7, RC8, RC9 = 0, 2, 3, 4, 5, 6, 7, 8

REVIEWS_KEPT = 7  # a plan is reviewed at 3 months, then every 6: seven cover three and a half years


@dataclass(frozen=True)
class Spans:
    """The world's first and last day, as day numbers, and its working days."""

    begins: int
    ends: int
    working_days: WorkingDays


def plan_reviews(rng: np.random.Generator, spans: Spans, start: Ints) -> tuple[Ints, Ints]:
    """The days a plan's reviews are due and held: three months after it starts, then six months after the last."""
    count = len(start)
    due = np.full((count, REVIEWS_KEPT), NEVER, dtype=np.int64)
    held = due.copy()
    last = start
    for place in range(REVIEWS_KEPT):
        due[:, place] = add_months(last, 3 if place == 0 else 6)
        early = spans.working_days.on_or_before(due[:, place] - between(rng, 0, 12, count))
        late = spans.working_days.on_or_after(due[:, place] + between(rng, 1, 20, count))
        held[:, place] = np.where(chance(rng, 0.06, count), late, early)
        last = held[:, place]
    return due, held


def care_spell(rng: np.random.Generator, entered: Ints, born: Ints, grows_up: Flags) -> tuple[Ints, Ints]:
    """The last day of a period of care and how it ends; never after the eighteenth birthday."""
    count = len(entered)
    age = (entered - born) / YEAR
    band = np.digitize(age, (5, 10, 16))
    ending = np.zeros(count, dtype=np.int64)
    for place, weights in enumerate(CARE_WEIGHTS):
        ending = np.where(band == place, choose(rng, weights, count), ending)
    ending = np.where(grows_up, GROWS_UP, ending)
    eighteen = add_months(born, 216)
    home = np.where(chance(rng, 0.5, count), lasting(rng, 55, 0.9, count), lasting(rng, 380, 0.6, count))
    # Many of those who come into care young and would stay until adulthood go home earlier.
    leaves_young = (ending == GROWS_UP) & (age < 10) & chance(rng, 0.45, count)
    length = np.select(
        [ending == HOME, ending == GUARDIANSHIP, ending == ADOPTION, ending == RELATIVES, leaves_young],
        [
            home,
            lasting(rng, 420, 0.35, count),
            lasting(rng, 780, 0.22, count),
            lasting(rng, 200, 0.6, count),
            lasting(rng, 1500, 0.5, count),
        ],
        NEVER,
    )
    ending = np.where(leaves_young, HOME, ending)
    ended = np.minimum(entered + length, eighteen)
    return ended, np.where(ended == eighteen, GROWS_UP, ending)


def episodes(
    rng: np.random.Generator,
    spans: Spans,
    referred: Ints,
    born: Ints,
    protected_before: Flags,
    forced: Ints,
) -> Arrays:
    """One referral each, and everything that follows until the case closes.

    Each step draws from `rng` in turn: moving one changes every council.

    Args:
        referred: day of the referral.
        born: day of birth (may be after the referral).
        protected_before: had a child protection plan before.
        forced: the course to take, or -1.
    """
    working = spans.working_days
    eighteen = add_months(born, 216)
    found = {"referred": referred, "course": _courses(rng, protected_before, forced)}
    found |= _assessments(rng, working, found)
    found |= _enquiries(rng, working, found)
    found |= _protection_plans(rng, spans, found, eighteen)
    care, after_plan = _periods_of_care(rng, found, born, eighteen)
    found |= care
    found |= _need_plans(rng, found, after_plan, eighteen)
    return found | _closures(rng, found, eighteen)


def _courses(rng: np.random.Generator, protected_before: Flags, forced: Ints) -> Ints:
    """The course each referral takes: more often towards protection for a child who had a plan before."""
    count = len(forced)
    course = np.where(
        protected_before,
        choose(rng, COURSE_WEIGHTS_AFTER_PROTECTION, count),
        choose(rng, COURSE_WEIGHTS, count),
    )
    course = np.where(chance(rng, 0.065, count), REFUSED, course)
    return np.where(forced >= 0, forced, course)


def _assessments(rng: np.random.Generator, working: WorkingDays, found: Arrays) -> Arrays:
    """An assessment of every referral the council accepts, five in six of them within 45 working days."""
    referred, assessed = found["referred"], found["course"] != REFUSED
    count = len(referred)
    started = working.on_or_after(referred + choose(rng, (5, 3, 1, 1), count))
    in_time = chance(rng, 0.835, count)
    length = np.where(in_time, rng.triangular(7, 43, 46, count), 46 + rng.exponential(11, count)).astype(np.int64)
    return {
        "assessment_started": np.where(assessed, started, NEVER),
        "assessment_authorised": np.where(assessed, working.add(referred, np.minimum(length, 78)), NEVER),
    }


def _enquiries(rng: np.random.Generator, working: WorkingDays, found: Arrays) -> Arrays:
    """Section 47 enquiries, and the initial child protection conferences that some of them lead to."""
    referred, course = found["referred"], found["course"]
    count = len(referred)
    before_care = (course == CARE) & chance(rng, 0.45, count)
    enquired = ((course >= ENQUIRY_CLOSED) & (course <= PROTECTED)) | before_care
    soon = chance(rng, 0.72, count)
    strategy = working.on_or_after(referred + np.where(soon, between(rng, 0, 2, count), between(rng, 3, 24, count)))
    started = np.where(enquired, strategy, NEVER)
    conferred = (course == CONFERENCE_ONLY) | (course == PROTECTED)
    until_conference = np.where(chance(rng, 0.79, count), between(rng, 9, 15, count), between(rng, 16, 30, count))
    length = np.where(conferred, np.minimum(until_conference - 2, 12), between(rng, 4, 15, count))
    runs_on = ~conferred & chance(rng, 0.05, count)
    length = np.where(runs_on, between(rng, 16, 40, count), length)
    return {
        "enquiry_started": started,
        "enquiry_ended": working.add(started, length),
        "conference": np.where(conferred, working.add(started, until_conference), NEVER),
    }


def _protection_plans(rng: np.random.Generator, spans: Spans, found: Arrays, eighteen: Ints) -> Arrays:
    """Child protection plans with their reviews; a plan ends at a review, or when the child moves away."""
    protected = found["course"] == PROTECTED
    count = len(protected)
    started = np.where(protected, found["conference"], NEVER)
    review_due, review_held = plan_reviews(rng, spans, started)
    last_review = choose(rng, (0.27, 0.41, 0.21, 0.07, 0.028, 0.012), count)
    ended = review_held[np.arange(count), last_review]
    moved_away = protected & chance(rng, 0.08, count)
    ended = np.where(moved_away, np.maximum(started + 5, ended - between(rng, 8, 60, count)), ended)
    return {
        "plan_started": started,
        "plan_ended": np.where(protected, np.minimum(ended, eighteen), NEVER),
        "review_due": review_due,
        "review_held": review_held,
    }


def _periods_of_care(rng: np.random.Generator, found: Arrays, born: Ints, eighteen: Ints) -> tuple[Arrays, Flags]:
    """Care, at once or within weeks of the referral, or after a protection plan that failed.

    Returns the periods, and whose protection plan failed.
    """
    referred, course = found["referred"], found["course"]
    count = len(referred)
    in_care = (course == CARE) | (course == UASC)
    wait = np.minimum(rng.exponential(25, count).astype(np.int64), 120)
    wait = np.where(course == UASC, between(rng, 0, 1, count), wait)
    after_plan = (course == PROTECTED) & chance(rng, 0.10, count)
    started = np.where(in_care, np.maximum(referred + wait, born), np.where(after_plan, found["plan_ended"], NEVER))
    started = np.where(started > eighteen - 30, NEVER, np.maximum(started, born))
    taken_in = started < NEVER
    ended, ending = care_spell(rng, np.where(taken_in, started, 0), born, course == UASC)
    care = {
        "care_started": started,
        "care_ended": np.where(taken_in, ended, NEVER),
        "care_ending": np.where(taken_in, ending, -1),
    }
    return care, after_plan


def _need_plans(rng: np.random.Generator, found: Arrays, after_plan: Flags, eighteen: Ints) -> Arrays:
    """Child in need plans: after an assessment, after a protection plan, or after the child comes home."""
    course, conference = found["course"], found["conference"]
    count = len(course)
    planned = np.isin(course, (PLAN, ENQUIRY_PLAN, CONFERENCE_ONLY, DISABLED))
    enquired = found["enquiry_started"] < NEVER
    from_day = np.maximum(found["assessment_authorised"], np.where(enquired, found["enquiry_ended"], 0))
    from_day = np.where(conference < NEVER, np.maximum(from_day, conference), from_day)
    stepped_down = (course == PROTECTED) & ~after_plan & chance(rng, 0.85, count)
    back_home = (found["care_ending"] == HOME) & chance(rng, 0.75, count)
    started = np.select(
        [planned, stepped_down, back_home],
        [from_day + between(rng, 0, 8, count), found["plan_ended"], found["care_ended"]],
        NEVER,
    )
    length = np.select(
        [course == DISABLED, planned, stepped_down],
        [lasting(rng, 1150, 0.45, count), lasting(rng, 175, 0.6, count), lasting(rng, 115, 0.5, count)],
        lasting(rng, 110, 0.5, count),
    )
    started = np.where(started > eighteen - 14, NEVER, started)
    return {
        "cin_started": started,
        "cin_ended": np.where(started < NEVER, np.minimum(started + length, eighteen), NEVER),
    }


def _closures(rng: np.random.Generator, found: Arrays, eighteen: Ints) -> Arrays:
    """The day each case closes, why, and whether the child can be referred again."""
    course, ending = found["course"], found["care_ending"]
    count = len(course)
    last = np.where(course != REFUSED, found["assessment_authorised"], found["referred"])
    for event in ("enquiry_ended", "conference", "plan_ended", "care_ended", "cin_ended"):
        last = np.maximum(last, np.where(found[event] < NEVER, found[event], 0))
    closed = last + between(rng, 0, 4, count)
    grown = closed >= eighteen - 5
    reason = np.select(
        [
            course == REFUSED,
            ending == ADOPTION,
            ending == GUARDIANSHIP,
            ending == RELATIVES,
            grown & (course == DISABLED),
            (course == CLOSED) | (course == ENQUIRY_CLOSED),
            course == EARLY_HELP,
            chance(rng, 0.05, count),
        ],
        [RC7, RC1, RC4, RC3, RC6, RC8, RC9, RC5],
        RC7,
    )
    return {
        "closed": closed,
        "close_reason": reason,
        "final": ((ending == ADOPTION) | grown).astype(np.int64),
    }


def lives(
    rng: np.random.Generator, spans: Spans, first_referral: Ints, born: Ints, forced: Ints, next_chance: Floats
) -> Arrays:
    """All referrals of each person, one after the other; `person` is the position in the arguments."""
    parts: list[Arrays] = []
    person = np.arange(len(first_referral), dtype=np.int64)
    referred, course = first_referral, forced
    protected = np.zeros(len(first_referral), dtype=np.bool_)
    while len(person):
        found = episodes(rng, spans, referred, born[person], protected[person], course)
        found["person"] = person
        parts.append(found)
        protected[person[found["plan_started"] < NEVER]] = True
        again = chance(rng, np.where(protected[person], 0.60, next_chance[person]), len(person)) & (found["final"] == 0)
        gap = 4 + rng.exponential(np.where(protected[person], 330, 240)).astype(np.int64)
        following = spans.working_days.on_or_after(found["closed"] + gap)
        again &= (following <= spans.ends) & (following < born[person] + 17.6 * YEAR)
        person, referred = person[again], following[again]
        course = np.full(len(person), -1, dtype=np.int64)
    return stacked(parts)


def kept(spans: Spans, found: Arrays, people: int) -> tuple[Arrays, Ints]:
    """Keep the referrals open in the extract's six years, of the first `people` children who have any.

    Returns the referrals, with `person` renumbered from 0, and the old positions of the people kept.
    """
    found = taken(found, found["closed"] >= spans.begins)
    positions = np.unique(found["person"])[:people]
    place = np.searchsorted(positions, found["person"])
    inside = (place < len(positions)) & (positions[np.minimum(place, len(positions) - 1)] == found["person"])
    found = taken(found, inside)
    found["person"] = place[inside].astype(np.int64)
    return found, positions


AGE_EDGES = (-0.4, 0.0, 1.0, 5.0, 10.0, 16.0, 17.6)
AGE_WEIGHTS = (0.03, 0.08, 0.22, 0.28, 0.31, 0.08)


def ages_in_days(rng: np.random.Generator, count: int) -> Ints:
    """Age at a first referral: from four months before birth to seventeen and a half."""
    band = choose(rng, AGE_WEIGHTS, count)
    lowest, highest = np.asarray(AGE_EDGES)[band], np.asarray(AGE_EDGES)[band + 1]
    age: Ints = ((lowest + (highest - lowest) * rng.random(count)) * YEAR).astype(np.int64)
    return age


def referred_people(rng: np.random.Generator, spans: Spans, people: int) -> tuple[Arrays, Ints, Ints]:
    """Children referred for the first time in the last nine years whose case was open in the last six.

    Returns (referrals, born, family): siblings are referred on the same day.
    """
    drawn = int(people * 1.7) + 50
    family_of = families_of(rng, drawn)
    families = int(family_of[-1]) + 1
    earliest = spans.begins - int(3 * YEAR)
    first = rng.integers(earliest, spans.ends + 1, families, dtype=np.int64)
    referred = spans.working_days.on_or_after(first)[family_of]
    referred = np.minimum(referred, spans.ends)
    born = referred - ages_in_days(rng, drawn)
    need = choose(rng, (0.45, 0.40, 0.15), drawn)
    found = lives(rng, spans, referred, born, np.full(drawn, -1, dtype=np.int64), np.asarray((0.32, 0.48, 0.66))[need])
    found, positions = kept(spans, found, people)
    return found, born[positions], family_of[positions]


def families_of(rng: np.random.Generator, people: int) -> Ints:
    """The family of each of `people`: one to four children to a family."""
    sizes = choose(rng, (0.5, 0.28, 0.15, 0.07), people) + 1
    return np.repeat(np.arange(people, dtype=np.int64), sizes)[:people]


def children_in_care_at_the_start(rng: np.random.Generator, spans: Spans, people: int) -> tuple[Arrays, Ints]:
    """Children already looked after when the extract's six years begin. Returns (referrals, born)."""
    drawn = people * 14 + 400
    referred = spans.working_days.on_or_after(
        rng.integers(spans.begins - int(16 * YEAR), spans.begins, drawn, dtype=np.int64)
    )
    band = choose(rng, (0.33, 0.22, 0.32, 0.13), drawn)
    lowest, highest = np.asarray((0.0, 5.0, 10.0, 16.0))[band], np.asarray((5.0, 10.0, 16.0, 17.5))[band]
    born = referred - ((lowest + (highest - lowest) * rng.random(drawn)) * YEAR).astype(np.int64)
    first = episodes(rng, spans, referred, born, np.zeros(drawn, dtype=np.bool_), np.full(drawn, CARE, dtype=np.int64))
    staying = (first["care_ended"] > spans.begins) & (first["care_started"] < spans.begins)
    places = np.flatnonzero(staying)[:people]
    found = taken(first, places)
    found["person"] = np.arange(len(places), dtype=np.int64)
    return found, born[places]


def unaccompanied_people(rng: np.random.Generator, spans: Spans, people: int) -> tuple[Arrays, Ints]:
    """Unaccompanied asylum-seeking children, looked after from the day they are referred. Returns (referrals, born)."""
    referred = rng.integers(spans.begins - 300, spans.ends + 1, people, dtype=np.int64)
    born = referred - ((15.2 + 2.3 * rng.random(people) ** 0.6) * YEAR).astype(np.int64)
    found = episodes(
        rng, spans, referred, born, np.zeros(people, dtype=np.bool_), np.full(people, UASC, dtype=np.int64)
    )
    found["person"] = np.arange(people, dtype=np.int64)
    return found, born
