"""What the council records besides cases: complaints, audits, homes, its action plan, population, local standards."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import date

import numpy as np
import polars as pl

from flows.demo.invented_council.columns import (
    between,
    chance,
    choose,
    days,
    numbered,
    numbered_where,
    pick,
    pick_where,
    ragged,
    table,
    taken,
    whole,
    yes_no,
)
from flows.demo.invented_council.council import Council, ExtractAsKnown
from flows.demo.invented_council.days import NEVER, Arrays, Ints, add_months, as_date, day_number
from flows.demo.invented_council.names import COUNCIL
from flows.demo.invented_council.partner_logs import evenly

SERVICE_AREAS = ("FRONT_DOOR", "ASSESSMENT", "CIN_CP", "CLA", "LEAVING", "FOSTERING", "DISABILITY", "EARLY_HELP")
THEMES = ("COMMUNICATION", "DELAY", "STAFF", "DECISION", "RECORD", "QUALITY", "CONTACT", "FINANCE")
GRADES = ("O", "G", "R", "I")
MARKS = ("MET", "PART", "NOT", "NA")
HOMES = ("Tenter House", "Ropewalk", "Gannet Close", "Kiln Lodge", "Alder Rise", "Heron Court")
FIRST_HOME_URN = 2_500_000
LOCAL_STANDARDS = (  # which, years back to the April it applies from, to the April it ended at, limit in working days
    ("child_protection_visit", 8, 3, 15),
    ("child_in_need_visit", 8, 3, 30),
    ("child_protection_visit", 3, 0, 10),
    ("child_in_need_visit", 3, 0, 20),
)

PLAN = (  # reference, band, formal, area, agency, indicators, months from the start of the plan to the due day
    ("A1", "IMMEDIATE", True, "Strategy discussions include police and health", "PARTNERSHIP", "CP01", 1),
    ("A2", "IMMEDIATE", True, "Children are seen, and seen alone, in enquiries", "LA", "CP15;CN03", 2),
    ("A3", "IMMEDIATE", True, "Every open case has an allocated social worker", "LA", "CN06", 1),
    ("B1", "M3", True, "Assessments are completed in 45 working days", "LA", "AS01", 4),
    ("B2", "M3", True, "Conferences are held in 15 working days", "LA", "CP02", 4),
    ("B3", "M3", True, "Waits for mental health services meet the specification", "ICB", "CA03", 4),
    ("B4", "M3", False, "Re-referrals are understood and acted on", "LA", "FD05", 5),
    ("B5", "M3", True, "The LADO annual report is analytical", "LA", "LD07", 4),
    ("C1", "M3", True, "Private fostering figures are in the weekly report", "LA", "PF02", 4),
    ("C2", "M3", True, "Health assessments follow entry to care in 20 working days", "TRUST", "HE01", 6),
    ("C3", "M3", False, "Dental checks are recorded for every looked-after child", "TRUST", "HE05", 6),
    ("C4", "M6", True, "A designated doctor for looked-after children is in post", "ICB", "", 7),
    ("C5", "M6", True, "Caseloads are within the council's limit", "LA", "WF05", 7),
    ("D1", "M6", True, "Ethnicity of staff is recorded", "LA", "WF08", 7),
    ("D2", "M6", True, "Learning from complaints is shown", "LA", "CO01;CO06", 7),
    ("D3", "M6", False, "Audits are moderated and their actions followed up", "LA", "AU03;AU05", 8),
    ("D4", "M6", True, "Care leavers live in suitable accommodation", "LA", "CL04", 9),
    ("E1", "M6", False, "Placement moves are reduced", "LA", "NI62;NI63", 9),
    ("E2", "M6", False, "Schools know how to refer", "SCHOOLS", "FD02", 9),
    ("F1", "LONG", False, "Reports of domestic abuse reach the front door in a day", "POLICE", "FD01", 12),
    ("F2", "LONG", False, "Independent visits are reported to the board", "LA", "RV01", 12),
    ("G1", "LONG", False, "The sufficiency strategy is renewed", "LA", "LA09", 14),
)  # fmt: skip
NOT_DONE = ("B3", "C4", "C5", "E1", "F1", "F2", "G1", "D3", "C3")


def tables(extract: ExtractAsKnown, authority_code: str) -> Iterator[tuple[str, pl.DataFrame]]:
    council = extract.council
    complaints = complaints_of(council)
    yield "complaints", complaint_table(extract, complaints)
    yield "complaint_learning", complaint_learning(council, complaints)
    audits = audits_of(council)
    yield "audits", audit_table(extract, audits)
    yield "audit_actions", audit_actions(council, audits)
    yield "homes", homes(council)
    visits = home_visits_of(council)
    yield "reg_visits", home_visits(council, visits)
    yield "reg_recommendations", recommendations(council, visits)
    yield "action_plan", action_plan(extract)
    yield "evidence", evidence(council)
    yield "population", population(council, authority_code)
    yield "local_standards", local_standards(council)


def complaints_of(council: Council) -> Arrays:
    """Stages of complaints: seven in ten first stages are answered in time; one in ten goes to a second stage."""
    rng = council.random("complaints")
    working = council.working_days
    day = working.on_or_before(evenly(rng, council, council.residents * 0.0009, 24))
    count = len(day)
    order = np.argsort(council.first_known, kind="stable")
    known = np.searchsorted(council.first_known[order], day, side="right")
    person = order[(rng.random(count) * np.maximum(known, 1)).astype(np.int64)]
    extended = chance(rng, 0.2, count)
    limit = np.where(extended, 20, 10)
    length = np.where(
        chance(rng, 0.71, count), np.maximum(2, limit - between(rng, 0, 6, count)), limit + between(rng, 1, 18, count)
    )
    answered = working.add(day, length)
    second = np.flatnonzero(chance(rng, 0.11, count))
    second_day = working.on_or_after(answered[second] + between(rng, 5, 25, len(second)))
    second_extended = chance(rng, 0.6, len(second))
    second_length = np.where(
        chance(rng, 0.62, len(second)), between(rng, 18, 25, len(second)), between(rng, 40, 80, len(second))
    )
    complaint = np.concatenate([np.arange(count, dtype=np.int64), second])
    found = {
        "complaint": complaint,
        "stage": np.repeat(np.arange(2), [count, len(second)]).astype(np.int64),
        "day": np.concatenate([day, second_day]),
        "extended": np.concatenate([extended, second_extended]).astype(np.int64),
        "answered": np.concatenate([answered, working.add(second_day, second_length)]),
        "outcome": choose(rng, (0.2, 0.34, 0.36, 0.06, 0.04), len(complaint)),
        "person": person[complaint],
        "about_child": (chance(rng, 0.8, count) & (known > 0))[complaint].astype(np.int64),
        "by_child": chance(rng, 0.14, count)[complaint].astype(np.int64),
        "theme": choose(rng, (24, 14, 20, 14, 8, 10, 7, 3), count)[complaint],
        "area": choose(rng, (8, 22, 32, 18, 8, 5, 5, 2), count)[complaint],
        "statutory": chance(rng, 0.8, count)[complaint].astype(np.int64),
    }
    order = np.lexsort((found["complaint"], found["day"]))
    return taken(found, order.astype(np.int64))


def complaint_table(extract: ExtractAsKnown, found: Arrays) -> pl.DataFrame:
    council = extract.council
    rng = council.random("complaint table")
    count = len(found["day"])
    by_child = found["by_child"] == 1
    limit = np.where(
        found["stage"] == 0, np.where(found["extended"] == 1, 20, 10), np.where(found["extended"] == 1, 65, 25)
    )
    return table(
        {
            "complaint_stage_id": numbered("CST", np.arange(1, count + 1, dtype=np.int64), 5),
            "complaint_id": numbered("CMP", found["complaint"] + 1, 5),
            "stage": pick(("1", "2"), found["stage"]),
            "procedure": pick(("CORPORATE", "STATUTORY"), found["statutory"]),
            "child_id": extract.child(found["person"]).set(pl.Series(found["about_child"] == 0), None),
            "by_child": yes_no(by_child),
            "advocate_offered": pick(("Y", "N", "NA"), np.where(by_child, choose(rng, (0.86, 0.14), count), 2)),
            "date_received": days(found["day"]),
            "date_due": days(council.working_days.add(found["day"], limit)),
            "extension_agreed": yes_no(found["extended"] == 1),
            "date_response": days(found["answered"]),
            "outcome": pick(("UPHELD", "PART", "NOT", "WITHDRAWN", "NO_FINDING"), found["outcome"]),
            "theme": pick(THEMES, found["theme"]),
            "service_area": pick(SERVICE_AREAS, found["area"]),
            "lgsco": yes_no(chance(rng, 0.03, count)),
        },
        found["day"],
    )


def complaint_learning(council: Council, found: Arrays) -> pl.DataFrame:
    rng = council.random("complaint learning")
    upheld = (found["outcome"] <= 1) & (found["answered"] <= council.ends)
    place = np.flatnonzero(upheld & chance(rng, 0.9, len(upheld)))
    start = found["answered"][place]
    count = len(place)
    due = start + between(rng, 20, 60, count)
    done = np.where(chance(rng, 0.86, count), due + between(rng, -18, 25, count), NEVER)
    return table(
        {
            "learning_id": numbered("LRN", np.arange(1, count + 1, dtype=np.int64), 5),
            "complaint_id": numbered("CMP", found["complaint"][place] + 1, 5),
            "theme": pick(THEMES, found["theme"][place]),
            "action_due": days(due),
            "action_done": days(done),
            "evidence_id": numbered_where(chance(rng, 0.4, count), "EV", between(rng, 1, 40, count), 4),
        },
        start,
    )


def audits_of(council: Council) -> Arrays:
    """Monthly audits of cases; six in ten are graded good or better."""
    rng = council.random("audits")
    ref = council.referrals
    day = council.working_days.on_or_before(evenly(rng, council, council.residents * 0.0011, 48))
    # The case audited is one of the few hundred most recently referred.
    before = np.searchsorted(ref["referred"], day, side="left")
    referral = np.maximum(before - 1 - (rng.random(len(day)) * np.minimum(before, 400)).astype(np.int64), 0)
    keep = before > 0
    day, referral = day[keep], referral[keep]
    count = len(day)
    grade = choose(rng, (0.08, 0.53, 0.32, 0.07), count)
    moderated = chance(rng, 0.35, count)
    changed = np.clip(grade + choose(rng, (0.1, 0.72, 0.18), count) - 1, 0, 3)
    return {
        "day": day,
        "person": ref["person"][referral],
        "grade": grade,
        "moderated": np.where(moderated, changed, -1),
    }


def audit_table(extract: ExtractAsKnown, found: Arrays) -> pl.DataFrame:
    rng = extract.council.random("audit table")
    count = len(found["day"])
    lift = np.where(found["grade"] <= 1, 0.9, 0.52)

    def mark() -> pl.Series:
        met = chance(rng, lift, count)
        return pick(MARKS, np.where(met, 0, choose(rng, (0, 0.7, 0.2, 0.1), count)))

    return table(
        {
            "audit_id": numbered("AUD", np.arange(1, count + 1, dtype=np.int64), 5),
            "child_id": extract.child(found["person"]),
            "audit_date": days(found["day"]),
            "programme": pick(("ROUTINE", "THEMED", "DIP", "MULTI"), choose(rng, (70, 15, 10, 5), count)),
            "service_area": pick(SERVICE_AREAS, choose(rng, (10, 25, 35, 20, 5, 1, 3, 1), count)),
            "grade": pick(GRADES, found["grade"]),
            "grade_moderated": pick_where(found["moderated"] >= 0, GRADES, np.maximum(found["moderated"], 0)),
            "risk_analysis": mark(),
            "child_voice": mark(),
            "seen_alone": mark(),
            "partner_contribution": mark(),
            "plan_smart": mark(),
            "management_oversight": mark(),
            "immediate_concern": yes_no((found["grade"] == 3) & chance(rng, 0.4, count)),
            "auditor_id": numbered("AUDITOR", between(rng, 1, 14, count), 2),
        },
        found["day"],
    )


def audit_actions(council: Council, found: Arrays) -> pl.DataFrame:
    rng = council.random("audit actions")
    counts = rng.poisson(np.where(found["grade"] <= 1, 0.8, 2.2)).astype(np.int64)
    audit, _ = ragged(counts)
    count = len(audit)
    due = found["day"][audit] + between(rng, 10, 60, count)
    done = np.where(chance(rng, 0.72, count), due - between(rng, 0, 9, count), due + between(rng, 1, 60, count))
    done = np.where(chance(rng, 0.06, count), NEVER, done)
    return table(
        {
            "action_id": numbered("ACT", np.arange(1, count + 1, dtype=np.int64), 5),
            "audit_id": numbered("AUD", audit + 1, 5),
            "due": days(due),
            "done": days(done),
            "owner_id": numbered("TM", between(rng, 1, 12, count), 2),
        },
        found["day"][audit],
    )


def _home_count(council: Council) -> int:
    return int(np.clip(round(council.residents / 30_000), 2, len(HOMES)))


def homes(council: Council) -> pl.DataFrame:
    place = np.arange(_home_count(council), dtype=np.int64)
    return table(
        {
            "home_urn": numbered("", FIRST_HOME_URN + place * 11, 7),
            "name": pick(HOMES, place),
            "opened": days(council.begins - 900 + place * 100),
            "closed": days(np.full(len(place), NEVER, dtype=np.int64)),
            "regulation": pick(("44",), np.zeros(len(place), dtype=np.int64)),
        },
        np.full(len(place), council.begins, dtype=np.int64),
    )


def home_visits_of(council: Council) -> Arrays:
    """An independent visit each month to each home; a few are missed."""
    rng = council.random("home visits")
    month_starts = np.arange(int(council.begins / 30.44) - 2, int(council.ends / 30.44) + 3)
    month = month_starts.astype("datetime64[M]").astype("datetime64[D]").astype(np.int64)
    month = month[(month >= council.begins) & (month <= council.ends)]
    home = np.repeat(np.arange(_home_count(council), dtype=np.int64), len(month))
    first = np.tile(month, _home_count(council))
    day = council.working_days.on_or_after(first + between(rng, 2, 22, len(first)))
    happened = chance(rng, 0.965, len(day))
    home, day = home[happened], day[happened]
    order = np.lexsort((home, day))
    return {"home": home[order], "day": day[order]}


def home_visits(council: Council, found: Arrays) -> pl.DataFrame:
    rng = council.random("home visit table")
    day = found["day"]
    count = len(day)
    written = day + between(rng, 3, 20, count)
    return table(
        {
            "visit_id": numbered("RGV", np.arange(1, count + 1, dtype=np.int64), 5),
            "home_urn": numbered("", FIRST_HOME_URN + found["home"] * 11, 7),
            "visit_date": days(day),
            "announced": yes_no(chance(rng, 0.4, count)),
            "visitor_ref": numbered("IV", between(rng, 1, 3, count), 2),
            "report_date": days(written),
            "sent_ofsted": days(np.where(chance(rng, 0.95, count), written + between(rng, 0, 6, count), NEVER)),
            "sent_placing_la": days(written + between(rng, 0, 8, count)),
            "opinion_safeguarded": yes_no(chance(rng, 0.96, count)),
            "opinion_wellbeing": yes_no(chance(rng, 0.94, count)),
            "children_spoken_to": pl.Series(between(rng, 0, 4, count)),
        },
        day,
    )


def recommendations(council: Council, found: Arrays) -> pl.DataFrame:
    rng = council.random("recommendations")
    visit, _ = ragged(rng.poisson(1.6, len(found["day"])).astype(np.int64))
    count = len(visit)
    due = found["day"][visit] + between(rng, 20, 70, count)
    closed = np.where(chance(rng, 0.8, count), due - between(rng, 0, 15, count), due + between(rng, 1, 50, count))
    closed = np.where(chance(rng, 0.05, count), NEVER, closed)
    return table(
        {
            "rec_id": numbered("RGR", np.arange(1, count + 1, dtype=np.int64), 5),
            "visit_id": numbered("RGV", visit + 1, 5),
            "due": days(due),
            "closed": days(closed),
            "rag": pick(("G", "A", "R", "B"), choose(rng, (6, 2, 1, 1), count)),
        },
        found["day"][visit],
    )


def action_plan(extract: ExtractAsKnown) -> pl.DataFrame:
    """The plan after the last inspection, started ten months before the world's end; several actions are overdue."""
    council, as_at = extract.council, extract.as_at
    references, bands, formal, areas, agencies, indicators, months = zip(*PLAN, strict=True)
    count = len(PLAN)
    place = np.arange(count, dtype=np.int64)
    start = int(add_months(np.asarray([council.ends], dtype=np.int64), -10)[0])
    due = add_months(np.full(count, start, dtype=np.int64), np.asarray(months))
    open_still = np.isin(references, NOT_DONE)
    done = np.where(open_still, NEVER, due + (place * 7) % 25 - 20)
    finished = done <= as_at
    overdue = ~finished & (due < as_at)
    rag = np.select([finished & (place % 3 == 0), finished, overdue & (place % 2 == 0)], [3, 2, 0], 1)
    reasons = ("overdue, no date agreed", "in progress", "done, evidence held", "done and tested by audit")
    return table(
        {
            "action_id": pick(references, place),
            "inspection_id": pick(("INSP-1",), place * 0),
            "priority_band": pick(bands, place),
            "formal": yes_no(np.asarray(formal)),
            "area": pick(areas, place),
            "agency": pick(agencies, place),
            "owner_id": numbered("OWNER", place % 6 + 1, 2),
            "rag": pick(("R", "A", "G", "B"), rag),
            "rag_rule": pick(reasons, rag),
            "due": days(due),
            "done": days(done),
            "indicator_ids": pick([text or None for text in indicators], place),
            "progress_note": pick(("Reported to the improvement board.",), place * 0),
            "progress_date": days(np.maximum(as_at - 5 - (place * 9) % 50, start)),
        },
        np.full(count, start, dtype=np.int64),
    )


def evidence(council: Council) -> pl.DataFrame:
    """Forty dated pieces of evidence, most of them for an action of the plan."""
    rng = council.random("evidence")
    count = 40
    place = np.arange(count, dtype=np.int64)
    day = np.sort(council.ends - between(rng, 5, 290, count))
    for_plan = place % 5 != 4
    titles = ("Audit of {}", "Report to the board on {}", "Minutes on {}", "Survey on {}")
    references = [row[0] for row in PLAN]
    title = [titles[index % 4].format(references[index % len(PLAN)]) for index in range(count)]
    sha = [hashlib.sha256(f"evidence {council.seed} {index}".encode()).hexdigest() for index in range(count)]
    return table(
        {
            "evidence_id": numbered("EV", place + 1, 4),
            "action_id": pick_where(for_plan, references, place % len(references)),
            "indicator_id": pick_where(~for_plan, ("NI64", "AS01", "CP15"), place % 3),
            "file_sha256": pick(sha, place),
            "title": pick(title, place),
            "document_date": days(day),
            "received": days(day + 1).dt.strftime("%Y-%m-%dT09:30:00"),
            "source": pick(("AUDIT", "MEETING", "CMS", "SURVEY", "PARTNER"), place % 5),
            "classification": pick(("OFFICIAL", "OFFICIAL_SENSITIVE"), (place % 4 == 0).astype(np.int64)),
            "contains_personal_data": yes_no(place % 4 == 0),
        },
        day + 1,
    )


def population(council: Council, authority_code: str) -> pl.DataFrame:
    """Mid-year residents by single year of age, 0 to 17, for eight years up to the one before the world's end."""
    last_year = as_date(council.ends).year - 1
    year = np.repeat(np.arange(last_year - 7, last_year + 1, dtype=np.int64), 18)
    age = np.tile(np.arange(18, dtype=np.int64), 8)
    share = (1 + 0.12 * np.sin((age - 2) / 3.1)) / 18
    by_age: Ints = np.round(council.residents * share / share[:18].sum() * (1 - 0.004 * (last_year - year))).astype(
        np.int64
    )
    return table(
        {
            "la_code": pick((authority_code,), np.zeros(len(age), dtype=np.int64)),
            "year": pl.Series(year),
            "age": pl.Series(age),
            "persons": pl.Series(by_age),
        },
        np.full(len(age), council.begins, dtype=np.int64),
    )


def local_standards(council: Council) -> pl.DataFrame:
    """The longest gaps between visits that the board agreed: the current ones, and the longer ones before an April."""
    names, begin, end, limits = (np.asarray(column) for column in zip(*LOCAL_STANDARDS, strict=True))
    last = as_date(council.ends)
    april = np.full(len(names), day_number(date(last.year - (last.month < 4), 4, 1)), dtype=np.int64)
    holds_from = add_months(april, -12 * begin)
    place = np.arange(len(names), dtype=np.int64)
    return table(
        {
            "standard": pick(names.tolist(), place),
            "valid_from": days(holds_from),
            "valid_to": days(np.where(end == 0, NEVER, add_months(april, -12 * end) - 1)),
            "limit_days": whole(limits),
            "working_days": yes_no(np.ones(len(names), dtype=np.bool_)),
            "agreed_by": pick((f"{COUNCIL} Safeguarding Board",), place * 0),
            "agreed_on": days(council.working_days.on_or_before(holds_from - 24)),
        },
        np.full(len(names), council.begins, dtype=np.int64),
    )
