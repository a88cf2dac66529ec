"""The invented council: the same bytes for the same seed, consistent careers, and faults exactly as listed."""

from __future__ import annotations

import csv
import hashlib
import re
import tomllib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from importlib.resources import files
from pathlib import Path
from typing import Any

import duckdb
import fastexcel
import openpyxl
import pytest

from flows.demo.invented_council import DropSummary, write_drop
from warehouse.catalogue import by_file
from warehouse.contract import Table
from warehouse.problem import Problem

LAST = date(2026, 10, 31)
WEEK_BEFORE = date(2026, 10, 24)
CHILDREN = 1_000
TABLES = {name: table for name, table in by_file().items() if table.source != "documents"}
WORKBOOK = {"lado_log": "lado_log", "private_fostering": "private_fostering", "pf_visits": "private_fostering"}
PARTNERS = (
    "nhs_health_assessments",
    "nhs_camhs",
    "nhs_dental",
    "nhs_sdq",
    "nhs_immunisations",
    "nhs_registration",
    "nhs_ae",
)


@dataclass(frozen=True)
class Written:
    """A drop and a connection in which each of its tables is a table of text under its headings."""

    summary: DropSummary
    query: duckdb.DuckDBPyConnection

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        return self.query.execute(query).fetchall()

    def count(self, query: str) -> int:
        (found,) = self.query.execute(f"SELECT count(*) FROM ({query})").fetchall()[0]
        assert isinstance(found, int)
        return found


def file_of(summary: DropSummary, table: str) -> Path:
    """The path of a table: the file named after it, in any case, with or without the day."""
    pattern = re.compile(rf"{WORKBOOK.get(table, table)}(_\d{{8}})?\.(csv|xlsx)", re.IGNORECASE)
    folder = summary.folder / str(TABLES[table].source) / summary.as_at.isoformat()
    (path,) = (path for path in folder.iterdir() if pattern.fullmatch(path.name))
    return path


def opened(summary: DropSummary) -> Written:
    connection = duckdb.connect()
    for name in TABLES:
        path = file_of(summary, name)
        if path.suffix == ".xlsx":
            sheet = fastexcel.read_excel(path).load_sheet(name, dtypes="string").to_arrow()
            connection.register("sheet", sheet)
            connection.execute(f"CREATE TABLE {name} AS SELECT * FROM sheet")
        else:
            connection.execute(
                f"CREATE TABLE {name} AS SELECT * FROM read_csv('{path}', header = true, all_varchar = true, "
                "auto_detect = false, delim = ',', quote = '\"', escape = '\"', columns = "
                f"{columns_of(path)}, nullstr = ['', 'NULL'])"
            )
        connection.execute(f"ALTER TABLE {name} ADD COLUMN _row BIGINT")
        connection.execute(f"UPDATE {name} SET _row = rowid")
    return Written(summary, connection)


def columns_of(path: Path) -> str:
    headings = path.read_text(encoding="utf-8-sig").splitlines()[0].split(",")
    return "{" + ", ".join(f"'{heading.strip(chr(34))}': 'VARCHAR'" for heading in headings) + "}"


@pytest.fixture(scope="module")
def clean(tmp_path_factory: pytest.TempPathFactory) -> Written:
    folder = tmp_path_factory.mktemp("clean")
    return opened(write_drop(folder, children=CHILDREN, as_at=LAST, seed=3, faults=False))


@pytest.fixture(scope="module")
def weeks(tmp_path_factory: pytest.TempPathFactory) -> tuple[Written, Written]:
    folder = tmp_path_factory.mktemp("weeks")
    first = write_drop(folder, children=CHILDREN, as_at=WEEK_BEFORE, seed=3, world_ends=LAST)
    second = write_drop(folder, children=CHILDREN, as_at=LAST, seed=3, world_ends=LAST)
    return opened(first), opened(second)


@pytest.fixture(scope="module")
def faulty(weeks: tuple[Written, Written]) -> Written:
    return weeks[1]


def digests(folder: Path) -> dict[str, str]:
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


# What is written


def test_the_same_arguments_give_the_same_bytes_and_another_seed_others(tmp_path: Path) -> None:
    for name, seed in (("one", 5), ("again", 5), ("other", 6)):
        write_drop(tmp_path / name, children=200, as_at=LAST, seed=seed)
    assert digests(tmp_path / "one") == digests(tmp_path / "again")
    first, other = digests(tmp_path / "one"), digests(tmp_path / "other")
    person = f"case_management/{LAST}/ssd_person.csv"
    assert first[person] != other[person]


def test_every_table_of_the_contracts_has_a_file_with_its_headings(clean: Written) -> None:
    for name, table in TABLES.items():
        wanted = [column.heading for column in table.columns if column.heading and not column.optional]
        found = [row[0] for row in clean.rows(f"DESCRIBE {name}")]
        assert found == [*wanted, "_row"], name
        assert clean.summary.rows[name] == clean.count(f"FROM {name}"), name


def test_placeholders_of_the_standard_have_only_a_heading_row(clean: Written) -> None:
    placeholders = {name for name, table in TABLES.items() if "placeholder" in table.sourced}
    assert len(placeholders) == 9
    assert {name for name, rows in clean.summary.rows.items() if rows == 0} == placeholders


def test_the_rows_grow_with_the_children_asked_for(tmp_path: Path, clean: Written) -> None:
    small = write_drop(tmp_path, children=250, as_at=LAST, seed=3, faults=False)
    assert small.rows["ssd_person"] == 250
    assert clean.summary.rows["ssd_person"] == CHILDREN
    for summary in (small, clean.summary):
        cases = sum(rows for name, rows in summary.rows.items() if TABLES[name].source == "case_management")
        assert 21 < cases / summary.children < 31


def test_the_files_of_a_drop_are_those_listed(clean: Written) -> None:
    folder = clean.summary.folder
    assert sorted(clean.summary.files) == sorted(digests(folder))


def test_a_council_too_small_too_large_or_out_of_its_dates_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Problem, match="200 to 100,000"):
        write_drop(tmp_path, children=199, as_at=LAST, seed=1)
    with pytest.raises(Problem, match="200 to 100,000"):
        write_drop(tmp_path, children=100_001, as_at=LAST, seed=1)
    with pytest.raises(Problem, match="world ends before"):
        write_drop(tmp_path, children=200, as_at=LAST, seed=1, world_ends=WEEK_BEFORE)
    assert not list(tmp_path.iterdir())


def test_workbooks_hold_real_dates_and_ids_as_text(clean: Written) -> None:
    book = openpyxl.load_workbook(file_of(clean.summary, "lado_log"))
    sheet = book.worksheets[0]
    headings = [cell.value for cell in sheet[1]]
    first = dict(zip(headings, (cell.value for cell in sheet[2]), strict=True))
    assert isinstance(first["date_contact"], datetime)
    assert isinstance(first["lado_ref"], str)
    assert openpyxl.load_workbook(file_of(clean.summary, "pf_visits")).sheetnames == ["private_fostering", "pf_visits"]


def test_the_register_lists_a_document_overdue_for_review_and_one_without_its_file(clean: Written) -> None:
    folder = clean.summary.folder / "documents"
    with (folder / "register.csv").open(encoding="utf-8", newline="") as register:
        headings, *rows = csv.reader(register)
    assert headings == ["id", "title", "owner", "approver", "published_on", "review_on", "file"]
    assert [row[0] for row in rows if row[5] < LAST.isoformat()] == ["supervision_policy"]
    assert [row[0] for row in rows if not (folder / row[6]).exists()] == ["sufficiency_strategy"]
    assert sum(row[0].startswith("lscb_minutes") for row in rows) == 6
    assert all(path.read_bytes().startswith(b"%PDF") for path in folder.glob("*.pdf"))


# Who they are


def check_digit_holds(number: str) -> bool:
    total = sum(int(digit) * weight for digit, weight in zip(number[:9], range(10, 1, -1), strict=True))
    return (11 - total % 11) % 11 == int(number[9])


def test_nhs_numbers_are_of_the_999_range_with_a_valid_check_digit(clean: Written) -> None:
    numbers = [
        str(row[0])
        for row in clean.rows("SELECT pers_common_child_id FROM ssd_person WHERE pers_common_child_id IS NOT NULL")
    ]
    for partner in PARTNERS:
        numbers += [str(row[0]) for row in clean.rows(f"SELECT DISTINCT nhs_number FROM {partner}")]
    assert len(numbers) > CHILDREN
    assert all(re.fullmatch(r"999\d{7}", number) and check_digit_holds(number) for number in numbers)
    assert (
        clean.count(
            "SELECT pers_common_child_id AS id FROM ssd_person WHERE id IS NOT NULL GROUP BY 1 HAVING count(*) > 1"
        )
        == 0
    )


def test_some_person_ids_are_digits_with_a_leading_zero(clean: Written) -> None:
    digits = clean.count("FROM ssd_person WHERE regexp_full_match(pers_person_id, '0[0-9]{6}')")
    assert 40 < digits < 160
    assert clean.count("FROM ssd_person WHERE NOT regexp_full_match(pers_person_id, '0[0-9]{6}|P[0-9]{7}')") == 0


def test_every_code_is_in_its_list(clean: Written) -> None:
    for name, table in TABLES.items():
        for column in table.columns:
            if column.kind != "code" or not column.codes:
                continue
            text = files("warehouse.codes").joinpath(f"{column.codes}.toml").read_text(encoding="utf-8")
            declared = tomllib.loads(text)
            known = {*declared.get("values", {}), *declared.get("retired", {})}
            found = {row[0] for row in clean.rows(f"SELECT DISTINCT {column.heading} FROM {name}")} - {None}
            assert found <= known, (name, column.heading, found - known)


def test_unborn_children_have_an_expected_birth_and_no_number(clean: Written) -> None:
    assert clean.count("FROM ssd_person WHERE (pers_dob IS NULL) <> (pers_expected_dob IS NOT NULL)") == 0
    assert clean.count("FROM ssd_person WHERE pers_dob IS NULL") > 0
    assert clean.count("FROM ssd_person WHERE pers_dob IS NULL AND pers_common_child_id IS NOT NULL") == 0


# Careers that hold together


NOTHING = {
    "every protection plan starts on the day of the conference that made it": """
        FROM ssd_cp_plans LEFT JOIN ssd_initial_cp_conference ON icpc_icpc_id = cppl_icpc_id
        WHERE icpc_icpc_date IS DISTINCT FROM cppl_cp_plan_start_date
        OR icpc_cp_plan_id IS DISTINCT FROM cppl_cp_plan_id""",
    "every enquiry starts with a strategy discussion of the same child": """
        FROM ssd_s47_enquiry LEFT JOIN strategy_discussion ON s47_enquiry_id = s47e_s47_enquiry_id
        WHERE date_held IS DISTINCT FROM s47e_s47_start_date OR child_id IS DISTINCT FROM s47e_person_id""",
    "no conference is held before its enquiry starts": """
        FROM ssd_initial_cp_conference JOIN ssd_s47_enquiry ON icpc_s47_enquiry_id = s47e_s47_enquiry_id
        WHERE icpc_icpc_date < s47e_s47_start_date OR icpc_person_id <> s47e_person_id""",
    "only transfers in have no enquiry": """
        FROM ssd_initial_cp_conference WHERE (icpc_s47_enquiry_id IS NULL) <> (icpc_icpc_transfer_in = 'Y')""",
    "no review is held outside its plan": """
        FROM ssd_cp_reviews JOIN ssd_cp_plans ON cppr_cp_plan_id = cppl_cp_plan_id
        WHERE cppr_cp_review_date <= cppl_cp_plan_start_date OR cppr_cp_review_date > cppl_cp_plan_end_date""",
    "only an open plan has a review still to come": """
        FROM ssd_cp_reviews JOIN ssd_cp_plans ON cppr_cp_plan_id = cppl_cp_plan_id
        WHERE cppr_cp_review_date IS NULL AND cppl_cp_plan_end_date IS NOT NULL""",
    "the first review is due three months after the plan began": """
        FROM (SELECT cppr_cp_plan_id, min(cppr_cp_review_due) AS due FROM ssd_cp_reviews GROUP BY ALL)
        JOIN ssd_cp_plans ON cppr_cp_plan_id = cppl_cp_plan_id
        WHERE due::DATE <> cppl_cp_plan_start_date::DATE + INTERVAL 3 MONTH""",
    "no protection visit falls outside its plan": """
        FROM ssd_cp_visits JOIN ssd_cp_plans ON cppv_cp_plan_id = cppl_cp_plan_id
        WHERE cppv_cp_visit_date < cppl_cp_plan_start_date OR cppv_cp_visit_date > cppl_cp_plan_end_date""",
    "no core group is held before its plan or after it": """
        FROM core_group JOIN ssd_cp_plans ON cp_plan_id = cppl_cp_plan_id
        WHERE date_held < cppl_cp_plan_start_date OR date_held > cppl_cp_plan_end_date""",
    "no child has two protection plans at once": """
        FROM ssd_cp_plans AS one JOIN ssd_cp_plans AS other ON one.cppl_person_id = other.cppl_person_id
        WHERE one.cppl_cp_plan_id < other.cppl_cp_plan_id
        AND one.cppl_cp_plan_start_date < coalesce(other.cppl_cp_plan_end_date, '9999')
        AND other.cppl_cp_plan_start_date < coalesce(one.cppl_cp_plan_end_date, '9999')""",
    "no child has two referrals open at once": """
        FROM (SELECT *, lead(cine_referral_date) OVER (PARTITION BY cine_person_id ORDER BY cine_referral_date)
              AS following
              FROM ssd_cin_episodes)
        WHERE following < coalesce(cine_close_date, '9999')""",
    "no assessment starts before its referral or is authorised before it starts": """
        FROM ssd_cin_assessments JOIN ssd_cin_episodes ON cina_referral_id = cine_referral_id
        WHERE cina_assessment_start_date < cine_referral_date OR cina_person_id <> cine_person_id
        OR cina_assessment_auth_date < cina_assessment_start_date""",
    "every referral of the six years follows a contact that became it": """
        FROM ssd_cin_episodes WHERE cine_referral_date > '2020-11-02' AND NOT EXISTS (
            FROM ssd_contacts WHERE cont_person_id = cine_person_id
            AND cont_contact_outcome_json LIKE '%"NEW_REFERRAL_FLAG": "Y"%'
            AND cine_referral_date::DATE - cont_contact_date::DATE BETWEEN 0 AND 1)
        AND cine_referral_date < '2026-09-15'""",
    "factors are recorded of completed assessments alone": """
        FROM ssd_assessment_factors JOIN ssd_cin_assessments ON cinf_assessment_id = cina_assessment_id
        WHERE cina_assessment_auth_date IS NULL""",
    "episodes of a period of care follow one another on the day": """
        FROM (SELECT *, lead(clae_cla_episode_start_date)
              OVER (PARTITION BY clae_cla_id ORDER BY clae_cla_episode_start_date)
              AS following FROM ssd_cla_episodes)
        WHERE following IS NOT NULL
        AND (following IS DISTINCT FROM clae_cla_episode_ceased_date OR clae_cla_episode_ceased_reason <> 'X1')""",
    "the last episode of a period does not end because another begins": """
        FROM (SELECT *, lead(clae_cla_episode_id) OVER (PARTITION BY clae_cla_id ORDER BY clae_cla_episode_start_date)
              AS following FROM ssd_cla_episodes)
        WHERE following IS NULL AND clae_cla_episode_ceased_reason = 'X1'""",
    "an episode starts a period where, and only where, its reason is S": """
        FROM ssd_cla_episodes
        WHERE (clae_cla_episode_start_reason = 'S') <> (clae_cla_episode_start_date = clae_entered_care_date)""",
    "no child is in two periods of care at once": """
        FROM (SELECT clae_person_id, clae_cla_id, min(clae_cla_episode_start_date) AS began,
              max(coalesce(clae_cla_episode_ceased_date, '9999')) AS ended FROM ssd_cla_episodes GROUP BY ALL) AS one
        JOIN (SELECT clae_person_id, clae_cla_id, min(clae_cla_episode_start_date) AS began,
              max(coalesce(clae_cla_episode_ceased_date, '9999')) AS ended FROM ssd_cla_episodes GROUP BY ALL) AS other
        USING (clae_person_id)
        WHERE one.clae_cla_id < other.clae_cla_id AND one.began < other.ended AND other.began < one.ended""",
    "the placement of an episode is in force all through it": """
        FROM ssd_cla_episodes LEFT JOIN ssd_cla_placement ON clae_cla_placement_id = clap_cla_placement_id
        WHERE clap_cla_id IS DISTINCT FROM clae_cla_id OR clap_cla_placement_start_date > clae_cla_episode_start_date
        OR coalesce(clap_cla_placement_end_date, '9999') < coalesce(clae_cla_episode_ceased_date, '9999')""",
    "every episode has one legal status": """
        FROM (SELECT clae_cla_episode_id FROM ssd_cla_episodes LEFT JOIN ssd_legal_status
              ON lega_person_id = clae_person_id AND lega_legal_status_start_date <= clae_cla_episode_start_date
              AND coalesce(lega_legal_status_end_date, '9999') > clae_cla_episode_start_date
              GROUP BY ALL HAVING count(lega_legal_status_id) <> 1)""",
    "nobody is looked after beyond eighteen": """
        FROM ssd_cla_episodes JOIN ssd_person ON clae_person_id = pers_person_id
        WHERE coalesce(clae_cla_episode_ceased_date, '2026-10-31')::DATE > pers_dob::DATE + INTERVAL 18 YEAR""",
    "no visit to a looked-after child falls outside the period of care": """
        FROM ssd_cla_visits JOIN (SELECT clae_cla_id, min(clae_cla_episode_start_date) AS began,
            max(coalesce(clae_cla_episode_ceased_date, '9999')) AS ended FROM ssd_cla_episodes GROUP BY ALL)
        ON clav_cla_id = clae_cla_id WHERE clav_cla_visit_date < began OR clav_cla_visit_date > ended""",
    "no care review falls outside the period of care": """
        FROM ssd_cla_reviews JOIN (SELECT clae_cla_id, min(clae_cla_episode_start_date) AS began,
            max(coalesce(clae_cla_episode_ceased_date, '9999')) AS ended FROM ssd_cla_episodes GROUP BY ALL)
        ON clar_cla_id = clae_cla_id WHERE clar_cla_review_date < began OR clar_cla_review_date > ended""",
    "adopted children were placed under a placement order": """
        FROM ssd_permanence WHERE perm_permanence_order_type = 'Adoption'
        AND (perm_placement_order_date IS NULL OR perm_placed_for_adoption_date IS NULL
             OR perm_placed_for_adoption_date < perm_placement_order_date
             OR perm_permanence_order_date < perm_placed_for_adoption_date)""",
    "no worker holds a case before coming or after leaving": """
        FROM ssd_involvements JOIN hr_staff ON invo_professional_id = professional_id
        WHERE invo_involvement_start_date < start_date OR invo_involvement_end_date > leave_date
        OR (leave_date < '2026-10-31' AND invo_involvement_end_date IS NULL)""",
    "no initial health report comes back before the child came into care": """
        FROM nhs_health_assessments JOIN ssd_person ON local_child_id = pers_person_id
        WHERE dob <> pers_dob OR nhs_number <> pers_common_child_id OR date_report_returned < date_la_notified""",
    "no first visit to a privately fostered child precedes the notification": """
        FROM private_fostering WHERE date_initial_visit < date_notified""",
    "no allegation is settled before it is made": "FROM lado_log WHERE date_outcome < date_contact",
    "no outcome of an allegation is recorded before its day": """
        FROM lado_log WHERE (date_outcome IS NULL) <> (outcome IS NULL)""",
}  # fmt: skip


@pytest.mark.parametrize("promise", NOTHING)
def test_in_a_clean_council(clean: Written, promise: str) -> None:
    assert clean.count(NOTHING[promise]) == 0


def test_rates_are_like_those_of_an_english_council(tmp_path: Path) -> None:
    council = opened(write_drop(tmp_path, children=5_000, as_at=LAST, seed=11, faults=False))
    ((residents,),) = council.rows("SELECT sum(persons::INT) FROM population WHERE year = '2025'")
    assert isinstance(residents, int)

    def rate(query: str) -> float:
        return council.count(query) / residents * 10_000

    year = "> '2025-10-31'"
    assert 440 < rate(f"FROM ssd_cin_episodes WHERE cine_referral_date {year}") < 620
    assert 270 < rate("FROM ssd_cin_episodes WHERE cine_close_date IS NULL AND cine_referral_nfa = 'N'") < 390
    assert 30 < rate("FROM ssd_cp_plans WHERE cppl_cp_plan_end_date IS NULL") < 58
    looked_after = """FROM ssd_cla_episodes WHERE clae_cla_episode_ceased_date IS NULL AND NOT EXISTS (
        FROM ssd_legal_status WHERE lega_person_id = clae_person_id AND lega_legal_status = 'V4'
        AND lega_legal_status_end_date IS NULL)"""
    assert 50 < rate(looked_after) < 95
    done = council.count(f"FROM ssd_cin_assessments WHERE cina_assessment_auth_date {year}")
    late = council.count(f"""FROM ssd_cin_assessments JOIN ssd_cin_episodes ON cina_referral_id = cine_referral_id
        WHERE cina_assessment_auth_date {year} AND cina_assessment_auth_date::DATE - cine_referral_date::DATE > 68
        AND cina_assessment_start_date::DATE - cine_referral_date::DATE < 15""")
    assert 0.08 < late / done < 0.25


def test_placements_and_visits_are_like_those_of_an_english_council(tmp_path: Path) -> None:
    council = opened(write_drop(tmp_path, children=5_000, as_at=LAST, seed=11, faults=False))
    council.query.execute("""CREATE TABLE placed AS SELECT clap_cla_placement_type AS type, clap_cla_id AS care,
        clap_cla_placement_start_date::DATE AS began FROM ssd_cla_placement
        WHERE clap_cla_placement_end_date IS NULL AND clap_cla_id IN (SELECT clae_cla_id FROM ssd_cla_episodes
            WHERE clae_cla_primary_need_code <> 'N2' AND clae_cla_episode_ceased_date IS NULL)""")
    placed = council.count("FROM placed")

    def share(query: str) -> float:
        return council.count(query) / placed

    assert 0.58 < share("FROM placed WHERE type LIKE 'U%'") < 0.76
    assert 0.08 < share("FROM placed WHERE type IN ('K1', 'K2', 'R1', 'S1')") < 0.25
    assert 0.02 < share("FROM placed WHERE type = 'P1'") < 0.12
    assert 0.04 < share("FROM ssd_immigration_status WHERE immi_immigration_status = 'UASC' "
                        "AND immi_immigration_status_end_date IS NULL") < 0.16  # fmt: skip
    settled = "FROM placed WHERE began < '2026-10-24'"
    seen_soon = council.count(f"{settled} AND EXISTS (FROM ssd_cla_visits WHERE clav_cla_id = care "
                              "AND clav_cla_visit_date::DATE BETWEEN began AND began + 7)")  # fmt: skip
    assert 0.85 < seen_soon / council.count(settled) < 1
    long_ago = council.count("""FROM placed WHERE began < '2026-09-01' AND NOT EXISTS (FROM ssd_cla_visits
        WHERE clav_cla_id = care AND clav_cla_visit_date > '2026-09-19')""")
    assert 0 < long_ago / placed < 0.12
    assert 0.005 < council.count("""FROM ssd_cla_placement WHERE clap_cla_placement_urn IS NULL
        AND clap_cla_placement_type NOT IN ('P1', 'R1', 'R5', 'Z1', 'Z11')""") / council.summary.rows[
        "ssd_cla_placement"] < 0.02  # fmt: skip


@pytest.mark.parametrize("children", [1_000, 5_000])
def test_a_small_council_has_a_few_private_fostering_arrangements_a_year(tmp_path: Path, children: int) -> None:
    council = opened(write_drop(tmp_path, children=children, as_at=LAST, seed=11, faults=False))
    notified = council.rows("""SELECT count(*) FROM private_fostering WHERE date_notified >= '2020-11-01'
        GROUP BY year(date_notified::DATE + INTERVAL 2 MONTH)""")
    yearly = [int(str(count)) for (count,) in notified]
    assert len(yearly) == 6
    assert 3 <= min(yearly) <= max(yearly) <= 8


def test_local_limits_follow_one_another_without_a_gap(clean: Written) -> None:
    rows = clean.rows("""SELECT standard, valid_from, valid_to, limit_days, working_days, agreed_on
        FROM local_standards ORDER BY standard, valid_from""")
    assert [(row[0], row[3], row[4]) for row in rows] == [
        ("child_in_need_visit", "30", "Y"), ("child_in_need_visit", "20", "Y"),
        ("child_protection_visit", "15", "Y"), ("child_protection_visit", "10", "Y"),
    ]  # fmt: skip
    for earlier, later in (rows[:2], rows[2:]):
        assert (earlier[2], later[1], later[2]) == ("2023-03-31", "2023-04-01", None)
        assert earlier[5] < earlier[1]
        assert later[5] < later[1]


# What no row of a clean council breaks, and what the planted ones break: choices.md G21, read again from the contracts


def day(heading: str) -> str:
    """The day in a text, NULL if there is none: an ISO date, with or without a time."""
    return f"try_cast(substr({heading}, 1, 10) AS DATE)"


def set_aside(written: Written) -> Counter[tuple[str, str]]:
    """Rows G21 sets aside, by table and letter, found until nothing changes."""
    gone: dict[str, dict[int, str]] = {name: {} for name in TABLES}

    def mark(name: str, letter: str, query: str) -> bool:
        new = [row for (row,) in written.rows(query) if isinstance(row, int) and row not in gone[name]]
        gone[name].update(dict.fromkeys(new, letter))
        return bool(new)

    for name, table in TABLES.items():
        keys = [str(table.column(key).heading) for key in table.key]
        for key in keys:
            mark(name, "G21 a", f"SELECT _row FROM {name} WHERE {key} IS NULL")
        repeated = f"row_number() OVER (PARTITION BY {', '.join(keys)} ORDER BY _row)"
        mark(name, "G21 a", f"SELECT _row FROM (SELECT _row, {repeated} AS turn FROM {name}) WHERE turn > 1")
        for column in table.columns:
            if column.event_date:
                said = day(str(column.heading))
                mark(name, "G21 c", f"SELECT _row FROM {name} WHERE coalesce({said} < DATE '1900-01-01', true)")
    changed = True
    while changed:
        changed = False
        for name, table in TABLES.items():
            for heading, parent, parent_heading in abouts(table):
                if written.summary.rows[parent] == 0:
                    continue
                left = ", ".join(str(row) for row in gone[parent]) or "-1"
                changed |= mark(
                    name,
                    "G21 b",
                    f"SELECT _row FROM {name} WHERE {heading} IS NULL OR {heading} NOT IN "
                    f"(SELECT {parent_heading} FROM {parent} WHERE _row NOT IN ({left}) "
                    f"AND {parent_heading} IS NOT NULL)",
                )
    return Counter((name, letter) for name, rows in gone.items() for letter in rows.values())


def abouts(table: Table) -> Iterator[tuple[str, str, str]]:
    for column in table.columns:
        if column.about and column.refers_to:
            room, target, part = column.refers_to.split(".")
            (parent,) = (other for other in TABLES.values() if other.name == f"{room}.{target}")
            yield str(column.heading), str(parent.file), str(parent.column(part).heading)


def test_no_row_of_a_clean_council_is_set_aside(clean: Written) -> None:
    assert set_aside(clean) == Counter()
    assert clean.summary.faults == ()


def test_every_reference_of_a_clean_council_leads_to_a_row(clean: Written) -> None:
    for name, table in TABLES.items():
        for column in table.columns:
            if not column.refers_to:
                continue
            room, target, part = column.refers_to.split(".")
            (parent,) = (other for other in TABLES.values() if other.name == f"{room}.{target}")
            lost = clean.count(
                f"FROM {name} WHERE {column.heading} IS NOT NULL AND {column.heading} NOT IN "
                f"(SELECT {parent.column(part).heading} FROM {parent.file})"
            )
            assert lost == 0, (name, column.heading)


def test_no_date_of_a_clean_council_is_in_the_future_unless_it_may_be(clean: Written) -> None:
    for name, table in TABLES.items():
        for column in table.columns:
            if (
                column.kind in ("date", "moment")
                and column.heading
                and not column.may_lie_ahead
                and not column.optional
            ):
                ahead = clean.count(f"FROM {name} WHERE {day(column.heading)} > DATE '{LAST}'")
                assert ahead == 0, (name, column.heading)


def test_the_rows_set_aside_are_those_planted(weeks: tuple[Written, Written]) -> None:
    for written in weeks:
        listed: Counter[tuple[str, str]] = Counter()
        for fault in written.summary.faults:
            if fault.rule.startswith("G21"):
                listed[fault.table, fault.rule] += fault.count
        # Where a file's headings are in capitals the queries still find them: SQL names ignore case.
        assert set_aside(written) == listed
        assert len(listed) > 20


def test_partner_rows_without_a_child_are_as_many_as_planted(faulty: Written) -> None:
    listed: Counter[str] = Counter()
    for fault in faulty.summary.faults:
        if fault.rule == "unmatched":
            listed[fault.table] += fault.count
    found: Counter[str] = Counter()
    for name in PARTNERS:
        key, event = {"nhs_camhs": ("referral_id", "date_received"), "nhs_ae": ("attendance_id", "attended_at")}.get(
            name, ("nhs_number", "nhs_number")
        )
        usable = f"AND {key} IS NOT NULL AND {event} <> 'unknown'" if key != "nhs_number" else ""
        unknown = faulty.count(
            f"FROM {name} WHERE (nhs_number IS NULL OR nhs_number NOT IN "
            f"(SELECT pers_common_child_id FROM ssd_person WHERE pers_common_child_id IS NOT NULL)) {usable}"
        )
        if unknown:
            found[name] = unknown
    assert found == listed


def test_faults_that_are_only_reported_are_planted_as_listed(faulty: Written) -> None:
    listed = {(fault.table, fault.what): fault for fault in faulty.summary.faults if fault.rule == "reported"}
    queries = {
        ("ssd_cin_episodes", "unknown code"): """SELECT cine_referral_id FROM ssd_cin_episodes
            WHERE cine_referral_source_code = '99'""",
        ("ssd_person", "unknown code"): "SELECT pers_person_id FROM ssd_person WHERE pers_ethnicity = 'WBRT'",
        ("ssd_cin_assessments", "referral does not exist"): """SELECT cina_assessment_id FROM ssd_cin_assessments
            WHERE cina_referral_id NOT IN (SELECT cine_referral_id FROM ssd_cin_episodes)""",
        ("ssd_involvements", "worker does not exist"): """SELECT invo_involvements_id FROM ssd_involvements
            WHERE invo_professional_id NOT IN (SELECT prof_professional_id FROM ssd_professionals)""",
        ("ssd_cp_visits", "date after the extract"): f"""SELECT cppv_cp_visit_id FROM ssd_cp_visits
            WHERE cppv_cp_visit_date > '{LAST}'""",
    }
    numbers = listed.pop(("ssd_person", "NHS number fails its check digit"))
    assert set(listed) == set(queries)
    for place, query in queries.items():
        assert sorted(str(key) for (key,) in faulty.rows(query)) == sorted(listed[place].keys), place
    wrong = [
        str(child)
        for child, number in faulty.rows("SELECT pers_person_id, pers_common_child_id FROM ssd_person")
        if number and not check_digit_holds(str(number))
    ]
    assert sorted(wrong) == sorted(numbers.keys)
    assert numbers.count == 2


RULES_BROKEN = {
    "8925": """SELECT cppl_cp_plan_id FROM ssd_cp_plans WHERE cppl_cp_plan_end_date < cppl_cp_plan_start_date""",
    "8805": """SELECT cine_referral_id FROM ssd_cin_episodes
        WHERE cine_close_date IS NOT NULL AND cine_close_reason IS NULL""",
    "8610": """SELECT cine_referral_id FROM ssd_cin_episodes
        WHERE cine_referral_nfa = 'N' AND cine_cin_primary_need_code IS NULL""",
    "8608": """SELECT cina_assessment_id FROM ssd_cin_assessments
        WHERE cina_assessment_auth_date < cina_assessment_start_date""",
    "4012Q": """SELECT cinp_cin_plan_id FROM ssd_cin_plans
        WHERE substr(cinp_cin_plan_end_date, 1, 10) = substr(cinp_cin_plan_start_date, 1, 10)""",
    "148": """SELECT clae_cla_episode_id FROM ssd_cla_episodes
        WHERE (clae_cla_episode_ceased_date IS NULL) <> (clae_cla_episode_ceased_reason IS NULL)""",
    "225": """SELECT one.clap_cla_placement_id FROM ssd_cla_placement AS one JOIN ssd_cla_placement AS other
        ON other.clap_cla_id = one.clap_cla_id
        AND other.clap_cla_placement_start_date = one.clap_cla_placement_end_date
        WHERE one.clap_cla_placement_change_reason IS NULL""",
    "440": """SELECT clar_cla_review_id FROM ssd_cla_reviews
        JOIN (SELECT DISTINCT clae_cla_id, clae_person_id FROM ssd_cla_episodes) ON clar_cla_id = clae_cla_id
        JOIN ssd_person ON clae_person_id = pers_person_id
        WHERE clar_cla_review_participation = 'PN0'
        AND clar_cla_review_date::DATE >= pers_dob::DATE + INTERVAL 4 YEAR""",
    "567": """SELECT miss_table_id FROM ssd_missing
        WHERE miss_missing_episode_end_date < miss_missing_episode_start_date""",
    "180": "SELECT csdq_table_id FROM ssd_sdq_scores WHERE csdq_sdq_score::INT > 40",
    "X011": """SELECT request_id FROM nhs_health_assessments
        JOIN ssd_person ON nhs_number = pers_common_child_id WHERE dob <> pers_dob""",
    "X013": """SELECT lado_ref FROM lado_log WHERE child_other_la = 'N'
        AND child_ids NOT IN (SELECT pers_person_id FROM ssd_person)""",
}  # fmt: skip


@pytest.mark.parametrize("rule", RULES_BROKEN)
def test_a_rule_is_broken_by_the_rows_listed_and_no_others(
    weeks: tuple[Written, Written], clean: Written, rule: str
) -> None:
    assert clean.rows(RULES_BROKEN[rule]) == []
    for written in weeks:
        (listed,) = (fault for fault in written.summary.faults if fault.what.startswith(f"{rule} "))
        assert listed.rule == ("own" if rule.startswith("X") else "statutory")
        assert sorted(str(key) for (key,) in written.rows(RULES_BROKEN[rule])) == sorted(listed.keys)


def test_every_rule_broken_on_purpose_is_one_that_is_tested(faulty: Written) -> None:
    planted = {fault.what.split()[0] for fault in faulty.summary.faults if fault.rule in ("statutory", "own")}
    assert planted == set(RULES_BROKEN)


def test_files_are_written_as_real_exports_write_them(faulty: Written) -> None:
    def text(name: str) -> str:
        return file_of(faulty.summary, name).read_bytes().decode("utf-8")

    assert {fault.table for fault in faulty.summary.faults if fault.rule == "form"} == {
        "ssd_contacts", "ssd_cin_visits", "nhs_registration", "ssd_cin_plans", "ssd_legal_status", "ssd_missing",
        "ssd_disability", "ssd_permanence", "private_fostering",
    }  # fmt: skip
    log = openpyxl.load_workbook(file_of(faulty.summary, "private_fostering")).worksheets[0]
    headings = [cell.value for cell in log[1]]
    assert "disabled_age_limit" in headings
    assert "disabled" not in headings
    assert "perm_decision_reversed_reason" not in text("ssd_permanence")
    assert "cont_contact_source_code" not in text("ssd_contacts")
    assert "cinv_local_note_type" in text("ssd_cin_visits").splitlines()[0]
    assert "practice_name" in text("nhs_registration").splitlines()[0]
    assert ",NULL," in text("ssd_cin_plans")
    assert re.search(r",\d{4}-\d\d-\d\d 00:00:00\.000,", text("ssd_legal_status"))
    assert text("ssd_missing").startswith("\ufeffMISS_TABLE_ID,MISS_PERSON_ID")
    assert file_of(faulty.summary, "ssd_disability").name == "SSD_DISABILITY_20261031.csv"


@pytest.mark.parametrize("children", [200, 600])
def test_rows_set_aside_are_few_in_every_table(tmp_path: Path, children: int) -> None:
    summary = write_drop(tmp_path, children=children, as_at=LAST, seed=9)
    planted: Counter[str] = Counter()
    for fault in summary.faults:
        if fault.rule.startswith("G21"):
            planted[fault.table] += fault.count
    assert planted
    assert all(count / summary.rows[name] < 0.03 for name, count in planted.items())


# Two weeks of one council


def test_the_council_is_the_same_a_week_later(weeks: tuple[Written, Written]) -> None:
    first, second = weeks
    stays = (
        "ssd_cin_episodes",
        "ssd_s47_enquiry",
        "ssd_cp_plans",
        "ssd_cp_visits",
        "ssd_cla_visits",
        "private_fostering",
        "audits",
    )
    for name in stays:
        table = TABLES[name]
        key = str(table.column(table.key[0]).heading)
        start = next(str(column.heading) for column in table.columns if column.event_date)
        before = dict(first.rows(f"SELECT {key}, {start} FROM {name}"))
        after = dict(second.rows(f"SELECT {key}, {start} FROM {name}"))
        assert before.items() <= after.items(), name
        assert len(after) >= len(before)
    assert second.summary.rows["ssd_cp_visits"] > first.summary.rows["ssd_cp_visits"]


def test_records_are_corrected_between_the_weeks(weeks: tuple[Written, Written]) -> None:
    first, second = weeks
    contacts = "SELECT cont_contact_id, cont_contact_date FROM ssd_contacts WHERE cont_contact_id IS NOT NULL"
    before, after = dict(first.rows(contacts)), dict(second.rows(contacts))
    gone = [key for key in before if key not in after and not str(key).endswith("X")]
    assert len(gone) == 1
    typed_in_late = [key for key, on in after.items() if key not in before and on and str(on) < "2026-10-20"]
    assert len(typed_in_late) >= 3

    authorised = "SELECT cina_assessment_id, cina_assessment_auth_date FROM ssd_cin_assessments"
    was, is_now = dict(first.rows(authorised)), dict(second.rows(authorised))
    assert len([key for key, on in was.items() if on is not None and is_now.get(key) != on]) == 4

    people = "SELECT DISTINCT pers_person_id FROM ssd_person"
    ids_before, ids_after = set(first.rows(people)), set(second.rows(people))
    ((old,),) = ids_before - ids_after
    assert ("P9000001", old) in second.rows("SELECT pers_person_id, pers_legacy_id FROM ssd_person")
    assert second.count(f"FROM ssd_family WHERE fami_person_id = '{old}'") == 0


def test_an_open_allegation_is_missing_a_week_later_without_a_closing_date(weeks: tuple[Written, Written]) -> None:
    first, second = weeks
    log = "SELECT lado_ref, date_outcome, date_closed FROM lado_log"
    left = {row[0] for row in second.rows(log)}
    (gone,) = (row for row in first.rows(log) if row[0] not in left)
    assert gone[1:] == (None, None)


@pytest.mark.parametrize("table", ["ssd_contacts", "ssd_cin_visits"])
def test_a_few_past_events_have_another_date_a_week_later(weeks: tuple[Written, Written], table: str) -> None:
    contract = TABLES[table]
    key = str(contract.column(contract.key[0]).heading)
    event = next(str(column.heading) for column in contract.columns if column.event_date)
    # A key may be repeated more often in one week than in the other: count each key once.
    before, after = (dict(week.rows(f"SELECT {key}, min({event}) FROM {table} GROUP BY 1")) for week in weeks)
    moved = [key for key, on in before.items() if key in after and after[key] != on]
    assert len(moved) == 2
    assert all(str(before[key]) < "2026-10-01" for key in moved)


def test_nothing_of_the_later_week_is_known_in_the_earlier(weeks: tuple[Written, Written]) -> None:
    first, _ = weeks
    for name, table in TABLES.items():
        for column in table.columns:
            if column.kind == "date" and column.heading and not column.may_lie_ahead and not column.optional:
                ahead = first.count(f"FROM {name} WHERE {day(column.heading)} > DATE '{WEEK_BEFORE}'")
                planted = 1 if column.heading == "cppv_cp_visit_date" else 0
                assert ahead == planted, (name, column.heading)


def test_documents_are_the_same_in_both_weeks(tmp_path: Path) -> None:
    write_drop(tmp_path, children=200, as_at=WEEK_BEFORE, seed=2, world_ends=LAST)
    before = digests(tmp_path / "documents")
    write_drop(tmp_path, children=200, as_at=LAST, seed=2, world_ends=LAST)
    assert digests(tmp_path / "documents") == before
