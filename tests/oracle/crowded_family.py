"""The crowded drop's people, front door and child protection."""

from __future__ import annotations

import csv
import datetime
import json
from pathlib import Path

from tests.oracle.crowd import Crowd
from tests.oracle.naive_days import months_later, working_days_later
from tests.oracle.naive_drop import Day


def write_people(crowd: Crowd, drop: Path) -> None:
    """Children round the ages that limits name, one of them twice."""
    rows = []
    for child in crowd.settled:
        years = crowd.random.choice([1, 4, 5, 5, 5, 10, 10, 16, 17])
        crowd.borns[child] = crowd.near(months_later(crowd.as_at, -12 * years))
        crowd.numbers[child] = crowd.nhs_number()
        rows.append([child, crowd.borns[child].isoformat(), crowd.numbers[child], "WBRI"])
    for child in crowd.children:
        born = months_later(crowd.day(), -12 * crowd.random.choice([0, 3, 4, 5, 10, 15, 16, 17, 19, 21, 22]))
        if crowd.random.random() < 0.4:
            born = crowd.near(*[months_later(crowd.as_at, -12 * years) for years in (17, 19, 20, 21, 22, 26)])
        elif crowd.random.random() < 0.2:
            born = crowd.near(*[months_later(crowd.as_at, -12 * years) for years in (1, 4, 5, 10, 16)])
        elif crowd.random.random() < 0.2:
            born = Day(crowd.random.choice([2004, 2008, 2020]), 2, 29)
        crowd.borns[child] = born
        crowd.numbers[child] = crowd.nhs_number()
        number = crowd.one("", "9990000000") if crowd.seldom() else crowd.numbers[child]
        if crowd.seldom():
            number = crowd.numbers["C0"]
        rows.append([child, crowd.written(born), number, crowd.one("WBRI", "WBRI", "REFU", "NOBT", "")])
    folder = drop / "case_management" / crowd.as_at.isoformat()
    folder.mkdir(parents=True)
    rows.insert(5, rows[3])
    with (folder / "ssd_person.csv").open("w", encoding="utf-8-sig", newline="") as file:
        csv.writer(file, lineterminator="\r\n").writerows(
            [["pers_person_id", "pers_dob", "pers_common_child_id", "pers_ethnicity"], *rows]
        )


def write_front_door(crowd: Crowd, drop: Path) -> None:
    """Referrals about a year from another, contacts about a working day before one, assessments about their limit."""
    referrals: list[tuple[str, Day]] = []
    closings: list[Day] = []
    rows: list[list[str]] = []
    for _ in range(200):
        day = crowd.ago(63) if crowd.random.random() < 0.2 else crowd.day()
        child = crowd.child()
        if rows and crowd.random.random() < 0.3:
            child, before = crowd.random.choice(referrals)
            day = crowd.near(months_later(before, 12))
        referrals.append((child, day))
        closings.append(crowd.near(crowd.day(), day, day + datetime.timedelta(days=9)))
        closed = crowd.written(closings[-1], often_blank=0.4)
        source = crowd.one("1A", "1D", "2B", "3E", "4", "5B", "6", "7", "8", "9", "10", "99", "", "ZZ")
        rows.append([child, crowd.written(day), closed, crowd.yes_no(), source])
    crowd.table(
        drop, "ssd_cin_episodes",
        "cine_referral_id cine_person_id cine_referral_date cine_close_date cine_referral_nfa"
        " cine_referral_source_code", rows,
    )  # fmt: skip
    rows = []
    for _ in range(240):
        child, day = crowd.child(), crowd.day()
        if crowd.random.random() < 0.5:
            place = crowd.random.randrange(len(referrals))
            child, day = referrals[place]
            day = crowd.near(day, closings[place], day - datetime.timedelta(days=crowd.random.choice([0, 2, 3])))
        flags = {"NEW_REFERRAL_FLAG": crowd.one("Y", "N", "", ""), "NFA_FLAG": crowd.yes_no()}
        rows.append([child, crowd.written(day), "" if crowd.seldom() else json.dumps(flags)])
    crowd.table(
        drop, "ssd_contacts", "cont_contact_id cont_person_id cont_contact_date cont_contact_outcome_json", rows
    )
    rows = []
    for _ in range(240):
        place = crowd.random.randrange(len(referrals))
        referred = referrals[place][1]
        start = crowd.ago(63) if crowd.random.random() < 0.2 else crowd.near(referred)
        ends = crowd.near(working_days_later(start, 45), working_days_later(referred, 45), crowd.day())
        reference = crowd.one("", "gone") if crowd.seldom() else f"ssd_cin_episodes-{place}"
        rows.append([crowd.child(), reference, crowd.written(start), crowd.written(ends, often_blank=0.2)])
    crowd.table(
        drop, "ssd_cin_assessments",
        "cina_assessment_id cina_person_id cina_referral_id cina_assessment_start_date cina_assessment_auth_date", rows,
    )  # fmt: skip
    rows = []
    for _ in range(150):
        child, day = crowd.visited()
        rows.append([child, crowd.written(day), crowd.yes_no()])
    crowd.table(
        drop, "ssd_cin_visits", "cinv_cin_visit_id cinv_person_id cinv_cin_visit_date cinv_cin_visit_seen_alone", rows
    )


def write_protection(crowd: Crowd, drop: Path) -> None:
    """Enquiries, conferences, plans with their reviews, and visits."""
    enquiries = [crowd.near(crowd.day(), crowd.day(), crowd.working_days_ago(15)) for _ in range(120)]
    rows = []
    for start in enquiries:
        end = crowd.near(working_days_later(start, 15), crowd.day())
        rows.append([crowd.child(), crowd.written(start), crowd.written(end, often_blank=0.4), crowd.yes_no()])
    crowd.table(
        drop, "ssd_s47_enquiry",
        "s47e_s47_enquiry_id s47e_person_id s47e_s47_start_date s47e_s47_end_date s47e_s47_nfa", rows,
    )  # fmt: skip
    rows = []
    for _ in range(160):
        place = crowd.random.randrange(len(enquiries))
        held = crowd.near(enquiries[place], working_days_later(enquiries[place], 15), crowd.day(), crowd.as_at)
        reference = crowd.one("", "gone") if crowd.seldom() else f"ssd_s47_enquiry-{place}"
        rows.append([crowd.child(), reference, crowd.written(held), crowd.yes_no(), crowd.yes_no()])
    crowd.table(
        drop, "ssd_initial_cp_conference",
        "icpc_icpc_id icpc_person_id icpc_s47_enquiry_id icpc_icpc_date icpc_icpc_transfer_in"
        " icpc_icpc_outcome_cp_flag", rows,
    )  # fmt: skip
    limits = [crowd.as_at - datetime.timedelta(days=729), months_later(crowd.as_at, -3)]
    plans = [crowd.near(*limits) if crowd.random.random() < 0.2 else crowd.day() for _ in range(200)]
    rows = []
    for start in plans:
        end = crowd.near(start + datetime.timedelta(days=729), crowd.day())
        rows.append([
            crowd.child(), crowd.written(start), crowd.written(end, often_blank=0.5), crowd.yes_no(),
            crowd.one("NEG", "PHY", "SAB", "EMO", "MUL", ""),
        ])  # fmt: skip
    crowd.table(
        drop, "ssd_cp_plans",
        "cppl_cp_plan_id cppl_person_id cppl_cp_plan_start_date cppl_cp_plan_end_date cppl_cp_plan_ola"
        " cppl_cp_plan_latest_category",
        rows,
    )  # fmt: skip
    rows = []
    for place, start in enumerate(plans):
        day = start
        for months in (3, 6, 6, 6)[: crowd.random.randint(0, 4)]:
            due = months_later(day, months)
            day = crowd.near(due, due, due - datetime.timedelta(days=9), months_later(crowd.as_at, -6), crowd.as_at)
            reference = "gone" if crowd.seldom() else f"ssd_cp_plans-{place}"
            rows.append([crowd.child(), reference, crowd.written(day, often_blank=0.05)])
    crowd.table(drop, "ssd_cp_reviews", "cppr_cp_review_id cppr_person_id cppr_cp_plan_id cppr_cp_review_date", rows)
    rows = []
    for _ in range(200):
        child, day = crowd.visited()
        rows.append([child, crowd.written(day), crowd.one("Y", "Y", "N", ""), crowd.yes_no()])
    for _ in range(120):
        # About the limits of a local standard before the as-at date, and on it.
        limits = [crowd.working_days_ago(10), crowd.working_days_ago(14), crowd.ago(10), crowd.ago(14)]
        day = crowd.near(crowd.as_at, *limits)
        rows.append([crowd.child(), crowd.written(day), crowd.one("Y", "Y", "N", ""), crowd.yes_no()])
    crowd.table(
        drop, "ssd_cp_visits",
        "cppv_cp_visit_id cppv_person_id cppv_cp_visit_date cppv_cp_visit_seen cppv_cp_visit_seen_alone", rows,
    )  # fmt: skip
