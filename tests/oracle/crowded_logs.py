"""The crowded drop's staff, allegations, private fostering, complaints, homes, audits, action plan and population."""

from __future__ import annotations

import csv
import datetime
from pathlib import Path

from tests.oracle.crowd import Crowd
from tests.oracle.naive_days import months_later, working_days_later

PROFESSIONALS = [f"ssd_professionals-{number}" for number in range(20)]


def write_staff(crowd: Crowd, drop: Path) -> None:
    """Workers, posts and who works with which child."""
    crowd.table(
        drop, "ssd_professionals", "prof_professional_id prof_professional_name", [["Worker"] for _ in PROFESSIONALS]
    )
    rows, sessions = [], []
    for number in range(120):
        limits = [crowd.as_at - datetime.timedelta(days=days) for days in (6, 13, 42, 42)]
        start = crowd.near(crowd.day(), crowd.day(), *limits, *[months_later(crowd.as_at, -6)] * 2)
        rows.append([
            crowd.one(*PROFESSIONALS, "gone", ""), crowd.one("5", "5", "4", "0", ""),
            crowd.one("1.0", "0.5", "0.6", "0.00", "", "x"), crowd.written(start),
            crowd.written(crowd.near(crowd.as_at, crowd.day()), often_blank=0.6),
            crowd.one("PERM", "FIXED", "AGENCY", ""), crowd.one("WBRI", "AIND", "REFU", "NOBT", ""),
            crowd.one("0_6W", "6W_6M", "6M_12M", "POST", ""),
        ])  # fmt: skip
        for days in (0, 7, 14, 30, 31):
            if crowd.random.random() < 0.3:
                held = crowd.near(crowd.as_at - datetime.timedelta(days=days))
                worker = "gone" if crowd.seldom() else f"hr_staff-{number}"
                kind = crowd.one("PERSONAL", "PERSONAL", "CASE", "GROUP", "")
                sessions.append([worker, kind, crowd.written(held, often_blank=0.1), crowd.written(held)])
    crowd.table(
        drop, "hr_staff", "staff_id professional_id role fte start_date leave_date contract ethnicity asye_stage", rows
    )
    crowd.table(drop, "supervision", "supervision_id staff_id kind date_held date_due", sessions)
    rows = []
    for _ in range(40):
        since = crowd.written(crowd.near(crowd.as_at, crowd.day()), often_blank=0.2)
        rows.append([crowd.one("1.0", "0.5", "0.0", "", "x"), crowd.yes_no(), crowd.yes_no(), since])
    crowd.table(drop, "hr_posts", "post_id fte vacant agency_covering vacant_since", rows)
    rows = []
    for _ in range(300):
        rows.append([
            crowd.one(*PROFESSIONALS, "gone", ""), crowd.one("CW", "CW", "IRO", ""), crowd.written(crowd.day()),
            crowd.written(crowd.near(crowd.as_at, crowd.day()), often_blank=0.6), crowd.child(),
        ])  # fmt: skip
    crowd.table(
        drop, "ssd_involvements",
        "invo_involvements_id invo_professional_id invo_professional_role_id invo_involvement_start_date"
        " invo_involvement_end_date invo_person_id", rows,
    )  # fmt: skip


def write_allegations(crowd: Crowd, drop: Path) -> None:
    """Contacts about a working day after the employer knew, outcomes about one, three and twelve months later."""
    rows = []
    for _ in range(160):
        day = crowd.near(crowd.day(), crowd.day(), crowd.day(), months_later(crowd.as_at, -3))
        aware = crowd.near(day - datetime.timedelta(days=crowd.random.choice([0, 1, 3])))
        outcome = crowd.near(*[months_later(day, months) for months in (1, 3, 12)], crowd.day())
        rows.append([
            crowd.one("REFERRAL", "REFERRAL", "CONSULT", ""), crowd.written(day, as_people_type=True),
            crowd.written(aware, often_blank=0.1, as_people_type=True),
            crowd.written(outcome, often_blank=0.2, as_people_type=True),
            crowd.one("FALSE", "SUBSTANTIATED", "UNFOUNDED", "NFA_THRESHOLD", ""),
            crowd.one("EDUCATION", "POLICE", "HEALTH", ""),
        ])  # fmt: skip
    crowd.table(
        drop, "lado_log",
        "lado_ref contact_type date_contact date_employer_aware date_outcome outcome referring_agency", rows,
    )  # fmt: skip


def write_private_fostering(crowd: Crowd, drop: Path) -> None:
    """Arrangements, and visits about six weeks apart."""
    rows = []
    visits = []
    for number in range(140):
        day = crowd.near(crowd.day(), crowd.as_at - datetime.timedelta(days=9))
        first_visit = crowd.written(crowd.near(working_days_later(day, 7), day), often_blank=0.2)
        aware = crowd.near(day, day, crowd.day())
        until = crowd.near(aware, aware + datetime.timedelta(days=42), crowd.as_at, crowd.day())
        if crowd.random.random() < 0.3:
            aware = crowd.near(
                *[crowd.as_at - datetime.timedelta(days=42 * times) for times in (1, 2, 8)],
                months_later(crowd.as_at, -12),
            )
        rows.append([
            crowd.child(), crowd.written(day, as_people_type=True), first_visit,
            crowd.written(crowd.near(aware, day), often_blank=0.1), crowd.written(aware, often_blank=0.05),
            crowd.written(until, often_blank=0.5), crowd.one("CARER", "PARENT", "SCHOOL", ""),
            crowd.one("HOME", "TURNED_16", "CLA", ""),
        ])  # fmt: skip
        seen = aware
        for _ in range(crowd.random.randint(0, 11)):
            seen += datetime.timedelta(days=crowd.random.choice([30, 41, 42, 42, 42, 42, 42, 42, 43]))
            reference = crowd.one("", "gone") if crowd.seldom() and crowd.seldom() else f"private_fostering-{number}"
            alone = crowd.one("Y", "Y", "N", "INAPPROPRIATE", "")
            visits.append([reference, crowd.written(seen, as_people_type=True), alone])
    crowd.table(
        drop, "private_fostering",
        "pf_ref child_id date_notified date_initial_visit date_started date_la_aware date_ended notified_by end_reason",
        rows,
    )  # fmt: skip
    crowd.table(drop, "pf_visits", "pf_visit_id pf_ref visit_date seen_alone", visits)


def write_complaints(crowd: Crowd, drop: Path) -> None:
    """Stages of complaints and what was learnt from them."""
    rows = []
    for number in range(120):
        day = crowd.near(crowd.day(), crowd.day(), crowd.working_days_ago(10), crowd.working_days_ago(20))
        answer = crowd.near(working_days_later(day, 10), working_days_later(day, 20), day, *crowd.period_edges)
        rows.append([
            f"complaint-{number // 2}", crowd.one("1", "1", "2", ""), crowd.child(), crowd.written(day),
            crowd.written(answer, often_blank=0.1), crowd.yes_no(), crowd.one("UPHELD", "PART", "NOT", "WITHDRAWN", ""),
        ])  # fmt: skip
    crowd.table(
        drop, "complaints",
        "complaint_stage_id complaint_id stage child_id date_received date_response extension_agreed outcome", rows,
    )  # fmt: skip
    rows = []
    for _ in range(70):
        complaint = "gone" if crowd.seldom() else f"complaint-{crowd.random.randrange(60)}"
        rows.append([complaint, crowd.written(crowd.near(crowd.as_at, crowd.day()), often_blank=0.3)])
    crowd.table(drop, "complaint_learning", "learning_id complaint_id action_done", rows)


def write_homes(crowd: Crowd, drop: Path) -> None:
    """Homes that open and close about the ends of months, their visits and recommendations."""
    months = [months_later(crowd.as_at.replace(day=1), -number) for number in range(14)]
    rows = []
    for _ in range(12):
        opened = crowd.near(*months, months_later(crowd.as_at, -40))
        closed = crowd.written(crowd.near(*months), often_blank=0.7)
        rows.append([crowd.written(opened, often_blank=0.05), closed])
    crowd.table(drop, "homes", "home_urn opened closed", rows)
    visits = [
        [f"homes-{number}", crowd.written(crowd.near(month, month + datetime.timedelta(days=14), spread=2))]
        for number in range(13) for month in months if crowd.random.random() < 0.8
    ]  # fmt: skip
    crowd.table(drop, "reg_visits", "visit_id home_urn visit_date", visits)
    rows = []
    for _ in range(120):
        due = crowd.day()
        visit = "gone" if crowd.seldom() else f"reg_visits-{crowd.random.randrange(len(visits))}"
        rows.append([visit, crowd.written(due), crowd.written(crowd.near(due, crowd.day()), often_blank=0.2)])
    crowd.table(drop, "reg_recommendations", "rec_id visit_id due closed", rows)


def write_audits(crowd: Crowd, drop: Path) -> None:
    """Audits and their actions, and the inspection action plan."""
    rows = []
    for _ in range(100):
        grades = [crowd.one("O", "G", "R", ""), crowd.one("", "", "O", "I")]
        rows.append([crowd.child(), crowd.written(crowd.day()), *grades])
    crowd.table(drop, "audits", "audit_id child_id audit_date grade grade_moderated", rows)
    rows = []
    for _ in range(100):
        due = crowd.day()
        audit = "gone" if crowd.seldom() else f"audits-{crowd.random.randrange(100)}"
        rows.append([audit, crowd.written(due), crowd.written(crowd.near(due, crowd.day()), often_blank=0.2)])
    crowd.table(drop, "audit_actions", "action_id audit_id due done", rows)
    rows = []
    for _ in range(40):
        days = [crowd.written(crowd.near(crowd.as_at, crowd.day()), often_blank=blank) for blank in (0.1, 0.5)]
        rows.append([*days, crowd.one("R", "A", "G", "B", ""), crowd.yes_no()])
    crowd.table(drop, "action_plan", "action_id due done rag formal", rows)


def write_local_standards(crowd: Crowd, drop: Path) -> None:
    """Limits of visits, one that ends about the as-at date and one that begins then among them."""
    one = datetime.timedelta(days=1)
    begins = [
        months_later(crowd.as_at, -40),
        months_later(crowd.as_at, -3),
        crowd.as_at + crowd.random.choice([0, 1]) * one,
    ]
    ends = ["", (crowd.as_at - crowd.random.choice([0, 0, 1]) * one).isoformat(), ""]
    folder = drop / "council" / crowd.as_at.isoformat()
    with (folder / "local_standards.csv").open("w", encoding="utf-8", newline="") as file:
        lines = [
            ["child_protection_visit", begin.isoformat(), end, crowd.one("10", "14"), crowd.one("Y", "N"), "board",
             begin.isoformat()]
            for begin, end in zip(begins, ends, strict=True)
        ]  # fmt: skip
        csv.writer(file, lineterminator="\n").writerows([
            ["standard", "valid_from", "valid_to", "limit_days", "working_days", "agreed_by", "agreed_on"],
            ["child_in_need_visit", begins[0].isoformat(), "", "20", "Y", "board", begins[0].isoformat()], *lines,
        ])  # fmt: skip


def write_population(crowd: Crowd, drop: Path) -> None:
    """Persons by age, of years before and one ahead."""
    years = [crowd.as_at.year - 2, crowd.as_at.year - 1, crowd.as_at.year + 1]
    folder = drop / "council" / crowd.as_at.isoformat()
    with (folder / "population.csv").open("w", encoding="utf-8", newline="") as file:
        lines = [["E06000099", str(year), str(years_old), str(500 + year % 7 + years_old)]
                 for year in years for years_old in range(25)]  # fmt: skip
        csv.writer(file, lineterminator="\n").writerows([["la_code", "year", "age", "persons"], *lines])
