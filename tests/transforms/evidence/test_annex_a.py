from __future__ import annotations

import datetime
import re
import tomllib
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path

import duckdb
import openpyxl
import polars as pl
import pytest
from annex_a_world import AS_AT, CREATED, WINDOW_BEGINS, agreeing, children, fill, in_need, made, make_warehouse, rows

from transforms.evidence.documents.child_lists import ListMade, list_query
from transforms.evidence.documents.list_workbooks import in_words, write_lists
from transforms.evidence.framework import Framework, load_framework
from transforms.evidence.pack_files import list_files
from warehouse import catalogue

LISTS = {6: 14, 7: 17, 8: 34}
REFERENCE = Path(__file__).parents[4] / "shared" / "reference" / "annex_a.yaml"


@pytest.fixture(scope="module")
def ilacs() -> Framework:
    return load_framework("ilacs_2026")


@pytest.fixture
def connection() -> Iterator[duckdb.DuckDBPyConnection]:
    with make_warehouse() as connection:
        yield connection


def headings(framework: Framework, number: int) -> list[str]:
    asked = framework.list_asked(f"annex_a_list_{number}")
    query = list_query(asked.id)
    return [query.columns[name].heading for name in asked.columns]


# ---------------------------------------------------------------- headings and words


@pytest.mark.parametrize(("number", "columns"), LISTS.items())
def test_a_list_has_the_columns_annex_a_counts(ilacs: Framework, number: int, columns: int) -> None:
    assert len(headings(ilacs, number)) == columns


@pytest.mark.shared
@pytest.mark.parametrize("number", LISTS)
def test_headings_are_those_of_the_reference_in_its_order(ilacs: Framework, number: int) -> None:
    yaml = pytest.importorskip("yaml")
    columns = yaml.safe_load(REFERENCE.read_text("utf-8"))["lists"][f"list_{number}"]["columns"]
    assert headings(ilacs, number) == list(columns)
    query = list_query(f"annex_a_list_{number}")
    asked = [name for name in ilacs.list_asked(query.id).columns if query.columns[name].required]
    assert [query.columns[name].heading for name in asked] == [key for key, one in columns.items() if one["required"]]


@pytest.mark.shared
@pytest.mark.parametrize("number", LISTS)
def test_headings_are_those_of_an_annex_a_that_others_made(ilacs: Framework, shared: Path, number: int) -> None:
    # Differences that the reference explains: the sample's short "Age", its stray bracket, its curly quotation marks.
    explained = {"age": "age of child (years)", "(y/n))": "(y/n)", "\u2018": "'", "\u2019": "'"}

    def plain(heading: str) -> str:
        text = " ".join(heading.casefold().split())
        for theirs, ours in explained.items():
            text = ours if text == theirs else text.replace(theirs, ours) if theirs != "age" else text
        return text

    book = openpyxl.load_workbook(shared / "data" / "annex_a" / "Annex_A.xlsx", read_only=True)
    theirs = [cell.value for cell in next(iter(book[f"List {number}"].iter_rows(max_row=1)))]
    assert [plain(one) for one in headings(ilacs, number)] == [plain(one) for one in theirs]


@pytest.mark.shared
@pytest.mark.parametrize(
    "words",
    [
        "abuse_category",
        "case_status",
        "cin_closure_reason",
        "ethnicity",
        "gender",
        "legal_status",
        "permanence_plan",
        "placement_provider",
        "placement_type",
        "primary_need",
        "reason_ceased",
        "yes_no_unknown",
    ],
)
def test_words_are_the_values_of_annex_a(words: str) -> None:
    yaml = pytest.importorskip("yaml")
    values = yaml.safe_load(REFERENCE.read_text("utf-8"))["categories"][words]["values"]
    facts = tomllib.loads((files("transforms.evidence.documents.words") / f"annex_a_{words}.toml").read_text("utf-8"))
    assert set(facts["values"].values()) == set(values)
    assert facts.get("blank", values[0]) in values


def test_refu_and_nobt_have_letters_of_their_own() -> None:
    facts = tomllib.loads((files("transforms.evidence.documents.words") / "annex_a_ethnicity.toml").read_text("utf-8"))
    assert (facts["values"]["REFU"], facts["values"]["NOBT"], facts["blank"]) == ("s) REFU", "t) NOBT", "u) UNKNOWN")


@pytest.mark.parametrize("number", LISTS)
def test_a_column_names_as_its_sources_what_its_query_reads(number: int) -> None:
    query = list_query(f"annex_a_list_{number}")
    tables = catalogue.by_name()
    for column in query.columns.values():
        for feed in (*column.feeds, *column.adds):
            room, table, *name = feed.split(".")
            assert f"{room}.{table}" in query.sql, feed
            assert not name or name[0] in {one.name for one in tables[f"{room}.{table}"].columns}, feed


# ---------------------------------------------------------------- list 7


def test_list_7_holds_open_plans_and_those_ended_in_the_six_months(
    connection: duckdb.DuckDBPyConnection, ilacs: Framework
) -> None:
    children(connection, "A B C D E F G H")
    fill(
        connection,
        "records.child_protection_plans",
        f"""
        plan_id | child_id | started_on | ended_on        | is_other_authority
        P1      | A        | 2025-01-10 |                 | false
        P2      | B        | 2025-01-10 | {WINDOW_BEGINS} | false
        P3      | C        | 2025-01-10 | 2026-05-01      |
        P4      | D        | 2025-01-10 | 2026-10-31      | false
        P5      | E        | 2025-01-10 | 2026-11-01      | false
        P6      | F        | 2025-01-10 |                 | true
        P7      | G        | 2026-11-01 |                 | false
        P8      | H        | 2020-01-10 | 2020-12-10      | false
        P9      | H        | 2024-01-10 | 2026-10-01      | false
        P10     | H        | 2023-01-10 |                 | false
        """,
    )
    found = rows(connection, ilacs, 7)
    assert sorted(found) == ["A", "C", "D", "E", "H"]
    ended = {child: row["ended_on"] for child, row in found.items() if row["ended_on"]}
    assert ended == {"C": datetime.date(2026, 5, 1), "D": AS_AT}  # E ends tomorrow: open
    assert found["H"]["started_on"] == datetime.date(2023, 1, 10)  # of several the open one
    assert (found["H"]["previous_plans"], found["A"]["previous_plans"]) == (1, 0)


def test_list_7_takes_the_last_visit_and_review_of_the_plan_itself(
    connection: duckdb.DuckDBPyConnection, ilacs: Framework
) -> None:
    children(connection, "A B C")
    plans = "plan_id | child_id | started_on\nP1 | A | 2026-01-10\nP2 | B | 2026-01-10\nP3 | C | 2026-01-10"
    fill(connection, "records.child_protection_plans", plans)
    fill(
        connection,
        "records.child_protection_visits",
        """
        visit_id | child_id | plan_id | visited_on | is_seen_alone
        V1       | A        | P1      | 2026-10-01 | true
        V2       | A        | P1      | 2026-10-20 | false
        V3       | A        | P1      | 2026-11-01 | true
        V4       | A        | P9      | 2026-10-25 | true
        V5       | B        | P2      | 2026-10-02 |
        """,
    )
    reviews = (
        "review_id | child_id | plan_id | held_on\nR1 | A | P1 | 2026-04-10\nR2 | A | P1 | \nR3 | A | P1 | 2026-11-09"
    )
    fill(connection, "records.child_protection_reviews", reviews)
    statuses = f"""
        legal_status_id | child_id | legal_status_code | started_on | ended_on
        L1              | A        | L2                | 2026-04-01 | 2026-05-01
        L2              | B        | L1                | 2026-04-01 | {WINDOW_BEGINS}
        """
    fill(connection, "records.legal_statuses", statuses)
    found = rows(connection, ilacs, 7)
    assert (found["A"]["last_visit_on"], found["A"]["seen_alone"]) == (datetime.date(2026, 10, 20), "N")
    assert (found["B"]["seen_alone"], found["C"]["seen_alone"]) == ("U", None)
    assert (found["A"]["last_review_on"], found["B"]["last_review_on"]) == (datetime.date(2026, 4, 10), None)
    assert [found[child]["has_emergency_protection"] for child in "ABC"] == ["Y", "N", "N"]


# ---------------------------------------------------------------- list 8


def test_list_8_holds_children_in_care_and_those_who_left_in_the_six_months(
    connection: duckdb.DuckDBPyConnection, ilacs: Framework
) -> None:
    children(connection, "A B C D E F G H I")
    fill(
        connection,
        "records.looked_after_episodes",
        f"""
        episode_id | child_id | started_on | entered_care_on | ceased_on       | ceased_reason_code
        E1         | A        | 2025-03-10 | 2024-01-10      |                 |
        E2         | B        | 2024-01-10 | 2024-01-10      | {WINDOW_BEGINS} | E4A
        E3         | C        | 2024-01-10 | 2024-01-10      | 2026-05-01      | E4A
        E4         | D        | 2024-01-10 | 2024-01-10      | 2026-10-31      |
        E5         | E        | 2024-01-10 | 2024-01-10      | 2026-11-01      | E3
        E6         | F        | 2024-01-10 | 2024-01-10      | 2026-06-01      | X1
        E7         | G        | 2024-01-10 | 2024-01-10      |                 |
        E8         | H        | 2024-01-10 | 2024-01-10      | 2026-06-01      | E4A
        E9         | I        | 2025-01-10 | 2025-01-10      | 2026-02-01      | E4B
        E10        | I        | 2026-08-01 | 2026-08-01      |                 |
        """,
    )
    fill(
        connection,
        "records.legal_statuses",
        """
        legal_status_id | child_id | legal_status_code | started_on | ended_on
        L1              | G        | V4                | 2024-01-10 |
        L2              | H        | V3                | 2024-01-10 | 2026-06-01
        L3              | A        | C1                | 2024-01-10 | 2025-03-10
        L4              | A        | C2                | 2025-03-10 |
        L5              | A        | SGO               | 2026-01-01 |
        L6              | C        | V2                | 2024-01-10 | 2026-05-01
        """,
    )
    found = rows(connection, ilacs, 8)
    assert sorted(found) == ["A", "C", "D", "E", "I"]  # F goes on; G has short breaks; H left short breaks
    assert {child: row["ceased_on"] for child, row in found.items() if row["ceased_on"]} == {
        "C": datetime.date(2026, 5, 1),
        "D": AS_AT,
    }
    assert (found["E"]["ceased_reason"], found["C"]["ceased_reason"]) == (None, "E4A")
    assert (found["A"]["entered_on"], found["I"]["entered_on"]) == (
        datetime.date(2024, 1, 10),
        datetime.date(2026, 8, 1),
    )
    assert (found["A"]["is_again"], found["I"]["is_again"]) == ("N", "Y")
    assert (found["A"]["legal_status"], found["A"]["legal_status_from"]) == ("C2", datetime.date(2025, 3, 10))
    assert found["C"]["legal_status"] == "V2"  # the day before care ended


def test_list_8_takes_what_is_last_in_this_period_of_care(
    connection: duckdb.DuckDBPyConnection, ilacs: Framework
) -> None:
    children(connection, "A")
    care = """
        episode_id | child_id | started_on | looked_after_period_id | last_reviewing_officer_contact_on
        E1         | A        | 2025-01-10 | L1                     | 2026-09-09
        """
    fill(connection, "records.looked_after_episodes", care)
    reviews = """
        review_id | looked_after_period_id | held_on    | is_cancelled
        R1        | L1                     | 2026-05-05 | false
        R2        | L1                     | 2026-09-05 | true
        R3        | L1                     | 2026-11-05 |
        """
    fill(connection, "records.looked_after_reviews", reviews)
    visits = "visit_id | child_id | visited_on\nV1 | A | 2024-12-01\nV2 | A | 2026-10-31\nV3 | A | 2026-11-01"
    fill(connection, "records.looked_after_visits", visits)
    checks = """
        health_check_id | child_id | health_check_type_code | checked_on | status_code
        H1              | A        | RHA                    | 2026-02-02 | Completed
        H2              | A        | RHA                    | 2026-09-02 | Refused
        H3              | A        | DENT                   | 2025-09-02 | Completed
        H4              | A        | OPT                    | 2026-10-02 | Completed
        """
    fill(connection, "records.health_checks", checks)
    dental = "row_id | matched_child_id | checked_on | status_code\nT1 | A | 2026-03-03 | CHECKED"
    fill(connection, "records.trust_dental_checks", dental)
    row = rows(connection, ilacs, 8)["A"]
    assert row["last_review_on"] == datetime.date(2026, 5, 5)
    assert row["last_visit_on"] == AS_AT
    assert row["last_reviewing_officer_contact_on"] == datetime.date(2026, 9, 9)
    assert row["last_health_assessment_on"] == datetime.date(2026, 2, 2)
    assert row["last_dental_check_on"] == datetime.date(2026, 3, 3)


def test_list_8_counts_placements_missing_episodes_and_interviews_of_twelve_months(
    connection: duckdb.DuckDBPyConnection, ilacs: Framework
) -> None:
    children(connection, "A B")
    care = "episode_id | child_id | started_on\nE1 | A | 2024-01-10\nE2 | B | 2024-01-10"
    fill(connection, "records.looked_after_episodes", care)
    fill(
        connection,
        "records.placements",
        """
        placement_id | child_id | started_on | ended_on   | placement_type_code | postcode
        M1           | A        | 2024-01-10 | 2025-11-01 | U6                  | AA1 1AA
        M2           | A        | 2025-11-01 | 2026-02-01 | U6                  | AA1 1AB
        M3           | A        | 2026-02-01 | 2026-02-08 | T4                  | AA1 1AC
        M4           | A        | 2026-02-08 | 2026-02-08 | U6                  | AA1 1AD
        M5           | A        | 2026-02-08 | 2026-08-01 | U4                  | AA1 1AE
        M6           | A        | 2026-08-01 |            | A5                  | AA1 1AE
        M7           | A        | 2026-11-01 |            | K2                  | AA1 1AF
        """,
    )
    fill(
        connection,
        "records.missing_episodes",
        """
        missing_episode_id | child_id | missing_type_code | started_on | ended_on   | return_interview_offered_code | return_interview_accepted_code
        X1                 | A        | M                 | 2025-10-30 | 2025-11-01 | Y                             | Y
        X2                 | A        | M                 | 2025-11-01 | 2025-11-02 | Y                             | N
        X3                 | A        | M                 | 2026-09-01 | 2026-09-02 | N                             |
        X4                 | A        | A                 | 2026-09-09 | 2026-09-09 |                               |
        X5                 | A        | M                 | 2026-10-30 |            |                               |
        X6                 | B        | M                 | 2026-09-01 | 2026-09-02 | NA                            | NA
        """,  # noqa: E501
    )
    found = rows(connection, ilacs, 8)
    # M1 ended on the first of the twelve months, M3 is temporary, M4 took no day; M6 goes on from M5.
    assert found["A"]["placements"] == 2
    assert (found["A"]["placed_on"], found["A"]["placement_type"]) == (datetime.date(2026, 8, 1), "A5")
    assert (found["A"]["times_missing"], found["A"]["times_absent"]) == (3, 1)  # X1 ended on that first day
    assert (found["A"]["interview_offered"], found["A"]["interview_accepted"]) == ("N", "U")  # of X3: X5 is not over
    assert (found["B"]["interview_offered"], found["B"]["interview_accepted"]) == (None, None)


def test_a_permanence_plan_with_no_single_value_is_shown_by_its_codes(
    connection: duckdb.DuckDBPyConnection, ilacs: Framework
) -> None:
    children(connection, "A B C D E")
    fill(
        connection,
        "records.looked_after_episodes",
        "episode_id | child_id | started_on\n" + "\n".join(f"E{one} | {one} | 2025-01-10" for one in "ABCDE"),
    )
    fill(
        connection,
        "records.care_plans",
        """
        care_plan_id | child_id | started_on | ended_on   | permanence_plan_json
        K1           | A        | 2025-01-10 | 2026-01-10 | {"ADOPTION": "Y"}
        K2           | A        | 2026-01-10 |            | {"RETURN6M": "Y", "RETURN1M": "N"}
        K3           | B        | 2025-01-10 |            | {"ADOPTION": "Y", "LTFOST18": "Y"}
        K4           | C        | 2025-01-10 |            | {"LTRELFR": "Y"}
        K5           | D        | 2025-01-10 |            | not JSON
        """,
    )
    one = made(connection, ilacs, 8)
    assert in_words(one)["permanence_plan"].to_list() == [
        "a) Return to family",
        "b + f (not among the values of Annex A)",
        "LTRELFR (not among the values of Annex A)",
        None,
        None,
    ]


# ---------------------------------------------------------------- list 6


def test_list_6_gives_the_first_case_status_that_holds(connection: duckdb.DuckDBPyConnection, ilacs: Framework) -> None:
    children(connection, "A B C D E F")
    in_need(
        connection,
        "\n".join(f"R{one} | {one} | 2026-01-10 | |" for one in "ABCDE") + "\nRF | F | 2026-01-10 | 2026-09-01 |",
    )
    fill(
        connection,
        "records.assessments",
        "assessment_id | child_id | started_on | authorised_on\n"
        + "\n".join(f"S{one} | {one} | 2026-01-12 | {'' if one != 'E' else '2026-02-12'}" for one in "ABCDEF"),
    )
    plans = "plan_id | child_id | started_on\n" + "\n".join(f"N{one} | {one} | 2026-02-10" for one in "ABCF")
    fill(connection, "records.child_in_need_plans", plans)
    plans = "plan_id | child_id | started_on\n" + "\n".join(f"P{one} | {one} | 2026-02-10" for one in "ABF")
    fill(connection, "records.child_protection_plans", plans)
    care = "episode_id | child_id | started_on\n" + "\n".join(f"L{one} | {one} | 2026-02-10" for one in "AF")
    fill(connection, "records.looked_after_episodes", care)
    found = rows(connection, ilacs, 6)
    assert {child: row["case_status"] for child, row in found.items()} == {
        "A": "a",
        "B": "b",
        "C": "c",
        "D": "d",
        "E": None,
        "F": "e",
    }


def test_list_6_leaves_off_referrals_alone_no_further_action_and_care_leavers(
    connection: duckdb.DuckDBPyConnection, ilacs: Framework
) -> None:
    children(connection, "A B C D E F")
    in_need(
        connection,
        f"""
        R1 | A | 2026-01-10 |                 |
        R2 | B | 2026-01-10 |                 | true
        R3 | C | 2026-01-10 |                 |
        R4 | D | 2026-01-10 | {WINDOW_BEGINS} |
        R5 | E | 2026-01-10 | 2026-05-01      |
        R6 | F | 2026-01-10 |                 |
        """.strip(),
    )
    assessed = "assessment_id | child_id | started_on | authorised_on\n" + "\n".join(
        f"S{one} | {one} | 2026-01-12 | 2026-02-12" for one in "BCDEF"
    )
    fill(connection, "records.assessments", assessed)
    fill(
        connection,
        "records.care_leavers",
        "care_leaver_id | child_id | eligibility_code\nV1 | C | Relevant\nV2 | F | Eligible",
    )
    one = made(connection, ilacs, 6)
    assert one.frame["child_id"].to_list() == ["E", "F"]  # D closed on the day before the window; B went no further
    assert one.left_off == {"care leaver": 1, "only the subject of a referral": 1}


def test_list_6_keeps_one_row_a_child_the_open_episode_before_a_later_closed_one(
    connection: duckdb.DuckDBPyConnection, ilacs: Framework
) -> None:
    children(connection, "A")
    in_need(connection, "R1 | A | 2026-01-10 | |\nR2 | A | 2026-06-10 | 2026-07-10 |")
    fill(connection, "records.assessments", "assessment_id | child_id | started_on\nS1 | A | 2026-01-12")
    visits = "visit_id | child_id | visited_on | is_seen\nV1 | A | 2026-08-01 | true\nV2 | A | 2026-10-01 | false"
    fill(connection, "records.child_in_need_visits", visits)
    found = rows(connection, ilacs, 6)
    assert (found["A"]["in_need_from"], found["A"]["closed_on"]) == (datetime.date(2026, 1, 10), None)
    assert found["A"]["last_seen_on"] == datetime.date(2026, 8, 1)  # on 1 October the child was not seen


def test_common_columns_are_said_of_every_child_alike(connection: duckdb.DuckDBPyConnection, ilacs: Framework) -> None:
    fill(
        connection,
        "records.children",
        """
        child_id | born_on    | gender_code | sex_code | ethnicity_code
        A        | 2018-10-31 | 02          | M        | REFU
        B        | 2018-11-01 |             | M        | ZZZZ
        C        | 2026-12-01 | 09          |          |
        """,
    )
    plans = "plan_id | child_id | started_on\nP1 | A | 2026-01-10\nP2 | B | 2026-01-10\nP3 | C | 2026-10-10"
    fill(connection, "records.child_protection_plans", plans)
    fill(
        connection,
        "records.disabilities",
        "disability_id | child_id | disability_code\nD1 | A | NONE\nD2 | A | AUT\nD3 | B | NONE",
    )
    workers = """
        involvement_id | child_id | role_code | professional_id | team_id | started_on | ended_on
        I1             | A        | CW        | W1              | T1      | 2025-01-01 | 2026-02-01
        I2             | A        | CW        | W2              | T1      | 2026-02-01 |
        I3             | A        | IRO       | W3              | T1      | 2026-09-01 |
        I4             | B        | CW        | W1              | T1      | 2025-01-01 | 2026-02-01
        """
    fill(connection, "records.involvements", workers)
    fill(connection, "records.teams", "team_id | team_name\nT1 | North")
    fill(
        connection,
        "records.professionals",
        "professional_id | name\nW1 | Robin Example\nW2 | Sam Sample\nW3 | Kim Third",
    )
    one = in_words(made(connection, ilacs, 7))
    assert one["gender"].to_list() == ["b) Female", "a) Male", "d) Neither"]
    assert one["ethnicity"].to_list() == ["s) REFU", "ZZZZ (not among the values of Annex A)", "u) UNKNOWN"]
    assert one["age"].to_list() == [8, 7, None]
    assert one["born_on"].to_list()[2] is None  # not yet born
    assert one["has_disability"].to_list() == ["a) Yes", "b) No", "c) Unknown"]
    assert one["worker"].to_list() == ["Sam Sample", "Robin Example", None]  # current, else the latest
    assert one["team"].to_list() == ["North", "North", None]


# ---------------------------------------------------------------- what did not arrive


def test_a_column_whose_table_or_heading_did_not_come_is_empty_and_said_so_not_no(
    connection: duckdb.DuckDBPyConnection, ilacs: Framework
) -> None:
    children(connection, "A")
    fill(connection, "records.looked_after_episodes", "episode_id | child_id | started_on\nE1 | A | 2025-01-10")
    connection.execute("DELETE FROM quality.arrivals WHERE source_table = 'ssd_immigration_status'")
    connection.execute(
        "UPDATE quality.arrivals SET missing_headings = 'miss_missing_rhi_offered; miss_missing_episode_type'"
        " WHERE source_table = 'ssd_missing'"
    )
    connection.execute("DELETE FROM quality.arrivals WHERE source_table = 'nhs_dental'")
    one = made(connection, ilacs, 8)
    assert one.emptied["is_asylum_seeking"] == "ssd_immigration_status was not received"
    assert one.emptied["times_missing"] == "column miss_missing_episode_type of ssd_missing is absent"
    assert "does not say" in one.emptied["placement_location"]
    assert set(one.emptied) == {
        "is_asylum_seeking",
        "times_missing",
        "times_absent",
        "interview_offered",
        "placement_location",
        "placement_authority",
    }
    row = in_words(one).row(0, named=True)
    assert row["is_asylum_seeking"] is None
    assert row["times_missing"] is None
    assert one.frame.schema["times_missing"] == pl.Int64
    assert "last_dental_check_on" in one.lessened
    assert one.readiness.status == "doubtful"
    assert any("Unaccompanied" in reason for reason in one.readiness.reasons)


# ---------------------------------------------------------------- workbooks


@pytest.fixture
def annex(connection: duckdb.DuckDBPyConnection, ilacs: Framework, tmp_path: Path) -> Path:
    agreeing(connection)
    lists: dict[str, ListMade] = {f"annex_a_list_{number}": made(connection, ilacs, number) for number in (6, 7, 8)}
    places = list_files(ilacs)
    assert set(places.values()) == {"data/03_lists/01_annex_a.xlsx"}
    write_lists(ilacs, lists, places, tmp_path, as_at=AS_AT, created=CREATED)
    return tmp_path / "data/03_lists/01_annex_a.xlsx"


def test_the_workbook_has_a_sheet_a_list_headed_as_annex_a_says_from_the_first_row(
    annex: Path, ilacs: Framework
) -> None:
    book = openpyxl.load_workbook(annex)
    assert book.sheetnames == ["Read me", "List 6", "List 7", "List 8", "What each column serves"]
    for number in LISTS:
        sheet = book[f"List {number}"]
        assert [cell.value for cell in sheet[1]] == headings(ilacs, number)
        assert len(sheet.tables) == 1
        assert sheet.freeze_panes == "A2"
        assert not sheet.merged_cells.ranges


def test_dates_are_dates_shown_as_dd_mm_yyyy_and_ids_are_text(annex: Path) -> None:
    sheet = openpyxl.load_workbook(annex)["List 7"]
    cells = dict(zip([cell.value for cell in sheet[1]], sheet[2], strict=True))
    started = cells["Child Protection Plan Start Date"]
    assert started.is_date
    assert (started.value.date(), started.number_format) == (datetime.date(2026, 2, 10), "dd/mm/yyyy")
    assert (cells["Child Unique ID"].data_type, cells["Age of Child (Years)"].value) == ("s", 11)
    assert cells["Number of Previous Child Protection Plans"].data_type == "n"


def test_the_read_me_says_what_was_not_found_what_is_empty_and_how_it_is_counted(annex: Path) -> None:
    lines = [(row[0], str(row[1])) for row in openpyxl.load_workbook(annex)["Read me"].iter_rows(values_only=True)]
    text = " ".join(what for _, what in lines)
    assert "template (an ODS file)" in text
    assert "s) is REFU, t) NOBT" in text
    assert "after 30 April 2026, up to and including 31 October 2026" in text
    assert {said for said, _ in lines if "Empty" in str(said)} == {
        "List 8: Empty: Placement Location",
        "List 8: Empty: LA of Placement",
    }
    columns = openpyxl.load_workbook(annex)["What each column serves"]
    assert columns.max_row == 1 + sum(LISTS.values())


def test_no_list_of_annex_a_carries_a_childs_name(ilacs: Framework) -> None:
    assert not ilacs.settings.names_key
    for number in LISTS:
        assert not re.search(r"\b(forename|surname)\b", list_query(f"annex_a_list_{number}").sql)
