"""Health of looked-after children as the case system holds it, and what the health partners send every week."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import polars as pl

from flows.demo.invented_council.care_records import sdq_of
from flows.demo.invented_council.columns import (
    between,
    chance,
    choose,
    days,
    every,
    numbered,
    numbered_where,
    pick,
    pick_where,
    stacked,
    table,
    taken,
    whole,
    yes_no,
)
from flows.demo.invented_council.council import Council, ExtractAsKnown
from flows.demo.invented_council.days import NEVER, YEAR, Arrays, Flags, Ints
from flows.demo.invented_council.looked_after import Care, looked_after_on

IHA, RHA, DENT, OPT, DEV = range(5)
CHECKS = ("IHA", "RHA", "DENT", "OPT", "DEV")
BREACHES = (
    "LATE_NOTIFICATION", "NO_CONSENT", "CAPACITY", "OUT_OF_AREA", "PLACEMENT_MOVE", "CHILD_CHOICE", "DNA", "OTHER",
)  # fmt: skip
PLANNED_AHEAD = 35  # days
OUTCOMES = ("COMPLETED", "PENDING", "DECLINED", "DNA", "LEFT_CARE", "CANCELLED_TRUST")


def tables(extract: ExtractAsKnown, care: Care) -> Iterator[tuple[str, pl.DataFrame]]:
    council = extract.council
    assessments = assessments_of(council, care)
    dental = dental_of(council, care)
    yield "ssd_cla_health", checks(extract, care, assessments, dental)
    yield "ssd_cla_immunisations", immunisations(extract, care)
    yield "nhs_health_assessments", requests(extract, care, assessments)
    yield "nhs_immunisations", trust_immunisations(extract, care)
    yield "nhs_dental", trust_dental(extract, care, dental)
    yield "nhs_sdq", trust_sdq(extract, care)
    yield "nhs_registration", registrations(extract, care)
    yield "nhs_camhs", camhs(extract, care)
    yield "nhs_ae", emergencies(extract)
    yield "nhs_posts", posts(extract)


def assessments_of(council: Council, care: Care) -> Arrays:
    """The initial assessment after each entry, and reviews: half-yearly under five, yearly from five."""
    rng = council.random("health assessments")
    periods, real = care.periods, care.real
    working = council.working_days
    start, end = periods["start"][real], periods["end"][real]
    count = len(real)
    in_time = chance(rng, 0.58, count)
    returned = working.add(start, np.where(in_time, between(rng, 9, 20, count), between(rng, 21, 60, count)))
    attended = working.on_or_before(returned - between(rng, 2, 7, count))
    attended = np.maximum(attended, start + 1)
    first = {
        "period": real,
        "kind": np.full(count, IHA, dtype=np.int64),
        "attended": attended,
        "returned": np.maximum(returned, attended),
        "asked": start + choose(rng, (0.3, 0.3, 0.2, 0.1, 0.05, 0.05), count),
    }
    age = (start - council.born[periods["person"][real]]) / YEAR
    step = np.where(age < 4, 182, 365)
    owner, day = every(rng, np.minimum(start + 40, end), end, step, 45, until=council.ends + PLANNED_AHEAD)
    attended = working.on_or_after(day)
    review = {
        "period": real[owner],
        "kind": np.full(len(day), RHA, dtype=np.int64),
        "attended": attended,
        "returned": working.add(attended, between(rng, 2, 20, len(day))),
        "asked": attended - between(rng, 25, 60, len(day)),
    }
    found = stacked([first, review])
    length = len(found["kind"])
    fails = np.where(found["kind"] == IHA, 0.055, 0.12)
    found["fails"] = np.where(chance(rng, fails, length), choose(rng, (0.6, 0.4), length) + 2, 0)
    found = taken(found, found["attended"] >= council.begins)
    return taken(found, np.lexsort((found["period"], found["asked"])).astype(np.int64))


def dental_of(council: Council, care: Care) -> Arrays:
    """Three children in four see a dentist once or twice a year; the others rarely."""
    rng = council.random("dental")
    periods, real = care.periods, care.real
    seldom = chance(rng, 0.28, len(real))
    step = np.where(seldom, 800, between(rng, 150, 330, len(real)))
    owner, day = every(rng, periods["start"][real], periods["end"][real], step, 60, until=council.ends + PLANNED_AHEAD)
    period = real[owner]
    keep = (day >= council.begins) & (day > council.born[periods["person"][period]] + 250)
    period, day = period[keep], council.working_days.on_or_after(day[keep])
    order = np.lexsort((period, day))
    return {"period": period[order], "day": day[order], "missed": chance(rng, 0.06, len(order)).astype(np.int64)}


def checks(extract: ExtractAsKnown, care: Care, assessments: Arrays, dental: Arrays) -> pl.DataFrame:
    council = extract.council
    rng = council.random("health checks")
    periods, real = care.periods, care.real
    start, end = periods["start"][real], periods["end"][real]
    owner, day = every(rng, start, end, 400, 90, until=council.ends + PLANNED_AHEAD)
    eyes = {"period": real[owner], "day": day, "kind": np.full(len(day), OPT, dtype=np.int64)}
    owner, day = every(rng, start, end, 290, 60, until=council.ends + PLANNED_AHEAD)
    small = day < council.born[periods["person"][real[owner]]] + int(5 * YEAR)
    growth = {"period": real[owner[small]], "day": day[small], "kind": np.full(int(small.sum()), DEV, dtype=np.int64)}
    parts = [
        {"period": assessments["period"], "day": assessments["attended"], "kind": assessments["kind"]}
        | {"status": np.where(assessments["fails"] == 2, 1, np.where(assessments["fails"] == 3, 2, 0))},
        {"period": dental["period"], "day": dental["day"], "kind": np.full(len(dental["day"]), DENT, dtype=np.int64)}
        | {"status": dental["missed"]},
    ]
    parts += [extra | {"status": np.zeros(len(extra["day"]), np.int64)} for extra in (eyes, growth)]
    found = stacked(parts)
    found = taken(found, (found["day"] >= council.begins) & (found["day"] <= council.ends + PLANNED_AHEAD))
    found = taken(found, np.lexsort((found["period"], found["kind"], found["day"])).astype(np.int64))
    # A check after the extract's day is planned.
    ahead = found["day"] > extract.as_at
    status = np.where(ahead, 3, found["status"])
    recorded = np.where(found["kind"] == IHA, found["day"], found["day"] - 28)
    recorded = np.maximum(recorded, np.minimum(periods["start"][found["period"]], found["day"]))
    return table(
        {
            "clah_health_check_id": numbered("HCK", np.arange(1, len(status) + 1, dtype=np.int64)),
            "clah_person_id": extract.child(periods["person"][found["period"]]),
            "clah_health_check_type": pick(CHECKS, found["kind"]),
            "clah_health_check_date": days(found["day"]),
            "clah_health_check_status": pick(("Completed", "Refused", "Cancelled", "Planned"), status),
        },
        recorded,
    )


def immunisations(extract: ExtractAsKnown, care: Care) -> pl.DataFrame:
    """One row for each child ever looked after, confirmed about once a year."""
    council = extract.council
    rng = council.random("immunisations")
    person, first = np.unique(care.periods["person"][care.real], return_index=True)
    start = care.periods["start"][care.real[first]] + 30
    count = len(person)
    up_to_date = chance(rng, 0.83, count)
    offset = between(rng, 0, 360, count)
    confirmed = np.maximum(start, extract.as_at - (extract.as_at + offset) % 365)
    return table(
        {
            "clai_person_id": extract.child(person),
            "clai_immunisations_status": yes_no(up_to_date),
            "clai_immunisations_status_date": days(confirmed),
        },
        start,
    )


def requests(extract: ExtractAsKnown, care: Care, assessments: Arrays) -> pl.DataFrame:
    """The trust's list of assessments requested in the last three years."""
    council = extract.council
    rng = council.random("health requests")
    periods = care.periods
    found = taken(assessments, assessments["asked"] >= council.ends - 3 * 365)
    period, kind = found["period"], found["kind"]
    person, start = periods["person"][period], periods["start"][period]
    count = len(period)
    under_five = council.born[person] + int(5 * YEAR) > found["attended"]
    code = np.where(kind == IHA, 0, np.where(under_five, 1, 2))
    left = periods["end"][period] <= found["attended"]
    final = np.where(left, 4, np.where(found["fails"] > 0, found["fails"], 0))
    settled_on = np.where(
        left, periods["end"][period], np.where(found["fails"] > 0, found["attended"], found["returned"])
    )
    outcome = np.where(settled_on <= extract.as_at, final, 1)
    done = final == 0
    due = council.working_days.add(start, 20)
    late = (kind == IHA) & (found["returned"] > due) & done & (found["returned"] <= extract.as_at)
    consent = np.minimum(found["asked"] + between(rng, 0, 9, count), found["attended"])
    offered = np.maximum(found["asked"], found["attended"] - choose(rng, (0.8, 0.1, 0.1), count) * 7)
    return table(
        {
            "request_id": numbered("HAR", np.arange(1, count + 1, dtype=np.int64)),
            "nhs_number": extract.nhs(person),
            "local_child_id": extract.child(person),
            "dob": days(council.born[person]),
            "assessment_kind": pick(("IHA", "RHA6", "RHA12"), code),
            "placed_out_of_area": yes_no(chance(rng, 0.17, count)),
            "date_la_notified": days(found["asked"]),
            "date_consent_received": days(consent),
            "date_request_complete": days(np.minimum(consent + between(rng, 0, 4, count), found["attended"])),
            "date_appointment_first_offered": days(offered),
            "date_attended": days(np.where(done, found["attended"], NEVER)),
            "date_report_returned": days(np.where(done, found["returned"], NEVER)),
            "outcome": pick(OUTCOMES, outcome),
            "breach_reason": pick_where(late, BREACHES, choose(rng, (22, 20, 30, 10, 6, 5, 4, 3), count)),
            "practitioner": pick_where(outcome == 0, ("MEDICAL", "NURSE"), (kind == RHA).astype(np.int64)),
            "designated_doctor_review": yes_no(chance(rng, 0.1, count)),
        },
        found["asked"],
    )


def trust_immunisations(extract: ExtractAsKnown, care: Care) -> pl.DataFrame:
    """A status for each child looked after on the day."""
    council = extract.council
    rng = council.random("trust immunisations")
    chances = rng.random(len(care.periods["start"]))
    waits = between(rng, 0, 300, len(chances))
    period = looked_after_on(care, extract.as_at)
    status = np.searchsorted(np.asarray((0.82, 0.90, 0.94, 0.97, 1.0)), chances[period], side="right")
    day = np.maximum(extract.as_at - (extract.as_at + waits[period]) % 300, care.periods["start"][period])
    return table(
        {
            "row_id": numbered("VAC", period + 1),
            "nhs_number": extract.nhs(care.periods["person"][period]),
            "status": pick(("UP_TO_DATE", "BEHIND", "CATCH_UP", "DECLINED", "UNKNOWN"), np.minimum(status, 4)),
            "status_date": days(day),
            "missing_antigens": pick_where(status == 1, ("MMR", "HPV;TdIPV", "MenACWY"), waits[period] % 3),
        },
        day,
    )


def trust_dental(extract: ExtractAsKnown, care: Care, dental: Arrays) -> pl.DataFrame:
    """The trust's list has two checks in three, including those declined or missed."""
    council = extract.council
    rng = council.random("trust dental")
    passed_on = chance(rng, 0.66, len(dental["day"])) & (dental["day"] >= council.ends - 3 * 365)
    period, day, missed = dental["period"][passed_on], dental["day"][passed_on], dental["missed"][passed_on] == 1
    count = len(day)
    status = np.where(missed, choose(rng, (0.5, 0.5), count) + 1, 0)
    return table(
        {
            "row_id": numbered("DEN", np.arange(1, count + 1, dtype=np.int64)),
            "nhs_number": extract.nhs(care.periods["person"][period]),
            "check_date": days(day),
            "status": pick(("CHECKED", "REFUSED", "DNA"), status),
            "registered": yes_no(chance(rng, 0.93, count)),
        },
        day,
    )


def trust_sdq(extract: ExtractAsKnown, care: Care) -> pl.DataFrame:
    found = sdq_of(extract.council, care, "trust sdq")
    found = taken(found, found["day"] >= extract.council.ends - 2 * 365)
    scored = found["reason"] < 0
    return table(
        {
            "row_id": numbered("TSD", np.arange(1, len(scored) + 1, dtype=np.int64)),
            "nhs_number": extract.nhs(care.periods["person"][found["period"]]),
            "completed_date": days(np.where(scored, found["day"], NEVER)),
            "score": whole(found["score"], scored),
            "reason": pick_where(~scored, ("SDQ2", "SDQ3", "SDQ4", "SDQ5"), np.maximum(found["reason"], 0)),
            "respondent": pick(("CARER",), np.zeros(len(scored), dtype=np.int64)),
        },
        found["day"],
    )


def registrations(extract: ExtractAsKnown, care: Care) -> pl.DataFrame:
    """Doctor, dentist and optician of each child looked after on the day."""
    council = extract.council
    draws = council.random("registrations").random((len(care.periods["start"]), 3))
    period = looked_after_on(care, extract.as_at)
    owner = np.repeat(period, 3)
    service = np.tile(np.arange(3, dtype=np.int64), len(period))
    registered = draws[owner, service] < np.asarray((0.975, 0.9, 0.78))[service]
    return table(
        {
            "row_id": numbered("REG", owner * 3 + service + 1),
            "nhs_number": extract.nhs(care.periods["person"][owner]),
            "service": pick(("GP", "DENTIST", "OPTICIAN"), service),
            "registered": yes_no(registered),
        },
        care.periods["start"][owner],
    )


def in_care_at(care: Care, person: Ints, day: Ints) -> Flags:
    """Whether each person was looked after on the day."""
    real = care.real
    order = real[np.lexsort((care.periods["start"][real], care.periods["person"][real]))]
    keys = care.periods["person"][order] * 10_000_000 + care.periods["start"][order] + 1_000_000
    place = np.searchsorted(keys, person * 10_000_000 + day + 1_000_000, side="right") - 1
    last = order[np.maximum(place, 0)]
    return np.asarray((place >= 0) & (care.periods["person"][last] == person) & (care.periods["end"][last] > day))


def _of_children_on_file(
    council: Council, person: Ints, day: Ints, from_age: float, below_age: float
) -> tuple[Ints, Ints]:
    """By day, the events of children of that age whom the council knew by then and partners send rows about."""
    age = (day - council.born[person]) / YEAR
    keep = (
        council.partners_write_of[person]
        & (council.first_known[person] <= day)
        & (age >= from_age)
        & (age < below_age)
        & (council.died[person] > council.ends)
    )
    person, day = person[keep], day[keep]
    order = np.lexsort((person, day))
    return person[order], day[order]


def camhs(extract: ExtractAsKnown, care: Care) -> pl.DataFrame:
    """Referrals of the last three years: one child on file in 25 a year; some wait longer than the contract allows."""
    council = extract.council
    rng = council.random("camhs")
    drawn = max(12, round(council.children * 0.11))
    person = between(rng, 0, council.children - 1, drawn)
    day = council.ends - 3 * 365 + between(rng, 0, 3 * 365, drawn)
    person, day = _of_children_on_file(council, person, day, 5, 17.8)
    count = len(person)
    urgency = choose(rng, (0.05, 0.13, 0.82), count)
    limit = np.asarray((1, 4, 18))[urgency]
    looked_after = in_care_at(care, person, day)
    pathway = np.where(looked_after & chance(rng, 0.7, count), 1, choose(rng, (0.62, 0, 0.05, 0.2, 0.08, 0.05), count))
    decision = choose(rng, (0.74, 0.14, 0.12), count)
    decided = day + np.where(urgency == 0, between(rng, 0, 1, count), between(rng, 2, 24, count))
    beyond = chance(rng, 0.17, count)
    wait = limit * 7 * np.where(beyond, 1 + rng.random(count), 0.08 + 0.9 * rng.random(count) ** 1.7)
    accepted = decision == 0
    seen = np.where(accepted, np.maximum(day + wait.astype(np.int64), decided), NEVER)
    second = np.where(accepted & chance(rng, 0.8, count), seen + between(rng, 14, 70, count), NEVER)
    discharged = np.where(accepted, seen + between(rng, 90, 400, count), decided)
    return table(
        {
            "referral_id": numbered("CAM", np.arange(1, count + 1, dtype=np.int64)),
            "nhs_number": extract.nhs(person),
            "local_child_id": extract.child(person),
            "date_received": days(day),
            "referrer": pick(
                ("GP", "SOCIAL_CARE", "SCHOOL", "SELF", "HOSPITAL", "CRISIS"),
                choose(rng, (4, 2, 3, 1, 0.6, 0.4), count),
            ),
            "urgency": pick(("EMERGENCY", "URGENT", "ROUTINE"), urgency),
            "presenting_need": pick(
                ("ANXIETY", "MOOD", "SELF_HARM", "TRAUMA", "NEURO", "EATING", "BEHAVIOUR", "OTHER"),
                choose(rng, (5, 4, 3, 3, 4, 1, 2, 1), count),
            ),
            "decision": pick(
                ("ACCEPTED", "REDIRECTED", "REJECTED", "PENDING"), np.where(decided <= extract.as_at, decision, 3)
            ),
            "date_decision": days(decided),
            "date_first_contact": days(seen),
            "date_second_contact": days(second),
            "dna_count": whole(choose(rng, (0.75, 0.17, 0.08), count)),
            "looked_after_flag": yes_no(looked_after ^ chance(rng, 0.02, count)),
            "pathway": pick(("CORE", "CLA", "ED", "NEURO", "CRISIS", "LD"), pathway),
            "spec_limit_weeks": whole(limit),
            "date_discharged": days(discharged),
            "discharge_reason": pick_where(
                accepted & (discharged <= extract.as_at),
                ("COMPLETE", "DNA", "MOVED", "OTHER"),
                choose(rng, (7, 1, 1, 1), count),
            ),
        },
        day,
    )


def emergencies(extract: ExtractAsKnown) -> pl.DataFrame:
    """Emergency attendances of children on file over the last two years."""
    council = extract.council
    rng = council.random("emergencies")
    drawn = max(20, round(council.children * 0.95))
    person = between(rng, 0, council.children - 1, drawn)
    person = np.where(chance(rng, 0.3, drawn), person // 40 * 40, person)  # a few children attend repeatedly
    day = council.ends - between(rng, 0, 2 * 365, drawn)
    person, day = _of_children_on_file(council, person, day, 0, 18)
    count = len(person)
    band = np.digitize((day - council.born[person]) / YEAR, (1, 5, 10, 16))
    notified = np.where(chance(rng, 0.86, count), choose(rng, (0.5, 0.3, 0.2), count), between(rng, 3, 12, count))
    notified = np.where(chance(rng, 0.05, count), NEVER, council.working_days.on_or_after(day + notified))
    minute = between(rng, 0, 24 * 60 - 1, count)
    stamp = (
        days(day).dt.strftime("%Y-%m-%dT")
        + numbered("", minute // 60, 2)
        + pl.Series([":"], dtype=pl.String).new_from_index(0, count)
        + numbered("", minute % 60, 2)
        + ":00"
    )
    reason = np.where(
        band == 0, choose(rng, (2, 0, 0, 0, 0, 3, 5), count), choose(rng, (6, 1.5, 0.6, 0.4, 1, 0, 4), count)
    )
    return table(
        {
            "attendance_id": numbered("AE", np.arange(1, count + 1, dtype=np.int64)),
            "nhs_number": extract.nhs(person),
            "attended_at": stamp,
            "site_code": pick(("RXM01", "RXM02", "RYB10"), choose(rng, (6, 3, 1), count)),
            "reason_group": pick(
                ("INJURY", "SELF_HARM", "SUBSTANCE", "ASSAULT", "MENTAL_HEALTH", "INFANT", "OTHER"), reason
            ),
            "age_band": pick(("0", "1-4", "5-9", "10-15", "16-17"), band),
            "known_to_csc": pick(("Y", "N", "U"), choose(rng, (0.5, 0.4, 0.1), count)),
            "date_notified_la": days(notified),
            "outcome": pick(("HOME", "ADMITTED", "LEFT", "REFERRED"), choose(rng, (7, 2, 0.5, 1), count)),
        },
        day,
    )


def posts(extract: ExtractAsKnown) -> pl.DataFrame:
    """The posts the commissioners must fill; the designated doctor for looked-after children is vacant."""
    council = extract.council
    codes = ("DD_CLA", "DN_CLA", "DD_CP", "DN_CP", "ND", "NN", "MA", "AE_LIAISON")
    place = np.arange(len(codes), dtype=np.int64)
    vacant = place == 0
    started = np.where(vacant, NEVER, council.begins + 200 + place * 160)
    return table(
        {
            "post": pick(codes, place),
            "holder_ref": numbered_where(~vacant, "HP", place + 1, 3),
            "start_date": days(started),
            "wte": pl.Series(np.asarray((0.4, 1.0, 0.4, 1.0, 0.5, 1.0, 0.3, 0.8))),
            "vacant": yes_no(vacant),
        },
        np.full(len(codes), council.begins, dtype=np.int64),
    )
