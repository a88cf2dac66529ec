"""Workers and teams in the case system and in human resources; allocation, absence, vacancies, supervision."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import numpy as np
import polars as pl

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
    ragged,
    table,
    taken,
    typed_in_late,
    whole,
    yes_no,
)
from flows.demo.invented_council.council import Council, ExtractAsKnown
from flows.demo.invented_council.days import NEVER, YEAR, Arrays, Flags, Ints, as_date, day_number
from flows.demo.invented_council.front_door import referral_id
from flows.demo.invented_council.names import BOYS, ETHNICITIES, GIRLS, SURNAMES
from flows.demo.invented_council.workforce import (
    CASE_KINDS,
    CHANGE_REASONS,
    FRONT,
    HEAD,
    IS_SOCIAL_WORK,
    JOB_TITLES,
    MANAGER,
    REVIEWING,
    ROLES,
    TEAM_WORDS,
    Workforce,
    involvements,
    team_ids,
    worker_ids,
)

NOTICE = 28  # days: a leaving date is entered when notice is given


def tables(extract: ExtractAsKnown, workforce: Workforce) -> Iterator[tuple[str, pl.DataFrame]]:
    held = involvements(extract.council, workforce)
    yield "ssd_department", departments(extract.council, workforce)
    yield "ssd_professionals", professionals(extract, workforce, held)
    yield "ssd_involvements", involvement_table(extract, workforce, held)
    yield "ssd_version_log", versions(extract.council)
    yield "hr_staff", staff(extract, workforce)
    yield "hr_absence", absences(extract.council, workforce)
    yield "hr_posts", posts(extract, workforce)
    yield "supervision", supervisions(extract, workforce, held)


def departments(council: Council, workforce: Workforce) -> pl.DataFrame:
    """Every team, under one service, which is the last row."""
    team = np.arange(len(workforce.team_kind), dtype=np.int64)
    kinds = workforce.team_kind
    first = np.searchsorted(kinds, kinds)
    names = pick(TEAM_WORDS, kinds) + " Team " + pl.Series(team - first + 1).cast(pl.String)
    everything = numbered("T", np.asarray([900], dtype=np.int64), 3)
    return table(
        {
            "dept_team_id": pl.concat([team_ids(team), everything]),
            "dept_team_name": pl.concat([names, pl.Series(["Children's Services"])]),
            "dept_team_parent_id": pl.concat([pl.Series(["T900"] * len(team)), pl.Series([None], dtype=pl.String)]),
            "dept_team_parent_name": pl.concat(
                [pl.Series(["Children's Services"] * len(team)), pl.Series([None], dtype=pl.String)]
            ),
        },
        np.full(len(team) + 1, council.begins, dtype=np.int64),
    )


def _is_social_worker(workforce: Workforce) -> Flags:
    return np.asarray(IS_SOCIAL_WORK)[workforce.kind[workforce.tenures["post"]]]


def _registration(workforce: Workforce) -> pl.Series:
    return numbered_where(
        _is_social_worker(workforce), "SW", np.arange(len(workforce.tenures["post"]), dtype=np.int64) * 37 + 100_001, 6
    )


def _is_senior(workforce: Workforce) -> Flags:
    return np.asarray(workforce.tenures["age"] % 5 == 0)


def professionals(extract: ExtractAsKnown, workforce: Workforce, held: Arrays) -> pl.DataFrame:
    council = extract.council
    rng = council.random("professionals")
    tenures = workforce.tenures
    count = len(tenures["post"])
    tenure = np.arange(count, dtype=np.int64)
    kind = workforce.kind[tenures["post"]]
    is_open = (held["role"] == 0) & (held["start"] <= extract.as_at) & (held["end"] > extract.as_at)
    cases = np.bincount(held["tenure"][is_open], minlength=count).astype(np.int64)
    names = (
        pick((*GIRLS, *BOYS), between(rng, 0, len(GIRLS) + len(BOYS) - 1, count))
        + " "
        + pick(SURNAMES, between(rng, 0, len(SURNAMES) - 1, count))
    )
    hours = workforce.fte[tenures["post"]]
    senior = _is_senior(workforce) & np.isin(kind, CASE_KINDS)
    return table(
        {
            "prof_professional_id": worker_ids(tenure),
            "prof_staff_id": numbered("S", tenure + 1, 5),
            "prof_professional_name": names,
            "prof_social_worker_registration_no": _registration(workforce),
            "prof_professional_job_title": pick(
                (*JOB_TITLES, "Senior Social Worker"), np.where(senior, len(JOB_TITLES), kind)
            ),
            "prof_professional_caseload": whole(cases),
            "prof_professional_department": pick(TEAM_WORDS, kind),
            "prof_full_time_equivalency": pl.Series(hours / 100),
            "prof_agency_worker_flag": yes_no(tenures["agency"] == 1),
        },
        tenures["started"],
    )


def involvement_table(extract: ExtractAsKnown, workforce: Workforce, held: Arrays) -> pl.DataFrame:
    rng = extract.council.random("involvement table")
    count = len(held["role"])
    recorded = np.where(held["role"] == 0, held["start"], typed_in_late(rng, held["start"], 0.01, 15))
    post = workforce.tenures["post"][held["tenure"]]
    return table(
        {
            "invo_involvements_id": numbered("INV", np.arange(1, count + 1, dtype=np.int64)),
            "invo_professional_id": worker_ids(held["tenure"]),
            "invo_professional_role_id": pick(ROLES, held["role"]),
            "invo_professional_team": team_ids(workforce.team[post]),
            "invo_involvement_start_date": days(held["start"]),
            "invo_involvement_end_date": days(held["end"]),
            "invo_worker_change_reason": pick(CHANGE_REASONS, held["reason"]),
            "invo_person_id": extract.child(held["person"]),
            "invo_referral_id": referral_id(held["referral"]),
        },
        recorded,
    )


def versions(council: Council) -> pl.DataFrame:
    names = ("1.4.3", "1.4.4", "1.4.5")
    released = council.ends - np.asarray((420, 330, 130), dtype=np.int64)
    latest = np.asarray((False, False, True))
    return table(
        {
            "version_number": pl.Series(names),
            "release_date": days(released),
            "description": pl.Series(("Care plan corrections", "Address corrections", "Role codes in involvements")),
            "is_current": yes_no(latest),
            "created_at": days(released),
            "created_by": pl.Series(("Data team",) * 3),
            "impact_description": pl.Series(("Low", "Low", "Medium")),
        },
        released,
    )


def _on_list(workforce: Workforce) -> Ints:
    """Positions of the tenures on the workforce list: everyone in post in the last six years."""
    return np.flatnonzero(workforce.tenures["left"] >= workforce.council.begins).astype(np.int64)


def staff(extract: ExtractAsKnown, workforce: Workforce) -> pl.DataFrame:
    """The workforce list: everyone in post in the last six years."""
    council, as_at = extract.council, extract.as_at
    rng = council.random("staff")
    listed = _on_list(workforce)
    tenures = taken(workforce.tenures, listed)
    count = len(listed)
    post, kind = tenures["post"], workforce.kind[tenures["post"]]
    social = np.asarray(IS_SOCIAL_WORK)[kind]
    role = np.select(
        [~social, kind == HEAD, kind == MANAGER, np.isin(kind, (FRONT, REVIEWING))],
        [np.zeros(count), np.where(post % 4 == 0, 1, 2), np.full(count, 3), np.full(count, 6)],
        np.where(_is_senior(workforce)[listed], 4, 5),
    ).astype(np.int64)
    agency = tenures["agency"] == 1
    contract = np.where(agency, 2, np.where(chance(rng, 0.06, count), 1, 0))
    new = social & ~agency & (tenures["origin"] == 0) & (role == 5)
    served = as_at - tenures["started"]
    stage = np.select([~social, new & (served < 42), new & (served < 183), new & (served < 365)], [4, 0, 1, 2], 3)
    qualified = np.where(new, tenures["started"] - 60, tenures["started"] - between(rng, 500, 9000, count))
    said = tenures["left"] <= as_at + NOTICE
    ethnicity = choose(rng, tuple(ETHNICITIES.values()), count)
    boss = workforce.manager_of_team[workforce.team[post]]
    boss = np.where(kind == MANAGER, workforce.posts(HEAD)[post % len(workforce.posts(HEAD))], boss)
    renewal = day_number(date(as_date(as_at).year, 1, 1)) + 333  # registrations run to the end of November
    renewal += 365 if renewal < as_at else 0
    return table(
        {
            "staff_id": numbered("S", listed + 1, 5),
            "professional_id": worker_ids(listed),
            "swe_number": _registration(workforce).gather(listed),
            "swe_registered_to": days(np.where(social, renewal, NEVER)),
            "qualified_date": days(np.where(social, qualified, NEVER)),
            "role": pick(("0", "1", "2", "3", "4", "5", "6"), role),
            "asye_stage": pick(("0_6W", "6W_6M", "6M_12M", "POST", "NA"), stage),
            "contract": pick(("PERM", "FIXED", "AGENCY"), contract),
            "fte": pl.Series(workforce.fte[post] / 100),
            "start_date": days(tenures["started"]),
            "leave_date": days(np.where(said, tenures["left"], NEVER)),
            "leave_reason": pick_where(said, [str(code) for code in range(1, 10)], tenures["reason"]),
            "start_origin": pick([str(code) for code in range(1, 9)], np.where(agency, 3, tenures["origin"])),
            "dob": days(tenures["started"] - (tenures["age"] * YEAR).astype(np.int64) - between(rng, 0, 364, count)),
            "team_id": team_ids(workforce.team[post]),
            "ethnicity": pick_where(chance(rng, 0.94, count), tuple(ETHNICITIES), ethnicity),
            "caseload_limit": whole(np.where(stage < 3, 12, 18) * workforce.fte[post] // 100, np.isin(role, (4, 5))),
            "supervisor_id": numbered("S", workforce.on_duty(boss, np.minimum(tenures["left"], as_at)) + 1, 5),
        },
        tenures["started"],
    )


def absences(council: Council, workforce: Workforce) -> pl.DataFrame:
    """Absences of the last two and a half years, most of them a few days of sickness."""
    rng = council.random("absences")
    listed = _on_list(workforce)
    tenures = taken(workforce.tenures, listed)
    first = np.maximum(tenures["started"], council.ends - 912)
    length = np.maximum(np.minimum(tenures["left"], council.ends) - first, 0)
    owner, _ = ragged(rng.poisson(length / YEAR * 1.35).astype(np.int64))
    start = council.working_days.on_or_after(first[owner] + (rng.random(len(owner)) * length[owner]).astype(np.int64))
    start = np.minimum(start, np.minimum(tenures["left"][owner], council.ends))
    count = len(owner)
    long = chance(rng, 0.09, count)
    stretch = np.where(long, 20 + rng.exponential(40, count), 1 + rng.exponential(3, count)).astype(np.int64)
    end = np.minimum(start + stretch, tenures["left"][owner])
    working = council.working_days
    lost = working.count[end - working.first] - working.count[start - working.first] + 1
    order = np.lexsort((owner, start))
    return table(
        {
            "row_id": numbered("ABS", np.arange(1, count + 1, dtype=np.int64)),
            "staff_id": numbered("S", listed[owner[order]] + 1, 5),
            "start_date": days(start[order]),
            "end_date": days(end[order]),
            "absence_reason": pick(
                ("SIC", "MAT", "OTH", "PUB", "TRN", "UNP"), choose(rng, (0.74, 0.02, 0.08, 0.01, 0.13, 0.02), count)
            ),
            "days_lost_fte": pl.Series((lost * workforce.fte[tenures["post"][owner]] / 100)[order]).round(2),
        },
        start[order],
    )


def posts(extract: ExtractAsKnown, workforce: Workforce) -> pl.DataFrame:
    """Established posts. One held by an agency worker counts as vacant and covered; one in 25 more is empty."""
    council, as_at = extract.council, extract.as_at
    rng = council.random("vacant posts")
    social = np.flatnonzero(np.asarray(IS_SOCIAL_WORK)[workforce.kind]).astype(np.int64)
    holder = workforce.on_duty(social, np.full(len(social), as_at, dtype=np.int64))
    covered = workforce.tenures["agency"][holder] == 1
    spare = max(1, round(len(social) / 25))
    like = social[between(rng, 0, len(social) - 1, spare)]
    empty_since = council.ends - between(rng, 20, 500, spare)
    since = np.concatenate([np.where(covered, workforce.tenures["started"][holder], NEVER), empty_since])
    vacant = np.concatenate([covered, empty_since <= as_at])
    post = np.concatenate([social, like])
    return table(
        {
            "post_id": numbered("POST", np.arange(1, len(post) + 1, dtype=np.int64), 4),
            "team_id": team_ids(workforce.team[post]),
            "fte": pl.Series(workforce.fte[post] / 100),
            "vacant": yes_no(vacant),
            "agency_covering": yes_no(np.concatenate([covered, np.zeros(spare, dtype=np.bool_)])),
            "vacant_since": days(since),
        },
        np.full(len(post), council.begins, dtype=np.int64),
    )


def supervisions(extract: ExtractAsKnown, workforce: Workforce, held: Arrays) -> pl.DataFrame:
    """Personal supervision every four weeks, and of each case every six, over the last eighteen months."""
    council = extract.council
    rng = council.random("supervision")
    first_day = council.ends - 540
    listed = _on_list(workforce)
    social = listed[_is_social_worker(workforce)[listed]]
    tenures = workforce.tenures
    owner, due = every(
        rng, np.maximum(tenures["started"][social], first_day), tenures["left"][social], 28, 4, until=council.ends
    )
    cases = np.flatnonzero((held["role"] == 0) & (held["end"] > first_day + 100)).astype(np.int64)
    case, case_due = every(
        rng, np.maximum(held["start"][cases], first_day + 100), held["end"][cases], 42, 10, until=council.ends
    )
    tenure = np.concatenate([social[owner], held["tenure"][cases[case]]])
    person = np.concatenate([np.zeros(len(owner), np.int64), held["person"][cases[case]]])
    is_case = np.repeat(np.asarray((False, True)), [len(owner), len(case)])
    due = council.working_days.on_or_before(np.concatenate([due, case_due]))
    order = np.lexsort((person, tenure, due))
    tenure, person, is_case, due = tenure[order], person[order], is_case[order], due[order]
    due = np.maximum(due, tenures["started"][tenure])
    count = len(due)
    happened = chance(rng, 0.87, count)
    on = np.where(happened, due + choose(rng, (0.7, 0.08, 0.06, 0.05, 0.05, 0.03, 0.03), count), NEVER)
    boss = workforce.on_duty(workforce.manager_of_team[workforce.team[tenures["post"][tenure]]], due)
    return table(
        {
            "supervision_id": numbered("SUP", np.arange(1, count + 1, dtype=np.int64)),
            "staff_id": numbered("S", tenure + 1, 5),
            "kind": pick(("PERSONAL", "CASE"), is_case.astype(np.int64)),
            "child_id": extract.child(person).set(pl.Series(~is_case), None),
            "date_held": days(on),
            "date_due": days(due),
            "cancelled_reason": pick_where(
                ~happened & chance(rng, 0.8, count),
                ("LEAVE", "SICK", "WORKLOAD", "OTHER"),
                choose(rng, (3, 2, 4, 1), count),
            ),
            "supervisor_id": numbered("S", boss + 1, 5),
            "duration_minutes": whole(between(rng, 4, 12, count) * 10, happened),
        },
        due,
    )
