"""A drop of few children whose days crowd round every limit, with the faults extracts have; nothing plausible in it."""

from __future__ import annotations

import csv
import datetime
import random
from pathlib import Path

from tests.oracle.naive import Day, current_periods, is_nhs_number, months_later, working_days_later

CHILDREN = 40
SOURCES = {"nhs": "health", "lado": "lado", "private": "private_fostering", "ssd": "case_management"}


class CrowdedDrop:
    """Writes one week of a drop; the same seed and as-at date write the same bytes."""

    def __init__(self, seed: int, as_at: Day) -> None:
        self.random = random.Random(seed)
        self.as_at = as_at
        edges = {day for span in current_periods(as_at).values() for day in span}
        edges |= {months_later(edge, -months) for edge in set(edges) for months in (3, 12, 24, 30)}
        edges |= {months_later(as_at, -12 * years) for years in (4, 16, 19, 22)}
        self.edges = sorted(edges)
        self.children = [f"C{number}" for number in range(CHILDREN)]
        self.numbers: dict[str, str] = {}
        self.borns: dict[str, Day] = {}

    def one(self, *values: str) -> str:
        """One of some values."""
        return self.random.choice(values)

    def seldom(self) -> bool:
        """True one time in twenty-five."""
        return self.random.random() < 0.04

    def day(self) -> Day:
        """A day at or next to a limit, or any day of the last three years."""
        if self.random.random() < 0.6:
            return self.random.choice(self.edges) + datetime.timedelta(days=self.random.randint(-1, 1))
        return self.as_at - datetime.timedelta(days=self.random.randint(-20, 1100))

    def near(self, *days: Day) -> Day:
        """One of some days, or the day before or after."""
        return self.random.choice(days) + datetime.timedelta(days=self.random.randint(-1, 1))

    def written(self, day: Day | None, *, often_blank: float = 0.0) -> str:
        """A day as an extract writes it: mostly ISO, now and then with midnight, blank, or nonsense."""
        if day is None or self.random.random() < often_blank:
            return self.one("", "", "NULL")
        if self.random.random() < 0.02:
            return self.one("", "31/31/2025", "soon", "1899-12-31", "2025-02-30")
        return self.one(day.isoformat(), day.isoformat(), f"{day} 00:00:00.000", f"{day}T00:00:00")

    def child(self) -> str:
        """A child's id; seldom nobody's."""
        return self.one("", "C999") if self.seldom() else self.random.choice(self.children)

    def yes_no(self) -> str:
        """Y, N or blank."""
        return self.one("Y", "N", "N", "")

    def nhs_number(self) -> str:
        """A number of the 999 range that passes its check."""
        while True:
            text = "999" + "".join(self.random.choice("0123456789") for _ in range(7))
            if is_nhs_number(text):
                return text

    def write(self, drop: Path) -> None:
        """Write every table the first 24 indicators read."""
        self._people(drop)
        self._front_door(drop)
        self._protection(drop)
        self._care(drop)
        self._health(drop)
        self._council(drop)

    def _table(self, drop: Path, name: str, headings: str, rows: list[list[str]]) -> None:
        columns = headings.split()
        folder = drop / SOURCES.get(name.partition("_")[0], "council") / self.as_at.isoformat()
        folder.mkdir(parents=True, exist_ok=True)
        numbered = []
        for number, row in enumerate(rows):
            key = f"{name}-{number}"
            if self.random.random() < 0.02:
                key = self.one("", f"{name}-0", f"{name}-1")
            numbered.append([key, *row])
        self.random.shuffle(numbered)
        with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
            csv.writer(file, lineterminator="\n").writerows([columns, *numbered])

    def _people(self, drop: Path) -> None:
        rows = []
        for child in self.children:
            born = months_later(self.day(), -12 * self.random.choice([0, 3, 4, 10, 15, 16, 19, 21, 22]))
            if self.random.random() < 0.4:
                born = self.near(*[months_later(self.as_at, -12 * years) for years in (19, 20, 21, 22)])
            elif self.random.random() < 0.2:
                born = Day(self.random.choice([2004, 2008, 2020]), 2, 29)
            self.borns[child] = born
            self.numbers[child] = self.nhs_number()
            number = self.one("", "9990000000") if self.seldom() else self.numbers[child]
            if self.seldom():
                number = self.numbers["C0"]
            rows.append([child, self.written(born), number])
        folder = drop / "case_management" / self.as_at.isoformat()
        folder.mkdir(parents=True)
        rows.insert(5, rows[3])
        with (folder / "ssd_person.csv").open("w", encoding="utf-8-sig", newline="") as file:
            csv.writer(file, lineterminator="\r\n").writerows(
                [["pers_person_id", "pers_dob", "pers_common_child_id"], *rows]
            )

    def _front_door(self, drop: Path) -> None:
        self._table(
            drop, "ssd_contacts", "cont_contact_id cont_person_id cont_contact_date",
            [[self.child(), self.written(self.day())] for _ in range(120)],
        )  # fmt: skip
        referrals: list[Day] = []
        rows: list[list[str]] = []
        for _ in range(160):
            day = self.day()
            child = self.child()
            if rows and self.random.random() < 0.4:
                before = self.random.randrange(len(rows))
                child, day = rows[before][0], self.near(months_later(referrals[before], 12))
            referrals.append(day)
            rows.append([child, self.written(day), self.written(self.day(), often_blank=0.5), self.yes_no()])
        self._table(
            drop, "ssd_cin_episodes",
            "cine_referral_id cine_person_id cine_referral_date cine_close_date cine_referral_nfa", rows,
        )  # fmt: skip
        rows = []
        for _ in range(200):
            place = self.random.randrange(len(referrals))
            start = self.near(referrals[place])
            ends = self.near(working_days_later(start, 45), working_days_later(referrals[place], 45), self.day())
            reference = self.one("", "gone") if self.seldom() else f"ssd_cin_episodes-{place}"
            rows.append([self.child(), reference, self.written(start), self.written(ends, often_blank=0.1)])
        self._table(
            drop, "ssd_cin_assessments",
            "cina_assessment_id cina_person_id cina_referral_id cina_assessment_start_date cina_assessment_auth_date",
            rows,
        )  # fmt: skip

    def _protection(self, drop: Path) -> None:
        enquiries = [self.day() for _ in range(80)]
        self._table(
            drop, "ssd_s47_enquiry", "s47e_s47_enquiry_id s47e_person_id s47e_s47_start_date",
            [[self.child(), self.written(day)] for day in enquiries],
        )  # fmt: skip
        rows = []
        for _ in range(160):
            place = self.random.randrange(len(enquiries))
            held = self.near(enquiries[place], working_days_later(enquiries[place], 15), self.day())
            reference = self.one("", "gone") if self.seldom() else f"ssd_s47_enquiry-{place}"
            rows.append([self.child(), reference, self.written(held), self.yes_no()])
        self._table(
            drop, "ssd_initial_cp_conference",
            "icpc_icpc_id icpc_person_id icpc_s47_enquiry_id icpc_icpc_date icpc_icpc_transfer_in", rows,
        )  # fmt: skip
        plans = [self.day() for _ in range(160)]
        rows = []
        for start in plans:
            end = self.near(start + datetime.timedelta(days=729), self.day())
            rows.append([self.child(), self.written(start), self.written(end, often_blank=0.5), self.yes_no()])
        self._table(
            drop, "ssd_cp_plans",
            "cppl_cp_plan_id cppl_person_id cppl_cp_plan_start_date cppl_cp_plan_end_date cppl_cp_plan_ola", rows,
        )  # fmt: skip
        rows = []
        for place, start in enumerate(plans):
            day = start
            for months in (3, 6, 6, 6)[: self.random.randint(0, 4)]:
                day = self.near(months_later(day, months), months_later(day, months) - datetime.timedelta(days=9))
                reference = "gone" if self.seldom() else f"ssd_cp_plans-{place}"
                rows.append([self.child(), reference, self.written(day, often_blank=0.05)])
        self._table(
            drop, "ssd_cp_reviews", "cppr_cp_review_id cppr_person_id cppr_cp_plan_id cppr_cp_review_date", rows
        )
        rows = []
        for _ in range(200):
            child = self.child()
            day = self.near(months_later(self.borns.get(child, self.as_at), 48)) if self.seldom() else self.day()
            rows.append([child, self.written(day), self.yes_no()])
        self._table(
            drop, "ssd_cp_visits", "cppv_cp_visit_id cppv_person_id cppv_cp_visit_date cppv_cp_visit_seen_alone", rows
        )

    def _care(self, drop: Path) -> None:
        rows = []
        self.entries: list[tuple[str, Day]] = []
        for number in range(120):
            child, start = self.child(), self.day()
            entry = self.random.choice([start, start, self.day(), self.near(months_later(self.as_at, -30))])
            end = self.near(working_days_later(entry, 20), self.day())
            self.entries.append((child, entry))
            rows.append([
                child, self.written(start), self.one("S", "S", "P", "L", ""), self.written(entry),
                self.written(end, often_blank=0.6), self.one("X1", "E4A", "E11", ""),
                self.one("", f"period-{number}", f"period-{number // 2}"),
            ])  # fmt: skip
        self._table(
            drop, "ssd_cla_episodes",
            "clae_cla_episode_id clae_person_id clae_cla_episode_start_date clae_cla_episode_start_reason"
            " clae_entered_care_date clae_cla_episode_ceased_date clae_cla_episode_ceased_reason clae_cla_id",
            rows,
        )  # fmt: skip
        rows = []
        for child in self.children:
            day = self.near(self.day(), *[months_later(self.as_at, -months) for months in (12, 14, 24, 24)])
            for _ in range(self.random.randint(0, 8)):
                end = day + datetime.timedelta(days=self.random.choice([0, 1, 30, 60, 120, 300]))
                end = max(day, self.near(end, end, end, self.day()))
                kind = self.one("U6", "U4", "U6", "U4", "K2", "P1", "T0", "T4", "A3", "A5", "A6", "")
                rows.append([child, self.written(day), self.written(end, often_blank=0.2), kind])
                day = end if self.random.random() < 0.8 else self.day()
        self._table(
            drop, "ssd_cla_placement",
            "clap_cla_placement_id clap_person_id clap_cla_placement_start_date clap_cla_placement_end_date"
            " clap_cla_placement_type",
            rows,
        )  # fmt: skip
        rows = []
        for _ in range(60):
            until = self.written(self.day(), often_blank=0.2)
            rows.append([self.child(), self.one("V2", "C2", "C1", "V3", "V4", ""), self.written(self.day()), until])
        self._table(
            drop, "ssd_legal_status",
            "lega_legal_status_id lega_person_id lega_legal_status lega_legal_status_start_date"
            " lega_legal_status_end_date",
            rows,
        )  # fmt: skip
        rows = []
        for _ in range(80):
            rows.append([
                self.child(), self.one("Former Relevant", "Former Relevant", "Relevant", "Qualifying", ""),
                self.one("YES", "NO", "DIED", "RHOM", "REFU", ""), self.one("B", "U", "G", "H", "R", "Z", ""),
                self.one("1", "1", "2", ""),
            ])  # fmt: skip
        self._table(
            drop, "ssd_care_leavers",
            "clea_table_id clea_person_id clea_care_leaver_eligibility clea_care_leaver_in_touch"
            " clea_care_leaver_accommodation clea_care_leaver_accom_suitable",
            rows,
        )  # fmt: skip

    def _trust_number(self, child: str) -> str:
        if self.random.random() < 0.1:
            return self.one("", "9990000000", self.nhs_number())
        return self.numbers.get(child, "")

    def _health(self, drop: Path) -> None:
        rows = []
        for child, entry in self.entries * 2:
            back = self.near(entry, working_days_later(entry, 20), working_days_later(entry, 20))
            born = self.borns.get(child, self.as_at)
            rows.append([
                self._trust_number(child), child, self.written(self.near(born, born, born)),
                self.one("IHA", "IHA", "IHA", "RHA12"), self.one("COMPLETED", "COMPLETED", "DECLINED", ""),
                self.written(back, often_blank=0.1),
            ])  # fmt: skip
        self._table(
            drop, "nhs_health_assessments",
            "request_id nhs_number local_child_id dob assessment_kind outcome date_report_returned", rows,
        )  # fmt: skip
        rows = [
            [
                self._trust_number(self.child()),
                self.written(self.day(), often_blank=0.1),
                self.one("CHECKED", "REFUSED"),
            ]
            for _ in range(100)
        ]
        self._table(drop, "nhs_dental", "row_id nhs_number check_date status", rows)
        rows = [
            [
                self.child(), self.one("DENT", "DENT", "OPT", "IHA"), self.written(self.day()),
                self.one("Completed", "Refused", "Planned", ""),
            ]
            for _ in range(80)
        ]  # fmt: skip
        self._table(
            drop, "ssd_cla_health",
            "clah_health_check_id clah_person_id clah_health_check_type clah_health_check_date"
            " clah_health_check_status",
            rows,
        )  # fmt: skip
        rows = []
        for _ in range(100):
            weeks = self.random.choice([0, 1, 4, 18])
            received = self.near(self.as_at - datetime.timedelta(weeks=weeks), self.day())
            rows.append([
                self._trust_number(self.child()), self.written(received),
                self.one("ACCEPTED", "ACCEPTED", "PENDING", "REJECTED", ""),
                self.written(self.near(self.as_at), often_blank=0.6),
                self.written(self.near(self.as_at), often_blank=0.8), self.one(str(weeks), str(weeks), "", "many"),
            ])  # fmt: skip
        self._table(
            drop, "nhs_camhs",
            "referral_id nhs_number date_received decision date_first_contact date_discharged spec_limit_weeks", rows,
        )  # fmt: skip

    def _council(self, drop: Path) -> None:
        professionals = [f"ssd_professionals-{number}" for number in range(20)]
        self._table(
            drop,
            "ssd_professionals",
            "prof_professional_id prof_professional_name",
            [["Worker"] for _ in professionals],
        )
        rows = []
        for _ in range(30):
            rows.append([
                self.one(*professionals, "gone", ""), self.one("5", "4", "0", ""),
                self.one("1.0", "0.5", "0.6", "0.00", "", "x"), self.written(self.day()),
                self.written(self.near(self.as_at), often_blank=0.6), self.one("PERM", "AGENCY"),
            ])  # fmt: skip
        self._table(drop, "hr_staff", "staff_id professional_id role fte start_date leave_date contract", rows)
        rows = []
        for _ in range(200):
            rows.append([
                self.one(*professionals, "gone", ""), self.one("CW", "CW", "IRO", ""), self.written(self.day()),
                self.written(self.near(self.as_at, self.day()), often_blank=0.6), self.child(),
            ])  # fmt: skip
        self._table(
            drop, "ssd_involvements",
            "invo_involvements_id invo_professional_id invo_professional_role_id invo_involvement_start_date"
            " invo_involvement_end_date invo_person_id",
            rows,
        )  # fmt: skip
        rows = []
        for _ in range(80):
            day = self.day()
            outcome = self.written(self.near(months_later(day, 1), self.day()), often_blank=0.2)
            rows.append(
                [self.one("REFERRAL", "REFERRAL", "CONSULT", ""), self.written(day), outcome, self.one("FALSE", "")]
            )
        self._table(drop, "lado_log", "lado_ref contact_type date_contact date_outcome outcome", rows)
        rows = []
        for _ in range(100):
            day = self.near(self.day(), self.as_at - datetime.timedelta(days=9))
            visit = self.written(self.near(working_days_later(day, 7), day), often_blank=0.2)
            rows.append([self.child(), self.written(day), visit])
        self._table(drop, "private_fostering", "pf_ref child_id date_notified date_initial_visit", rows)
        rows = []
        for _ in range(100):
            day = self.day()
            answer = self.near(working_days_later(day, 10), working_days_later(day, 20), day)
            rows.append([
                self.one("1", "1", "2", ""), self.child(), self.written(day), self.written(answer, often_blank=0.1),
                self.yes_no(),
            ])  # fmt: skip
        self._table(
            drop, "complaints", "complaint_stage_id stage child_id date_received date_response extension_agreed", rows
        )
        rows = [
            [self.child(), self.written(self.day()), self.one("O", "G", "R", ""), self.one("", "", "O", "I")]
            for _ in range(80)
        ]
        self._table(drop, "audits", "audit_id child_id audit_date grade grade_moderated", rows)
        rows = []
        for _ in range(40):
            due = self.written(self.near(self.as_at, self.day()), often_blank=0.1)
            rows.append([due, self.written(self.near(self.as_at, self.day()), often_blank=0.5)])
        self._table(drop, "action_plan", "action_id due done", rows)
        years = [self.as_at.year - 2, self.as_at.year - 1, self.as_at.year + 1]
        folder = drop / "council" / self.as_at.isoformat()
        with (folder / "population.csv").open("w", encoding="utf-8", newline="") as file:
            lines = [["E06000099", str(year), str(years_old), str(500 + year % 7 + years_old)]
                     for year in years for years_old in range(25)]  # fmt: skip
            csv.writer(file, lineterminator="\n").writerows([["la_code", "year", "age", "persons"], *lines])
