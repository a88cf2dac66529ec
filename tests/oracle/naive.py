"""A deliberately naive oracle: the first 24 indicators and what sets a row aside, by loops over a drop as received.

Written from the sentences of the project's choices (G1 to G24 and one line an indicator), not from the SQL, and slow on
purpose. It imports nothing of the product. Two entrances:

    measure(drop, as_at) -> {(code, period_kind, ends_on): (numerator, denominator, value)}
    set_aside(drop, as_at) -> {(source_table, row_number, "a" | "b" | "c")}
"""

from __future__ import annotations

import csv
import datetime
import re
from collections import defaultdict
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import holidays

Day = datetime.date
Row = dict[str, Any]
Figure = tuple[float | None, float | None, float | None]

# Keys as marked in the sector's standard and in the log contracts.
KEYS: dict[str, tuple[str, ...]] = {
    "ssd_address": ("addr_table_id",),
    "ssd_api_data_staging": ("id",),
    "ssd_assessment_factors": ("cinf_table_id",),
    "ssd_care_leavers": ("clea_table_id",),
    "ssd_cin_assessments": ("cina_assessment_id",),
    "ssd_cin_episodes": ("cine_referral_id",),
    "ssd_cin_plans": ("cinp_cin_plan_id",),
    "ssd_cin_visits": ("cinv_cin_visit_id",),
    "ssd_cla_care_plan": ("lacp_table_id",),
    "ssd_cla_convictions": ("clac_cla_conviction_id",),
    "ssd_cla_episodes": ("clae_cla_episode_id",),
    "ssd_cla_health": ("clah_health_check_id",),
    "ssd_cla_immunisations": ("clai_person_id",),
    "ssd_cla_placement": ("clap_cla_placement_id",),
    "ssd_cla_previous_permanence": ("lapp_table_id",),
    "ssd_cla_reviews": ("clar_cla_review_id",),
    "ssd_cla_substance_misuse": ("clas_substance_misuse_id",),
    "ssd_cla_visits": ("clav_cla_visit_id",),
    "ssd_contacts": ("cont_contact_id",),
    "ssd_cp_plans": ("cppl_cp_plan_id",),
    "ssd_cp_reviews": ("cppr_cp_review_id",),
    "ssd_cp_visits": ("cppv_cp_visit_id",),
    "ssd_department": ("dept_team_id",),
    "ssd_disability": ("disa_person_id", "disa_table_id"),
    "ssd_early_help_episodes": ("earl_episode_id",),
    "ssd_ehcp_active_plans": ("ehcp_active_ehcp_id",),
    "ssd_ehcp_assessment": ("ehca_ehcp_assessment_id",),
    "ssd_ehcp_named_plan": ("ehcn_named_plan_id",),
    "ssd_ehcp_requests": ("ehcr_ehcp_request_id",),
    "ssd_family": ("fami_table_id", "fami_family_id"),
    "ssd_immigration_status": ("immi_person_id", "immi_immigration_status_id"),
    "ssd_initial_cp_conference": ("icpc_icpc_id",),
    "ssd_involvements": ("invo_involvements_id",),
    "ssd_legal_status": ("lega_legal_status_id",),
    "ssd_linked_identifiers": ("link_table_id",),
    "ssd_missing": ("miss_table_id",),
    "ssd_mother": ("moth_table_id", "moth_childs_person_id"),
    "ssd_permanence": ("perm_table_id",),
    "ssd_person": ("pers_person_id",),
    "ssd_pre_proceedings": ("prep_table_id", "prep_plo_family_id"),
    "ssd_professionals": ("prof_professional_id",),
    "ssd_s251_finance": ("s251_table_id",),
    "ssd_s47_enquiry": ("s47e_s47_enquiry_id",),
    "ssd_sdq_scores": ("csdq_table_id",),
    "ssd_sen_need": ("senn_table_id",),
    "ssd_send": ("send_table_id",),
    "ssd_version_log": ("version_number",),
    "ssd_voice_of_child": ("voch_table_id",),
    "lado_log": ("lado_ref",),
    "private_fostering": ("pf_ref",),
    "pf_visits": ("pf_visit_id",),
    "nhs_health_assessments": ("request_id",),
    "nhs_dental": ("row_id",),
    "nhs_immunisations": ("row_id",),
    "nhs_sdq": ("row_id",),
    "nhs_camhs": ("referral_id",),
    "nhs_ae": ("attendance_id",),
    "nhs_posts": ("post",),
    "nhs_registration": ("row_id",),
    "hr_staff": ("staff_id",),
    "hr_posts": ("post_id",),
    "hr_absence": ("row_id",),
    "supervision": ("supervision_id",),
    "strategy_discussion": ("discussion_id",),
    "core_group": ("core_group_id",),
    "complaints": ("complaint_stage_id",),
    "complaint_learning": ("learning_id",),
    "audits": ("audit_id",),
    "audit_actions": ("action_id",),
    "homes": ("home_urn",),
    "reg_visits": ("visit_id",),
    "reg_recommendations": ("rec_id",),
    "action_plan": ("action_id",),
    "evidence": ("evidence_id",),
    "population": ("la_code", "year", "age"),
}

# Tables without a child of their own hang from a row of another.
HANGS_FROM = {
    "ssd_assessment_factors": ("cinf_assessment_id", "ssd_cin_assessments", "cina_assessment_id"),
    "ssd_cla_reviews": ("clar_cla_id", "ssd_cla_episodes", "clae_cla_id"),
    "core_group": ("cp_plan_id", "ssd_cp_plans", "cppl_cp_plan_id"),
    "pf_visits": ("pf_ref", "private_fostering", "pf_ref"),
    "hr_absence": ("staff_id", "hr_staff", "staff_id"),
    "supervision": ("staff_id", "hr_staff", "staff_id"),
    "complaint_learning": ("complaint_id", "complaints", "complaint_id"),
    "audit_actions": ("audit_id", "audits", "audit_id"),
    "reg_visits": ("home_urn", "homes", "home_urn"),
    "reg_recommendations": ("visit_id", "reg_visits", "visit_id"),
    "strategy_discussion": ("child_id", "ssd_person", "pers_person_id"),
    "audits": ("child_id", "ssd_person", "pers_person_id"),
}

# The list of G21 (c), as it stands there.
EVENT_COLUMNS = """
    ssd_address.addr_address_start_date ssd_api_data_staging.submission_timestamp
    ssd_cin_assessments.cina_assessment_start_date ssd_cin_episodes.cine_referral_date
    ssd_cin_plans.cinp_cin_plan_start_date ssd_cin_visits.cinv_cin_visit_date
    ssd_cla_care_plan.lacp_cla_care_plan_start_date ssd_cla_convictions.clac_cla_conviction_date
    ssd_cla_episodes.clae_cla_episode_start_date ssd_cla_health.clah_health_check_date
    ssd_cla_immunisations.clai_immunisations_status_date ssd_cla_placement.clap_cla_placement_start_date
    ssd_cla_substance_misuse.clas_substance_misuse_date ssd_cla_visits.clav_cla_visit_date
    ssd_contacts.cont_contact_date ssd_cp_plans.cppl_cp_plan_start_date ssd_cp_visits.cppv_cp_visit_date
    ssd_early_help_episodes.earl_episode_start_date ssd_ehcp_active_plans.ehcp_active_ehcp_last_review_date
    ssd_ehcp_assessment.ehca_ehcp_assessment_outcome_date ssd_ehcp_named_plan.ehcn_named_plan_start_date
    ssd_ehcp_requests.ehcr_ehcp_req_date ssd_immigration_status.immi_immigration_status_start_date
    ssd_involvements.invo_involvement_start_date ssd_legal_status.lega_legal_status_start_date
    ssd_linked_identifiers.link_valid_from_date ssd_missing.miss_missing_episode_start_date
    ssd_mother.moth_childs_dob ssd_pre_proceedings.prep_pre_pro_decision_date ssd_s47_enquiry.s47e_s47_start_date
    ssd_version_log.release_date lado_log.date_contact private_fostering.date_notified pf_visits.visit_date
    nhs_immunisations.status_date nhs_camhs.date_received nhs_ae.attended_at hr_staff.start_date hr_absence.start_date
    supervision.date_due complaints.date_received audits.audit_date reg_visits.visit_date
"""
EVENT_DATES = {name.split(".")[0]: name.split(".")[1] for name in EVENT_COLUMNS.split()}

# Headings under which the case systems' own scripts write a column.
OTHER_HEADINGS = {
    ("ssd_person", "pers_single_unique_id"): "pers_common_child_id",
    ("ssd_cp_reviews", "person_id"): "cppr_person_id",
    ("ssd_cp_reviews", "actual_date"): "cppr_cp_review_date",
}
WITH_TEXT_DATES = ("lado_log", "private_fostering", "pf_visits")
UK_DATES = ("%d/%m/%Y", "%d/%m/%y")


# Reading a drop


def read_drop(drop: Path, as_at: Day) -> dict[str, list[Row]]:
    """The tables of each source's newest folder not after `as_at`; an absent table is not in the answer."""
    tables: dict[str, list[Row]] = {}
    for source in sorted(Path(drop).iterdir()):
        if not source.is_dir():
            continue
        weeks = [
            week for week in sorted(source.iterdir())
            if re.fullmatch(r"\d{4}-\d{2}-\d{2}", week.name) and Day.fromisoformat(week.name) <= as_at
        ]  # fmt: skip
        if not weeks:
            continue
        for path in sorted(weeks[-1].iterdir()):
            name = re.sub(r"_\d{8}$", "", path.stem.lower())
            for table, lines in _lines(path, name):
                if table in KEYS and table not in tables:
                    rows = _rows(table, lines)
                    if rows is not None:
                        tables[table] = rows
    return tables


def _lines(path: Path, name: str) -> list[tuple[str, list[list[str]]]]:
    """Tables of one file, each as lines of text cells, the first line the headings."""
    if path.suffix.lower() == ".csv":
        with path.open(encoding="utf-8-sig", newline="") as file:
            return [(name, list(csv.reader(file)))]
    if path.suffix.lower() == ".xlsx":
        import openpyxl  # type: ignore[import-untyped]

        book = openpyxl.load_workbook(path, data_only=True)
        sheets = []
        for place, sheet in enumerate(book.worksheets):
            table = sheet.title.lower() if sheet.title.lower() in KEYS else (name if place == 0 else "")
            sheets.append((table, [[_text(cell) for cell in line] for line in sheet.iter_rows(values_only=True)]))
        return sheets
    if path.suffix.lower() == ".parquet":
        import polars

        frame = polars.read_parquet(path)
        return [(name, [frame.columns, *[[_text(cell) for cell in line] for line in frame.rows()]])]
    return []


def _text(cell: object) -> str:
    if cell is None:
        return ""
    if isinstance(cell, datetime.datetime):
        return cell.date().isoformat() if cell.time() == datetime.time() else cell.isoformat(sep=" ")
    if isinstance(cell, datetime.date):
        return cell.isoformat()
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell)


def _rows(table: str, lines: list[list[str]]) -> list[Row] | None:
    """Rows with their number as Excel shows it; None where the file has no headings or lacks its key."""
    if not lines:
        return None
    headings = [heading.strip().lower() for heading in lines[0]]
    headings = [OTHER_HEADINGS.get((table, heading), heading) for heading in headings]
    if any(key not in headings for key in KEYS[table]):
        return None
    rows = []
    for number, line in enumerate(lines[1:], start=2):
        cells = [cell.strip(" \t\r\n\u00a0") for cell in line]
        # A blank row is no row; one with more or fewer cells than headings cannot be read at all.
        if any(cells) and len(cells) == len(headings):
            row: Row = dict(zip(headings, ["" if cell == "NULL" else cell for cell in cells], strict=True))
            row["_row"] = number
            rows.append(row)
    return rows


def day_of(text: str, table: str = "") -> Day | None:
    """A day as the drop may write it; None where blank, unreadable or before 1900."""
    found = None
    iso = re.fullmatch(r"(\d{4})-(\d{2})-(\d{2})([ T]\d{2}:\d{2}(:\d{2}(\.\d+)?)?)?", text)
    if iso:
        try:
            found = Day(int(iso[1]), int(iso[2]), int(iso[3]))
        except ValueError:
            return None
    elif table in WITH_TEXT_DATES:
        for form in UK_DATES:
            try:
                found = datetime.datetime.strptime(text, form).date()  # noqa: DTZ007
                break
            except ValueError:
                continue
    return found if found and found.year >= 1900 else None


# What sets a row aside (G21)


def set_aside(drop: Path, as_at: Day = Day.max) -> set[tuple[str, int, str]]:
    """Rows that vanish from every list, each with its first cause: (a) key, (b) whom it is about, (c) event date.

    Rows of a csv that have not as many cells as there are headings are not in the answer: no choice sets them aside,
    they cannot be read.
    """
    return _set_aside(read_drop(drop, as_at))


def _set_aside(tables: dict[str, list[Row]]) -> set[tuple[str, int, str]]:
    bad_key: set[tuple[str, int]] = set()
    bad_date: set[tuple[str, int]] = set()
    for table, rows in tables.items():
        seen = set()
        for row in rows:
            key = tuple(row[column] for column in KEYS[table])
            if "" in key or key in seen:
                bad_key.add((table, row["_row"]))
            seen.add(key)
            event = EVENT_DATES.get(table)
            if event is not None and event in row and day_of(row[event], table) is None:
                bad_date.add((table, row["_row"]))
    nobody: set[tuple[str, int]] = set()
    while True:
        gone = bad_key | bad_date | nobody
        more = set()
        for table, rows in tables.items():
            for column, parent, parent_column in _about(table, rows):
                if not tables.get(parent):
                    continue
                there = {row[parent_column] for row in tables[parent] if (parent, row["_row"]) not in gone}
                for row in rows:
                    if row[column] == "" or row[column] not in there:
                        more.add((table, row["_row"]))
        if more == nobody:
            break
        nobody = more
    answer = {(table, number, "a") for table, number in bad_key}
    answer |= {(table, number, "b") for table, number in nobody - bad_key}
    answer |= {(table, number, "c") for table, number in bad_date - bad_key - nobody}
    return answer


def _about(table: str, rows: list[Row]) -> Iterable[tuple[str, str, str]]:
    """Columns that say whom or what a table's rows are about, with the table and column they must stand in."""
    if not rows:
        return
    if table.startswith("ssd_") and table not in ("ssd_address", "ssd_person"):
        for column in rows[0]:
            if column.endswith("person_id"):
                yield column, "ssd_person", "pers_person_id"
    if table in HANGS_FROM and HANGS_FROM[table][0] in rows[0]:
        yield HANGS_FROM[table]


# Days


def months_later(day: Day, months: int) -> Day:
    """Same day number so many months later (or earlier), else the last day of that month (G5)."""
    year, month = day.year, day.month + months
    while month > 12:
        year, month = year + 1, month - 12
    while month < 1:
        year, month = year - 1, month + 12
    number = day.day
    while True:
        try:
            return Day(year, month, number)
        except ValueError:
            number -= 1


def age(born: Day, on: Day) -> int:
    """Whole years (G6)."""
    years = on.year - born.year
    while months_later(born, 12 * years) > on:
        years -= 1
    return years


BANK_HOLIDAYS = set(holidays.country_holidays("GB", subdiv="ENG", years=range(2019, 2028)))


def working_days_later(day: Day, count: int) -> Day:
    """The day `count` working days after `day`, which is day 0 (G7)."""
    while count:
        day += datetime.timedelta(days=1)
        if day.weekday() < 5 and day not in BANK_HOLIDAYS:
            count -= 1
    return day


def is_open(start: Day | None, end: Day | None, on: Day) -> bool:
    """Open at a date (G1)."""
    return start is not None and start <= on and (end is None or end > on)


def in_force(start: Day | None, end: Day | None, first: Day, last: Day) -> bool:
    """In force in a period (G2)."""
    return start is not None and start <= last and (end is None or end > first)


def current_periods(as_at: Day) -> dict[str, tuple[Day, Day]]:
    """First and last day of the newest period of each kind (G4)."""
    one = datetime.timedelta(days=1)
    year_end = Day(as_at.year, 3, 31)
    if year_end > as_at:
        year_end = Day(as_at.year - 1, 3, 31)
    month_end = as_at
    while (month_end + one).day != 1:
        month_end -= one
    sunday = as_at
    while sunday.weekday() != 6:
        sunday -= one
    return {
        "rolling_12_months": (months_later(as_at, -12) + one, as_at),
        "financial_year": (Day(year_end.year - 1, 4, 1), year_end),
        "month": (month_end.replace(day=1), month_end),
        "week": (sunday - 6 * one, sunday),
        "last_6_months": (months_later(as_at, -6) + one, as_at),
        "snapshot": (as_at, as_at),
    }


def is_nhs_number(text: str) -> bool:
    """Ten digits, the last a modulus-11 check of the nine before."""
    if not re.fullmatch(r"\d{10}", text):
        return False
    total = sum(int(digit) * weight for digit, weight in zip(text[:9], range(10, 1, -1), strict=True))
    check = 11 - total % 11
    return (0 if check == 11 else check) == int(text[9])


# The figures


class Council:
    """A drop's rows less those set aside, and what several indicators ask of them."""

    def __init__(self, drop: Path, as_at: Day) -> None:
        received = read_drop(drop, as_at)
        gone = {(table, number) for table, number, _ in _set_aside(received)}
        self.tables = {
            table: [row for row in rows if (table, row["_row"]) not in gone] for table, rows in received.items()
        }
        self.arrived = set(received)
        self.by_child: dict[tuple[str, str], dict[str, list[Row]]] = {}
        self.children = {row["pers_person_id"]: row for row in self["ssd_person"]}
        self.child_of_number: dict[str, set[str]] = defaultdict(set)
        for row in self["ssd_person"]:
            number = self.number(row.get("pers_common_child_id", ""))
            if number:
                self.child_of_number[number].add(row["pers_person_id"])

    def __getitem__(self, table: str) -> list[Row]:
        return self.tables.get(table, [])

    def of(self, table: str, column: str, value: str) -> list[Row]:
        """Rows of a table that hold a value in a column."""
        if (table, column) not in self.by_child:
            found: dict[str, list[Row]] = defaultdict(list)
            for row in self[table]:
                if row.get(column):
                    found[row[column]].append(row)
            self.by_child[table, column] = found
        return self.by_child[table, column].get(value, [])

    @staticmethod
    def number(text: str) -> str:
        """An NHS number without blanks and hyphens, "" where it fails its check."""
        text = re.sub(r"[ -]", "", text)
        return text if is_nhs_number(text) else ""

    def child_of(self, row: Row) -> str:
        """The child a trust's row is about (G20), "" where none or more than one."""
        number = self.number(row.get("nhs_number", ""))
        if number:
            found = self.child_of_number.get(number, set())
            return next(iter(found)) if len(found) == 1 else ""
        child = self.children.get(row.get("local_child_id", ""))
        if child and day_of(row.get("dob", "")) and day_of(row["dob"]) == day_of(child["pers_dob"]):
            return str(child["pers_person_id"])
        return ""

    def born(self, child_id: str) -> Day | None:
        """Date of birth, None where not known."""
        child = self.children.get(child_id)
        return day_of(child["pers_dob"]) if child else None

    def on_short_breaks(self, child_id: str, on: Day) -> bool:
        """Legal status V3 or V4 open at the date (G13)."""
        for row in self.of("ssd_legal_status", "lega_person_id", child_id):
            if row["lega_legal_status"] in ("V3", "V4") and is_open(
                day_of(row["lega_legal_status_start_date"]), day_of(row["lega_legal_status_end_date"]), on
            ):
                return True
        return False

    def looked_after(self, on: Day) -> dict[str, list[Day]]:
        """Children looked after at a date with the days of entry of their open episodes (G14)."""
        found: dict[str, list[Day]] = {}
        for row in self["ssd_cla_episodes"]:
            child = row["clae_person_id"]
            if is_open(
                day_of(row["clae_cla_episode_start_date"]), day_of(row["clae_cla_episode_ceased_date"]), on
            ) and not self.on_short_breaks(child, on):
                entry = day_of(row["clae_entered_care_date"])
                found.setdefault(child, [])
                if entry:
                    found[child].append(entry)
        return found

    def population(self, last: Day, kind: str) -> float | None:
        """Persons aged 0 to 17 (G11)."""
        latest = last.year - 1 if kind == "financial_year" else last.year
        years = [int(row["year"]) for row in self["population"] if int(row["year"]) <= latest]
        if not years:
            return None
        return float(
            sum(
                int(row["persons"])
                for row in self["population"]
                if int(row["year"]) == max(years) and 0 <= int(row["age"]) <= 17
            )
        )


Parts = tuple[float, float | None]


def _share(cases: Iterable[bool]) -> Parts:
    answers = list(cases)
    return float(sum(answers)), float(len(answers))


def _own_plans(council: Council) -> list[Row]:
    return [row for row in council["ssd_cp_plans"] if not _yes(row.get("cppl_cp_plan_ola", ""))]


def _yes(text: str) -> bool:
    return text.upper() in ("Y", "YES", "1", "TRUE")


def ni62(council: Council, first: Day, last: Day) -> Parts:
    cases = []
    for child in council.looked_after(last):
        rows = council.of("ssd_cla_placement", "clap_person_id", child)

        def in_order(row: Row) -> tuple[Any, ...]:
            end = day_of(row["clap_cla_placement_end_date"])
            return day_of(row["clap_cla_placement_start_date"]), end or Day.max, row["clap_cla_placement_id"]

        stays: list[list[Row]] = []
        for row in sorted(rows, key=in_order):
            if row["clap_cla_placement_type"] in ("A3", "A5") and stays:
                stays[-1].append(row)
            else:
                stays.append([row])
        number = 0
        for stay in stays:
            for row in stay:
                start = day_of(row["clap_cla_placement_start_date"])
                end = day_of(row["clap_cla_placement_end_date"])
                if row["clap_cla_placement_type"] in ("T0", "T1", "T2", "T3", "T4") or start == end:
                    continue
                if in_force(start, end, first, last):
                    number += 1
                    break
        cases.append(number >= 3)
    return _share(cases)


def ni63(council: Council, first: Day, last: Day) -> Parts:
    cases = []
    for child, entries in council.looked_after(last).items():
        born = council.born(child)
        if born is None or age(born, last) >= 16:
            continue
        if not any(entry <= months_later(last, -30) for entry in entries):
            continue
        newest: Row | None = None
        began: Day | None = None
        rows = council.of("ssd_cla_placement", "clap_person_id", child)
        for row in sorted(rows, key=lambda row: str(row["clap_cla_placement_id"])):
            start, end = day_of(row["clap_cla_placement_start_date"]), day_of(row["clap_cla_placement_end_date"])
            if is_open(start, end, last) and (began is None or (start is not None and start > began)):
                newest, began = row, start
        if newest is None or began is None:
            cases.append(False)
            continue
        since = began
        if newest["clap_cla_placement_type"] in ("A3", "A4", "A5", "A6"):
            for row in rows:
                start = day_of(row["clap_cla_placement_start_date"])
                if start and day_of(row["clap_cla_placement_end_date"]) == began and start < since:
                    since = start
        cases.append(since <= months_later(last, -24))
    return _share(cases)


def ni64(council: Council, first: Day, last: Day) -> Parts:
    cases = []
    for plan in _own_plans(council):
        start, end = day_of(plan["cppl_cp_plan_start_date"]), day_of(plan["cppl_cp_plan_end_date"])
        if start and end and first <= end <= last:
            cases.append((end - start).days > 729)
    return _share(cases)


def ni65(council: Council, first: Day, last: Day) -> Parts:
    cases = []
    plans = _own_plans(council)
    starts: dict[str, list[Day]] = defaultdict(list)
    for plan in plans:
        start = day_of(plan["cppl_cp_plan_start_date"])
        assert start is not None
        starts[plan["cppl_person_id"]].append(start)
    for plan in plans:
        start = day_of(plan["cppl_cp_plan_start_date"])
        assert start is not None
        if first <= start <= last:
            cases.append(any(earlier < start for earlier in starts[plan["cppl_person_id"]]))
    return _share(cases)


def ni67(council: Council, first: Day, last: Day) -> Parts:
    in_time: dict[str, bool] = {}
    for plan in _own_plans(council):
        start, end = day_of(plan["cppl_cp_plan_start_date"]), day_of(plan["cppl_cp_plan_end_date"])
        assert start is not None
        if not is_open(start, end, last) or start > months_later(last, -3):
            continue
        held = []
        for review in council.of("ssd_cp_reviews", "cppr_cp_plan_id", plan["cppl_cp_plan_id"]):
            day = day_of(review["cppr_cp_review_date"])
            if day and day <= last:
                held.append(day)
        met = True
        due = months_later(start, 3)
        for day in sorted(held):
            if first <= due <= last and day > due:
                met = False
            due = months_later(day, 6)
        if first <= due < last:
            met = False
        child = plan["cppl_person_id"]
        in_time[child] = in_time.get(child, True) and met
    return _share(in_time.values())


def fd01(council: Council, first: Day, last: Day) -> Parts:
    number = 0
    for row in council["ssd_contacts"]:
        day = day_of(row["cont_contact_date"])
        if day and first <= day <= last:
            number += 1
    return float(number), None


def fd05(council: Council, first: Day, last: Day) -> Parts:
    cases = []
    for row in council["ssd_cin_episodes"]:
        day = day_of(row["cine_referral_date"])
        if not day or not first <= day <= last:
            continue
        again = False
        for other in council.of("ssd_cin_episodes", "cine_person_id", row["cine_person_id"]):
            before = day_of(other["cine_referral_date"])
            if before and months_later(day, -12) <= before < day:
                again = True
        cases.append(again)
    return _share(cases)


def as01(council: Council, first: Day, last: Day) -> Parts:
    referrals = {row["cine_referral_id"]: row for row in council["ssd_cin_episodes"]}
    cases = []
    for row in council["ssd_cin_assessments"]:
        authorised = day_of(row["cina_assessment_auth_date"])
        if not authorised or not first <= authorised <= last:
            continue
        clock = day_of(row["cina_assessment_start_date"])
        assert clock is not None
        referral = referrals.get(row["cina_referral_id"])
        if referral:
            of_the_episode = [
                (day_of(other["cina_assessment_start_date"]), other["cina_assessment_id"])
                for other in council.of("ssd_cin_assessments", "cina_referral_id", row["cina_referral_id"])
            ]
            if min(of_the_episode)[1] == row["cina_assessment_id"]:
                clock = day_of(referral["cine_referral_date"])
                assert clock is not None
        cases.append(authorised <= working_days_later(clock, 45))
    return _share(cases)


def cn01(council: Council, first: Day, last: Day) -> Parts:
    number = 0
    for row in council["ssd_cin_episodes"]:
        if is_open(day_of(row["cine_referral_date"]), day_of(row["cine_close_date"]), last) and not _yes(
            row["cine_referral_nfa"]
        ):
            number += 1
    return float(number), None


def cp02(council: Council, first: Day, last: Day) -> Parts:
    enquiries = {row["s47e_s47_enquiry_id"]: row for row in council["ssd_s47_enquiry"]}
    cases = []
    for row in council["ssd_initial_cp_conference"]:
        held = day_of(row["icpc_icpc_date"])
        if not held or not first <= held <= last or _yes(row["icpc_icpc_transfer_in"]):
            continue
        enquiry = enquiries.get(row["icpc_s47_enquiry_id"])
        start = day_of(enquiry["s47e_s47_start_date"]) if enquiry else None
        cases.append(start is not None and start <= held <= working_days_later(start, 15))
    return _share(cases)


def cp08(council: Council, first: Day, last: Day) -> Parts:
    number = 0
    for plan in _own_plans(council):
        if is_open(day_of(plan["cppl_cp_plan_start_date"]), day_of(plan["cppl_cp_plan_end_date"]), last):
            number += 1
    return float(number), None


def cp15(council: Council, first: Day, last: Day) -> Parts:
    cases = []
    for row in council["ssd_cp_visits"]:
        day = day_of(row["cppv_cp_visit_date"])
        born = council.born(row["cppv_person_id"])
        if day and first <= day <= last and born and born <= day and age(born, day) >= 4:
            cases.append(_yes(row["cppv_cp_visit_seen_alone"]))
    return _share(cases)


def la01(council: Council, first: Day, last: Day) -> Parts:
    return float(len(council.looked_after(last))), None


def la03(council: Council, first: Day, last: Day) -> Parts:
    left = set()
    for row in council["ssd_cla_episodes"]:
        day = day_of(row["clae_cla_episode_ceased_date"])
        if not day or not first <= day <= last or row["clae_cla_episode_ceased_reason"] == "X1":
            continue
        if not council.on_short_breaks(row["clae_person_id"], day - datetime.timedelta(days=1)):
            left.add(row["clae_person_id"])
    return float(len(left)), None


def he01(council: Council, first: Day, last: Day) -> Parts:
    returned: dict[str, list[Day]] = defaultdict(list)
    for row in council["nhs_health_assessments"]:
        day = day_of(row["date_report_returned"])
        if row["assessment_kind"] == "IHA" and row["outcome"] == "COMPLETED" and day:
            returned[council.child_of(row)].append(day)
    cases = []
    for row in council["ssd_cla_episodes"]:
        start = day_of(row["clae_cla_episode_start_date"])
        child = row["clae_person_id"]
        if not start or row["clae_cla_episode_start_reason"] != "S" or not first <= start <= last:
            continue
        if council.on_short_breaks(child, start):
            continue
        entry = day_of(row["clae_entered_care_date"]) or start
        due = working_days_later(entry, 20)
        if due > last:
            continue
        left_before = False
        for other in council.of("ssd_cla_episodes", "clae_cla_id", row["clae_cla_id"]) or [row]:
            end = day_of(other["clae_cla_episode_ceased_date"])
            if other["clae_person_id"] == child and other["clae_cla_episode_ceased_reason"] != "X1" and end:
                left_before = left_before or end <= due
        if not left_before:
            cases.append(any(entry <= day <= due for day in returned[child]))
    return _share(cases)


def he05(council: Council, first: Day, last: Day) -> Parts:
    checked: dict[str, list[Day]] = defaultdict(list)
    for row in council["ssd_cla_health"]:
        day = day_of(row["clah_health_check_date"])
        if row["clah_health_check_type"] == "DENT" and row["clah_health_check_status"] == "Completed" and day:
            checked[row["clah_person_id"]].append(day)
    for row in council["nhs_dental"]:
        day = day_of(row["check_date"])
        if row["status"] == "CHECKED" and day:
            checked[council.child_of(row)].append(day)
    cases = []
    for child, entries in council.looked_after(last).items():
        if any(entry <= months_later(last, -12) for entry in entries):
            cases.append(any(first <= day <= last for day in checked[child]))
    return _share(cases)


def ca03(council: Council, first: Day, last: Day) -> Parts:
    cases = []
    for row in council["nhs_camhs"]:
        received = day_of(row["date_received"])
        seen, discharged = day_of(row["date_first_contact"]), day_of(row["date_discharged"])
        if not received or received > last or row["decision"] not in ("ACCEPTED", "PENDING"):
            continue
        if (seen and seen <= last) or (discharged and discharged <= last):
            continue
        weeks = re.fullmatch(r"(-?\d+)(\.0+)?", row["spec_limit_weeks"])
        cases.append(bool(weeks) and received + datetime.timedelta(weeks=int(weeks[1] if weeks else 0)) < last)
    return _share(cases)


def cl04(council: Council, first: Day, last: Day) -> Parts:
    cases = []
    for row in council["ssd_care_leavers"]:
        born = council.born(row["clea_person_id"])
        if row["clea_care_leaver_eligibility"] != "Former Relevant" or not born:
            continue
        if not 19 <= age(born, last) <= 21 or row["clea_care_leaver_in_touch"] in ("DIED", "RHOM"):
            continue
        if row["clea_care_leaver_accommodation"] in ("G", "H", "R"):
            continue
        cases.append(row["clea_care_leaver_accom_suitable"] == "1")
    return _share(cases)


def wf05(council: Council, first: Day, last: Day) -> Parts:
    known = {row["prof_professional_id"] for row in council["ssd_professionals"]}
    cases, hours = 0, 0.0
    for worker in council["hr_staff"]:
        if not is_open(day_of(worker["start_date"]), day_of(worker["leave_date"]), last) or worker["role"] == "0":
            continue
        try:
            equivalent = float(worker["fte"])
        except ValueError:
            continue
        # A reference that leads nowhere is not followed (G21), unless the list it leads to did not come.
        if equivalent <= 0 or (known and worker["professional_id"] not in known):
            continue
        children = set()
        for row in council.of("ssd_involvements", "invo_professional_id", worker["professional_id"]):
            if row["invo_professional_role_id"] == "CW" and is_open(
                day_of(row["invo_involvement_start_date"]), day_of(row["invo_involvement_end_date"]), last
            ):
                children.add(row["invo_person_id"])
        if children:
            cases += len(children)
            hours += equivalent
    return float(cases), round(hours, 6)


def ld07(council: Council, first: Day, last: Day) -> Parts:
    cases = []
    for row in council["lado_log"]:
        told, outcome = day_of(row["date_contact"], "lado_log"), day_of(row["date_outcome"], "lado_log")
        if row["contact_type"] == "REFERRAL" and row["outcome"] and told and outcome and first <= outcome <= last:
            cases.append(outcome <= months_later(told, 1))
    return _share(cases)


def pf02(council: Council, first: Day, last: Day) -> Parts:
    cases = []
    for row in council["private_fostering"]:
        notified = day_of(row["date_notified"], "private_fostering")
        if not notified or not first <= notified <= last:
            continue
        due = working_days_later(notified, 7)
        if due <= last:
            visit = day_of(row["date_initial_visit"], "private_fostering")
            cases.append(visit is not None and visit <= due)
    return _share(cases)


def co01(council: Council, first: Day, last: Day) -> Parts:
    cases = []
    for row in council["complaints"]:
        received, answered = day_of(row["date_received"]), day_of(row["date_response"])
        if row["stage"] == "1" and received and answered and first <= answered <= last:
            cases.append(answered <= working_days_later(received, 20 if _yes(row["extension_agreed"]) else 10))
    return _share(cases)


def au03(council: Council, first: Day, last: Day) -> Parts:
    cases = []
    for row in council["audits"]:
        day = day_of(row["audit_date"])
        if day and first <= day <= last:
            cases.append((row["grade_moderated"] or row["grade"]) in ("O", "G"))
    return _share(cases)


def ap02(council: Council, first: Day, last: Day) -> Parts:
    cases = []
    for row in council["action_plan"]:
        due, done = day_of(row["due"]), day_of(row["done"])
        cases.append(due is not None and due < last and (done is None or done > last))
    return _share(cases)


Measure = Callable[[Council, Day, Day], Parts]
YEAR, HALF, MONTH, WEEK = "rolling_12_months", "last_6_months", "month", "week"
NI, SNAPSHOT = (YEAR, "financial_year"), ("snapshot",)

# Code: how it is counted, its unit, the kinds of period it is given for (G8), the tables without which it is not.
INDICATORS: dict[str, tuple[Measure, str, tuple[str, ...], tuple[str, ...]]] = {
    "NI62": (ni62, "percent", NI, ("ssd_cla_episodes", "ssd_cla_placement", "ssd_legal_status")),
    "NI63": (ni63, "percent", ("snapshot", "financial_year"), ("ssd_cla_episodes", "ssd_cla_placement", "ssd_person")),
    "NI64": (ni64, "percent", NI, ("ssd_cp_plans",)),
    "NI65": (ni65, "percent", NI, ("ssd_cp_plans",)),
    "NI67": (ni67, "percent", NI, ("ssd_cp_plans", "ssd_cp_reviews")),
    "FD01": (fd01, "count", (YEAR, HALF, MONTH, WEEK), ("ssd_contacts",)),
    "FD05": (fd05, "percent", (YEAR,), ("ssd_cin_episodes",)),
    "AS01": (as01, "percent", (YEAR, HALF, MONTH, WEEK), ("ssd_cin_assessments", "ssd_cin_episodes")),
    "CN01": (cn01, "rate", SNAPSHOT, ("ssd_cin_episodes", "population")),
    "CP02": (cp02, "percent", (YEAR, HALF, MONTH, WEEK), ("ssd_initial_cp_conference", "ssd_s47_enquiry")),
    "CP08": (cp08, "rate", SNAPSHOT, ("ssd_cp_plans", "population")),
    "CP15": (cp15, "percent", (YEAR, MONTH), ("ssd_cp_visits", "ssd_person")),
    "LA01": (la01, "rate", SNAPSHOT, ("ssd_cla_episodes", "ssd_legal_status", "population")),
    "LA03": (la03, "rate", (YEAR, HALF, WEEK), ("ssd_cla_episodes", "ssd_legal_status", "population")),
    "HE01": (he01, "percent", (YEAR, MONTH), ("ssd_cla_episodes", "ssd_legal_status", "nhs_health_assessments")),
    "HE05": (he05, "percent", (YEAR,), ("ssd_cla_episodes", "ssd_legal_status", "ssd_cla_health", "nhs_dental")),
    "CA03": (ca03, "count", SNAPSHOT, ("nhs_camhs",)),
    "CL04": (cl04, "percent", (YEAR,), ("ssd_care_leavers", "ssd_person")),
    "WF05": (wf05, "ratio", SNAPSHOT, ("hr_staff", "ssd_involvements")),
    "LD07": (ld07, "percent", (YEAR,), ("lado_log",)),
    "PF02": (pf02, "percent", (YEAR, HALF, WEEK), ("private_fostering",)),
    "CO01": (co01, "percent", (YEAR,), ("complaints",)),
    "AU03": (au03, "percent", (YEAR,), ("audits",)),
    "AP02": (ap02, "count", SNAPSHOT, ("action_plan",)),
}


def measure(drop: Path, as_at: Day) -> dict[tuple[str, str, Day], Figure]:
    """Every figure of the current periods; an indicator whose table or column did not come is not in the answer.

    Args:
        drop: folder of a drop, `<source>/<as_at>/<table>.csv`.
        as_at: the date the figures are as at; folders after it are not read.
    """
    council = Council(drop, as_at)
    spans = current_periods(as_at)
    figures: dict[tuple[str, str, Day], Figure] = {}
    for code, (count, unit, kinds, needed) in INDICATORS.items():
        if any(table not in council.arrived for table in needed):
            continue
        for kind in kinds:
            first, last = spans[kind]
            try:
                numerator, denominator = count(council, first, last)
            except KeyError:  # a column it asks for did not come
                continue
            if unit == "rate":
                denominator = council.population(last, kind)
            value: float | None
            if unit == "count":
                value = numerator
            elif not denominator:
                value = None
            else:
                value = {"percent": 100.0, "rate": 10_000.0, "ratio": 1.0}[unit] * numerator / denominator
            figures[code, kind, last] = (numerator, denominator, value)
    return figures
