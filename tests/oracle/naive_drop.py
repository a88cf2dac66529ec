"""A drop as received, read without the product: its rows by table, and which of them are set aside (choices G21)."""

from __future__ import annotations

import csv
import datetime
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

Day = datetime.date
Row = dict[str, Any]

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
    "local_standards": ("standard", "valid_from"),
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


def rows_set_aside(tables: dict[str, list[Row]]) -> set[tuple[str, int, str]]:
    """Rows that vanish from every list, each with its first cause: (a) key, (b) child or record, (c) event date.

    Rows of a csv that have not as many cells as there are headings are not in the answer: no choice sets them aside,
    they cannot be read.
    """
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
