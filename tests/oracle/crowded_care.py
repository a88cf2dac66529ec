"""The crowded drop's children looked after, care leavers and health."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from itertools import chain, repeat
from pathlib import Path

from tests.oracle.crowd import Crowd
from tests.oracle.naive_days import months_later, working_days_later
from tests.oracle.naive_drop import Day, day_of

LEGAL = ("V2", "C2", "C1", "C1", "C1", "V3", "V4", "")
Entries = list[tuple[str, Day]]


def write_care(crowd: Crowd, drop: Path) -> Entries:
    """Periods of care with their reviews, and what happens in them; answers who entered when."""
    entries, rows = [], []
    for number in range(140):
        child, start = crowd.child(), crowd.day()
        others = [crowd.day(), *[crowd.near(months_later(crowd.as_at, -months)) for months in (6, 12, 30, 30)]]
        entry = crowd.random.choice([start, start, start, *others, crowd.ago(28)])
        end = crowd.near(working_days_later(entry, 20), crowd.day())
        entries.append((child, entry))
        rows.append([
            child, crowd.written(start), crowd.one("S", "S", "P", "L", ""), crowd.written(entry),
            crowd.written(end, often_blank=0.6), crowd.one("X1", "E4A", "E11", "E12", ""),
            crowd.one("", f"period-{number}", f"period-{number}", f"period-{number // 2}"),
        ])  # fmt: skip
    for child in crowd.children[::4]:
        entry = crowd.near(months_later(crowd.as_at, -30))
        entries.append((child, entry))
        rows.append([child, entry.isoformat(), "S", entry.isoformat(), "", "", f"period-{len(entries) - 1}"])
    for child in crowd.settled:
        limits = [months_later(crowd.as_at, -6), months_later(crowd.as_at, -12), crowd.working_days_ago(20)]
        entry = crowd.near(*limits, *limits, crowd.as_at - datetime.timedelta(days=28))
        period = f"period-{len(entries)}"
        entries.append((child, entry))
        rows.append([child, entry.isoformat(), "S", entry.isoformat(), "", "", period])
    crowd.table(
        drop, "ssd_cla_episodes",
        "clae_cla_episode_id clae_person_id clae_cla_episode_start_date clae_cla_episode_start_reason"
        " clae_entered_care_date clae_cla_episode_ceased_date clae_cla_episode_ceased_reason clae_cla_id", rows,
    )  # fmt: skip
    ends = [(row[0], row[4]) for row in rows]
    adopted = [row[6] for row in rows if row[5] in ("E11", "E12")]
    placed = _write_placements(crowd, drop, len(entries))
    _write_reviews(crowd, drop, entries, placed)
    _write_visits(crowd, drop, placed)
    _write_statuses(crowd, drop, entries, ends)
    _write_events(crowd, drop, adopted)
    return entries


@dataclass
class Placed:
    """A placement: whose, from when, what kind, of which period of care."""

    child: str
    began: Day
    kind: str
    period: str


def _write_reviews(crowd: Crowd, drop: Path, entries: Entries, placed: list[Placed]) -> None:
    rows = []
    for number, (_, entry) in enumerate(entries):
        due = working_days_later(entry, 20)
        for _, months in zip(range(crowd.random.randint(0, 6)), chain([3], repeat(6)), strict=False):
            held = crowd.near(
                due, due - datetime.timedelta(days=9), due, months_later(crowd.as_at, -months), crowd.as_at
            )
            period = "gone" if crowd.seldom() else f"period-{number}"
            rows.append([period, crowd.written(held, often_blank=0.05), crowd.one("N", "N", "N", "", "Y")])
            due = months_later(held, months)
    for placement in placed:
        if placement.kind == "P1":
            held = crowd.near(placement.began + datetime.timedelta(days=15), spread=9)
            rows.append([placement.period, crowd.written(held), crowd.one("N", "N", "Y")])
    crowd.table(
        drop, "ssd_cla_reviews", "clar_cla_review_id clar_cla_id clar_cla_review_date clar_cla_review_cancelled", rows
    )


def _write_placements(crowd: Crowd, drop: Path, periods: int) -> list[Placed]:
    placed: list[Placed] = []
    rows = []

    def write(child: str, began: Day, ended: str, kind: str) -> None:
        miles = crowd.one("20", "20.0", "20.1", "19.9", "0", "150", "999.9", "999.9000000000001", "", "far")
        period = "" if crowd.seldom() else f"period-{crowd.random.randrange(periods)}"
        if child in crowd.settled:
            period = f"period-{periods - len(crowd.settled) + crowd.settled.index(child)}"
        rows.append([child, crowd.written(began), ended, kind, miles, period])
        placed.append(Placed(child, began, kind, period))

    for child in crowd.settled:
        # A first week, six weeks of visits, or with parents a few weeks.
        write(child, crowd.ago(crowd.random.choice([7, 30, 40, 50]), spread=1), "", crowd.one("P1", "P1", "U6", "K2"))
    for number, child in enumerate(crowd.children):
        day = crowd.near(crowd.day(), *[months_later(crowd.as_at, -months) for months in (12, 14, 24, 24)])
        if number % 4 == 0:
            # Two years in one home, or in two when the second is for adoption.
            began, move = crowd.near(months_later(crowd.as_at, -24)), crowd.ago(200, spread=150)
            kind = crowd.one("A3", "A5", "A6", "U6", "")
            write(child, began, move.isoformat() if kind else "", crowd.one("U6", "U4"))
            if kind:
                write(child, move, "", kind)
            continue
        for _ in range(crowd.random.randint(0, 8)):
            end = day + datetime.timedelta(days=crowd.random.choice([0, 1, 30, 60, 120, 300]))
            end = max(day, crowd.near(end, end, end, crowd.day()))
            kind = crowd.one("U6", "U4", "U1", "U6", "U4", "K2", "P1", "T0", "T4", "A3", "A5", "A6", "")
            write(child, day, crowd.written(end, often_blank=0.2), kind)
            day = end if crowd.random.random() < 0.8 else crowd.day()
    crowd.table(
        drop, "ssd_cla_placement",
        "clap_cla_placement_id clap_person_id clap_cla_placement_start_date clap_cla_placement_end_date"
        " clap_cla_placement_type clap_cla_placement_distance clap_cla_id", rows,
    )  # fmt: skip
    return placed


def _write_visits(crowd: Crowd, drop: Path, placed: list[Placed]) -> None:
    rows = []
    for _ in range(160):
        child, day = crowd.visited()
        rows.append([child, crowd.written(day), crowd.one("Y", "Y", "N", ""), crowd.yes_no()])
    for placement in placed:
        day = placement.began
        steps = [7, 7, 7, 7, 28, 28] if placement.kind == "P1" else [7, 42, 42, 42]
        for days in steps[: crowd.random.randint(0, 6)]:
            day += datetime.timedelta(days=days + crowd.random.choice([-2, 0, 0, 0, 0, 0, 1]))
            rows.append([placement.child, crowd.written(day), crowd.one(*"YYYYYN", ""), crowd.yes_no()])
        for days in (0, 7, 28, 42):
            if crowd.random.random() < 0.1:
                day = crowd.ago(days, spread=1)
                rows.append([placement.child, crowd.written(day), crowd.one("Y", "Y", "Y", "N", ""), crowd.yes_no()])
    crowd.table(
        drop, "ssd_cla_visits",
        "clav_cla_visit_id clav_person_id clav_cla_visit_date clav_cla_visit_seen clav_cla_visit_seen_alone", rows,
    )  # fmt: skip


def _write_statuses(crowd: Crowd, drop: Path, entries: Entries, ends: list[tuple[str, str]]) -> None:
    rows = []
    for _ in range(60):
        until = crowd.written(crowd.day(), often_blank=0.2)
        rows.append([crowd.child(), crowd.one(*LEGAL), crowd.written(crowd.day()), until])
    for child in crowd.settled:
        until = crowd.written(crowd.ago(20, spread=15), often_blank=0.7)
        rows.append([child, "C1", crowd.written(months_later(crowd.as_at, -12)), until])
    for (child, entry), (_, end) in zip(entries, ends, strict=True):
        # Short breaks that begin or end about the day care does.
        ended = day_of(end)
        if crowd.random.random() < 0.3 and child in crowd.children:
            first, last = crowd.near(entry), crowd.near(ended or crowd.day())
            rows.append([child, crowd.one("V3", "V4"), first.isoformat(), last.isoformat()])
    crowd.table(
        drop, "ssd_legal_status",
        "lega_legal_status_id lega_person_id lega_legal_status lega_legal_status_start_date lega_legal_status_end_date",
        rows,
    )  # fmt: skip


def _write_events(crowd: Crowd, drop: Path, adopted: list[str]) -> None:
    rows = []
    for _ in range(60):
        until = crowd.written(crowd.near(crowd.as_at, crowd.day()), often_blank=0.3)
        rows.append([crowd.child(), crowd.one("UASC", "UASC", "ILR", ""), crowd.written(crowd.day()), until])
    crowd.table(
        drop, "ssd_immigration_status",
        "immi_immigration_status_id immi_person_id immi_immigration_status immi_immigration_status_start_date"
        " immi_immigration_status_end_date", rows,
    )  # fmt: skip
    rows = []
    for _ in range(90):
        start = crowd.day()
        until = crowd.written(crowd.near(start, crowd.day()), often_blank=0.2)
        rows.append([crowd.child(), crowd.written(start), crowd.one("M", "M", "A", ""), until])
    crowd.table(
        drop, "ssd_missing",
        "miss_table_id miss_person_id miss_missing_episode_start_date miss_missing_episode_type"
        " miss_missing_episode_end_date", rows,
    )  # fmt: skip
    rows = []
    for _ in range(100):
        decided = crowd.near(crowd.day(), crowd.day(), months_later(crowd.as_at, -12))
        placed = crowd.written(crowd.near(months_later(decided, 12), crowd.day()), often_blank=0.1)
        period = crowd.one("", "gone") if crowd.seldom() else crowd.one(*adopted)
        undone = crowd.written(crowd.near(crowd.as_at, crowd.day()), often_blank=0.8)
        rows.append([crowd.child(), period, crowd.written(decided, often_blank=0.05), placed, undone])
    crowd.table(
        drop, "ssd_permanence",
        "perm_table_id perm_person_id perm_cla_id perm_adm_decision_date perm_placed_for_adoption_date"
        " perm_decision_reversed_date", rows,
    )  # fmt: skip


def write_leavers(crowd: Crowd, drop: Path) -> None:
    """One current row of each leaver, with contacts about eight weeks ago."""
    rows = []
    for _ in range(150):
        contact = crowd.near(crowd.as_at, crowd.as_at - datetime.timedelta(days=56))
        rows.append([
            crowd.child(), crowd.one("Former Relevant", "Former Relevant", "Relevant", "Qualifying", "Eligible", ""),
            crowd.one("YES", "NO", "DIED", "RHOM", "REFU", ""), crowd.written(contact, often_blank=0.1),
            crowd.one("B", "U", "G", "H", "R", "Z", ""), crowd.one("1", "1", "2", ""),
            crowd.one("F1", "P5", "F4", "G4", "G5", "0", "F3", ""),
        ])  # fmt: skip
    crowd.table(
        drop, "ssd_care_leavers",
        "clea_table_id clea_person_id clea_care_leaver_eligibility clea_care_leaver_in_touch"
        " clea_care_leaver_latest_contact clea_care_leaver_accommodation clea_care_leaver_accom_suitable"
        " clea_care_leaver_activity", rows,
    )  # fmt: skip


def write_health(crowd: Crowd, drop: Path, entries: Entries) -> None:
    """What the case system and the trust say of the health of children looked after."""
    limits = [months_later(crowd.as_at, -months) for months in (6, 12)]
    rows = []
    for child, entry in entries * 2:
        back = crowd.near(entry, working_days_later(entry, 20), working_days_later(entry, 20))
        born = crowd.borns.get(child, crowd.as_at)
        rows.append([
            crowd.trust_number(child), child, crowd.written(crowd.near(born, born, born)),
            crowd.one("IHA", "IHA", "IHA", "RHA12", "RHA6", "LEAVING"), crowd.one("COMPLETED", "COMPLETED", "DNA", ""),
            crowd.written(crowd.near(crowd.day(), crowd.as_at, *limits), often_blank=0.2),
            crowd.written(back, often_blank=0.1),
        ])  # fmt: skip
    crowd.table(
        drop, "nhs_health_assessments",
        "request_id nhs_number local_child_id dob assessment_kind outcome date_attended date_report_returned", rows,
    )  # fmt: skip
    rows = []
    for _ in range(100):
        checked = crowd.written(crowd.day(), often_blank=0.1)
        rows.append([crowd.trust_number(crowd.child()), checked, crowd.one("CHECKED", "REFUSED")])
    crowd.table(drop, "nhs_dental", "row_id nhs_number check_date status", rows)
    rows = []
    for _ in range(140):
        rows.append([
            crowd.child(), crowd.one("DENT", "DENT", "OPT", "IHA", "RHA", "RHA"),
            crowd.written(crowd.near(crowd.day(), crowd.as_at, *limits)),
            crowd.one("Completed", "Completed", "Refused", "Planned", ""),
        ])  # fmt: skip
    crowd.table(
        drop, "ssd_cla_health",
        "clah_health_check_id clah_person_id clah_health_check_type clah_health_check_date clah_health_check_status",
        rows,
    )  # fmt: skip
    rows = []
    for _ in range(160):
        child = crowd.child()
        born = crowd.borns.get(child, crowd.as_at)
        day = crowd.near(crowd.day(), crowd.as_at, *crowd.period_edges, months_later(born, 48), months_later(born, 204))
        score = crowd.one("0", "13", "14", "17", "40", "16.0", "", "", "high")
        rows.append([child, crowd.written(day, often_blank=0.05), score, crowd.one("SDQ1", "SDQ4", "", "")])
    crowd.table(
        drop, "ssd_sdq_scores",
        "csdq_table_id csdq_person_id csdq_sdq_completed_date csdq_sdq_score csdq_sdq_reason", rows,
    )  # fmt: skip
    known = [child for child in crowd.children if not crowd.seldom()]
    crowd.table(
        drop, "ssd_cla_immunisations", "clai_person_id clai_immunisations_status clai_immunisations_status_date",
        [[crowd.one("Y", "Y", "N", ""), crowd.written(crowd.near(crowd.as_at, crowd.day()))] for _ in known],
        keys=known,
    )  # fmt: skip
    rows = []
    for _ in range(140):
        weeks = crowd.random.choice([0, 1, 4, 18])
        received = crowd.near(crowd.as_at - datetime.timedelta(weeks=weeks), crowd.day())
        seen = crowd.near(received + datetime.timedelta(weeks=weeks), *crowd.period_edges)
        rows.append([
            crowd.trust_number(crowd.child()), crowd.written(received),
            crowd.one("ACCEPTED", "ACCEPTED", "PENDING", "REJECTED", ""),
            crowd.written(crowd.near(received, crowd.day()), often_blank=0.1), crowd.written(seen, often_blank=0.4),
            crowd.written(crowd.near(crowd.as_at, seen), often_blank=0.4),
            crowd.written(crowd.near(crowd.as_at), often_blank=0.8), crowd.one(str(weeks), str(weeks), "", "many"),
        ])  # fmt: skip
    crowd.table(
        drop, "nhs_camhs",
        "referral_id nhs_number date_received decision date_decision date_first_contact date_second_contact"
        " date_discharged spec_limit_weeks", rows,
    )  # fmt: skip
