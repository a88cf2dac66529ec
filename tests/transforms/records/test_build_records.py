"""Only the rules of choices G21 set a row aside; every other row stays and is read as declared."""

from __future__ import annotations

import json

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from expectations.judge import judge
from tests.landing import AS_AT, empty_landing, land, land_rows
from transforms.records.build_records import build_records

pytestmark = pytest.mark.slow

CHILDREN = """
pers_person_id | pers_dob   | pers_common_child_id
P1             | 2012-02-03 | 9990000018
P2             | 2014-05-06 | 9990000026
"""


@pytest.fixture
def warehouse() -> duckdb.DuckDBPyConnection:
    connection = empty_landing()
    land(connection, "ssd_person", CHILDREN)
    return connection


def aside(connection: duckdb.DuckDBPyConnection, file: str) -> dict[int, str]:
    return dict(
        connection.execute(
            "SELECT row_number, rule FROM quality.rejected_rows WHERE source_table = ? ORDER BY 1", [file]
        ).fetchall()
    )


def kept(connection: duckdb.DuckDBPyConnection, table: str, column: str) -> list[object]:
    return [
        row[0] for row in connection.execute(f"SELECT {column} FROM records.{table} ORDER BY received_row").fetchall()
    ]


def test_a_missing_key_and_every_repeat_but_the_first_are_set_aside(warehouse: duckdb.DuckDBPyConnection) -> None:
    land(
        warehouse,
        "ssd_contacts",
        """
        cont_contact_id | cont_person_id | cont_contact_date
        C1              | P1             | 2026-01-01
                        | P1             | 2026-01-02
        C1              | P2             | 2026-01-03
        C1              | P1             | 2026-01-04
        """,
    )
    build_records(warehouse)
    assert aside(warehouse, "ssd_contacts") == {3: "key is missing", 4: "key is repeated", 5: "key is repeated"}
    assert kept(warehouse, "contacts", "contacted_on::VARCHAR") == ["2026-01-01"]


def test_a_row_that_refers_to_a_missing_child_is_set_aside(warehouse: duckdb.DuckDBPyConnection) -> None:
    land(
        warehouse,
        "ssd_contacts",
        """
        cont_contact_id | cont_person_id | cont_contact_date
        C1              | P9             | 2026-01-01
        C2              |                | 2026-01-02
        """,
    )
    build_records(warehouse)
    assert aside(warehouse, "ssd_contacts") == {2: "child or record not found", 3: "child or record not given"}


@pytest.mark.parametrize(
    ("date", "rule"),
    [("", "event date is blank"), ("NULL", "event date is blank"), ("31/12/2025", "event date cannot be read"),
     ("1899-12-31", "event date cannot be read")],
)  # fmt: skip
def test_a_row_without_a_usable_event_date_is_set_aside(
    warehouse: duckdb.DuckDBPyConnection, date: str, rule: str
) -> None:
    land_rows(
        warehouse, "ssd_contacts", ["cont_contact_id", "cont_person_id", "cont_contact_date"], [["C1", "P1", date]]
    )
    build_records(warehouse)
    assert aside(warehouse, "ssd_contacts") == {2: rule}


def test_a_row_that_belongs_to_a_row_set_aside_is_set_aside_too_and_names_the_first_cause(
    warehouse: duckdb.DuckDBPyConnection,
) -> None:
    land(
        warehouse,
        "ssd_cin_assessments",
        """
        cina_assessment_id | cina_person_id | cina_assessment_start_date
        A1                 | P1             | not a date
        A2                 | P1             | 2026-01-01
        """,
    )
    land(
        warehouse,
        "ssd_assessment_factors",
        """
        cinf_table_id | cinf_assessment_id
        F1            | A1
        F2            | A2
        F3            | A3
        """,
    )
    build_records(warehouse)
    assert set(aside(warehouse, "ssd_assessment_factors")) == {2, 4}
    reason = warehouse.execute(
        "SELECT reason FROM quality.rejected_rows WHERE source_table = 'ssd_assessment_factors' AND row_number = 2"
    ).fetchone()
    assert reason is not None
    assert reason[0].endswith("its row there was set aside: event date cannot be read")


def test_a_chain_is_followed_to_its_end() -> None:
    connection = empty_landing()
    land(connection, "homes", "home_urn | name | regulation\nH1 | One | 44")
    land(connection, "reg_visits", "visit_id | home_urn | visit_date\nV1 | H9 | 2026-01-01")
    land(connection, "reg_recommendations", "rec_id | visit_id\nR1 | V1")
    build_records(connection)
    assert aside(connection, "reg_visits") == {2: "child or record not found"}
    assert aside(connection, "reg_recommendations") == {2: "child or record not found"}


@pytest.mark.parametrize("landed", ["absent", "header only"])
def test_if_the_parents_file_is_absent_or_empty_the_rows_stay(landed: str) -> None:
    connection = empty_landing()
    if landed == "header only":
        land_rows(connection, "ssd_person", ["pers_person_id", "pers_dob"], [])
    land(
        connection,
        "ssd_contacts",
        """
        cont_contact_id | cont_person_id | cont_contact_date
        C1              | P9             | 2026-01-01
        C2              |                | 2026-01-01
        """,
    )
    build_records(connection)
    assert aside(connection, "ssd_contacts") == {}
    assert kept(connection, "contacts", "child_id") == ["P9", None]


def test_if_the_parent_lacks_the_column_referred_to_the_rows_stay(warehouse: duckdb.DuckDBPyConnection) -> None:
    land(
        warehouse,
        "ssd_cla_episodes",
        "clae_cla_episode_id | clae_person_id | clae_cla_episode_start_date\nE1 | P1 | 2026-01-01",
    )
    land(warehouse, "ssd_cla_reviews", "clar_cla_review_id | clar_cla_id\nR1 | L1")
    land(
        warehouse,
        "ssd_cla_visits",
        "clav_cla_visit_id | clav_cla_id | clav_person_id | clav_cla_visit_date\nV1 | L1 | P1 | 2026-01-01",
    )
    build_records(warehouse)
    assert aside(warehouse, "ssd_cla_reviews") == {}
    assert kept(warehouse, "looked_after_reviews", "looked_after_period_id") == ["L1"]
    assert kept(warehouse, "looked_after_visits", "looked_after_period_id") == ["L1"]
    judge(warehouse, dict.fromkeys(("ssd_cla_reviews", "ssd_cla_visits"), AS_AT), as_at=AS_AT)
    outcomes = dict(
        warehouse.execute(
            "SELECT source_table || ' ' || check_code, outcome FROM quality.checks WHERE outcome <> 'met'"
        ).fetchall()
    )
    assert outcomes["ssd_cla_reviews set aside:about"] == "could not be checked"
    assert outcomes["ssd_cla_visits points:looked_after_period_id"] == "could not be checked"


def test_an_address_without_its_person_stays(warehouse: duckdb.DuckDBPyConnection) -> None:
    land(
        warehouse,
        "ssd_address",
        "addr_table_id | addr_person_id | addr_address_start_date\nA1 | P9 | 2026-01-01\nA2 | | 2026-01-01",
    )
    build_records(warehouse)
    assert aside(warehouse, "ssd_address") == {}
    assert kept(warehouse, "addresses", "child_id") == [None, None]


def test_faults_in_the_councils_records_stay(warehouse: duckdb.DuckDBPyConnection) -> None:
    """An end before the start, an unknown code, a reference not found and a future date do not set a row aside."""
    land(
        warehouse,
        "ssd_cp_plans",
        """
        cppl_cp_plan_id | cppl_person_id | cppl_referral_id | cppl_cp_plan_start_date | cppl_cp_plan_end_date | cppl_cp_plan_initial_category
        PL1             | P1             | R404             | 2026-05-05              | 2026-01-01            | NEGLECTFUL
        PL2             | P1             |                  | 2031-05-05              |                       | NEG
        """,
    )
    land(warehouse, "ssd_cin_episodes", "cine_referral_id | cine_person_id | cine_referral_date\nR1 | P1 | 2026-01-01")
    build_records(warehouse)
    assert aside(warehouse, "ssd_cp_plans") == {}
    assert kept(warehouse, "child_protection_plans", "initial_category_code") == ["NEGLECTFUL", "NEG"]
    assert kept(warehouse, "child_protection_plans", "referral_id") == [None, None]


def test_a_reference_is_kept_if_the_file_it_refers_to_did_not_arrive(warehouse: duckdb.DuckDBPyConnection) -> None:
    land(
        warehouse,
        "ssd_cp_plans",
        "cppl_cp_plan_id | cppl_person_id | cppl_referral_id | cppl_cp_plan_start_date\nPL1 | P1 | R404 | 2026-05-05",
    )
    build_records(warehouse)
    assert kept(warehouse, "child_protection_plans", "referral_id") == ["R404"]


def test_an_absent_event_date_column_cannot_set_rows_aside(warehouse: duckdb.DuckDBPyConnection) -> None:
    """Mosaic's script has no clai_immunisations_status_date; its children must not be lost."""
    land(warehouse, "ssd_cla_immunisations", "clai_person_id | clai_immunisations_status\nP1 | Y")
    build_records(warehouse)
    assert aside(warehouse, "ssd_cla_immunisations") == {}
    assert kept(warehouse, "immunisations", "is_up_to_date") == [True]


def test_the_row_set_aside_is_kept_whole(warehouse: duckdb.DuckDBPyConnection) -> None:
    land_rows(
        warehouse,
        "ssd_contacts",
        ["cont_contact_id", "cont_person_id", "cont_contact_date", "local extra"],
        [[" C1 ", "P9", "2026-01-01", 'He said "no", twice']],
    )
    build_records(warehouse)
    found = warehouse.execute("SELECT key, extract_id, content FROM quality.rejected_rows").fetchone()
    assert found is not None
    assert found[0] == " C1 "
    assert found[1] == "ssd_contacts-hash"
    assert json.loads(found[2]) == {
        "cont_contact_id": " C1 ",
        "cont_person_id": "P9",
        "cont_contact_date": "2026-01-01",
        "local extra": 'He said "no", twice',
    }


def test_a_key_of_several_parts_is_joined_with_bars(warehouse: duckdb.DuckDBPyConnection) -> None:
    land(
        warehouse,
        "ssd_disability",
        """
        disa_person_id | disa_table_id | disa_disability_code
        P1             | D1            | MOB
        P1             | D1            | LD
        P2             | D1            | LD
        """,
    )
    build_records(warehouse)
    found = warehouse.execute("SELECT row_number, key FROM quality.rejected_rows").fetchall()
    assert found == [(3, "P1 | D1")]


TRUST = """
row_id | nhs_number   | check_date | status
D1     | 999 000 0018 | 2026-01-01 | CHECKED
D2     | 9990000019   | 2026-01-01 | CHECKED
D3     |              | 2026-01-01 | CHECKED
D4     | 9990000034   | 2026-01-01 | CHECKED
"""


def test_trust_rows_are_matched_by_nhs_number_and_the_rest_wait(warehouse: duckdb.DuckDBPyConnection) -> None:
    land(warehouse, "nhs_dental", TRUST)
    build_records(warehouse)
    assert kept(warehouse, "trust_dental_checks", "matched_child_id") == ["P1", None, None, None]
    waiting = warehouse.execute("SELECT row_number, key, reason FROM quality.unmatched_rows ORDER BY 1").fetchall()
    assert waiting == [
        (3, "D2", "the NHS number fails its check digit"),
        (4, "D3", "the NHS number is blank"),
        (5, "D4", "no child in ssd_person has the NHS number"),
    ]


def test_without_a_number_local_id_and_birth_date_must_both_agree(warehouse: duckdb.DuckDBPyConnection) -> None:
    land(
        warehouse,
        "nhs_health_assessments",
        """
        request_id | nhs_number | local_child_id | dob        | assessment_kind | outcome
        H1         |            | P2             | 2014-05-06 | IHA             | COMPLETED
        H2         |            | P2             | 2014-05-07 | IHA             | COMPLETED
        H3         | 9990000026 | P1             | 2001-01-01 | IHA             | COMPLETED
        """,
    )
    build_records(warehouse)
    assert kept(warehouse, "trust_health_assessments", "matched_child_id") == ["P2", None, "P2"]


def test_a_number_two_children_share_matches_neither() -> None:
    connection = empty_landing()
    land(connection, "ssd_person", CHILDREN + "P3 | 2015-01-01 | 9990000018\n")
    land(connection, "nhs_dental", TRUST)
    build_records(connection)
    assert kept(connection, "trust_dental_checks", "matched_child_id") == [None] * 4
    first = connection.execute("SELECT reason FROM quality.unmatched_rows ORDER BY row_number").fetchone()
    assert first == ("more than one child in ssd_person has the NHS number",)


def test_periods_of_care_are_built_from_their_episodes(warehouse: duckdb.DuckDBPyConnection) -> None:
    land(
        warehouse,
        "ssd_cla_episodes",
        """
        clae_cla_episode_id | clae_person_id | clae_cla_episode_start_date | clae_cla_episode_ceased_date | clae_cla_episode_ceased_reason | clae_cla_id | clae_entered_care_date
        E1                  | P1             | 2025-01-01                  | 2025-06-01                   | X1                             | L1          | 2025-01-01
        E2                  | P1             | 2025-06-01                  | 2025-09-01                   | E4A                            | L1          | 2025-01-01
        E3                  | P2             | 2025-01-01                  | 2025-06-01                   | X1                             | L2          | 2025-01-01
        E4                  | P2             | 2025-06-01                  |                              |                                | L2          | 2025-01-01
        """,
    )
    land(
        warehouse,
        "ssd_legal_status",
        """
        lega_legal_status_id | lega_person_id | lega_legal_status | lega_legal_status_start_date | lega_legal_status_end_date
        S1                   | P2             | V4                | 2024-12-01                   |
        """,
    )
    build_records(warehouse)
    assert warehouse.execute(
        "SELECT child_id, entered_on::VARCHAR, ended_on::VARCHAR, ceased_reason_code, is_short_break"
        " FROM records.looked_after_periods ORDER BY 1"
    ).fetchall() == [
        ("P1", "2025-01-01", "2025-09-01", "E4A", False),
        ("P2", "2025-01-01", None, None, True),
    ]


CELLS = st.sampled_from(["C1", "C2", "", "NULL", " C1", "c1"])
WHO = st.sampled_from(["P1", "P2", "P9", "", None])
WHEN = st.sampled_from(["2026-01-01", "2026-01-01 00:00:00.000", "", "x", "1899-01-01", "2030-01-01"])


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(CELLS, WHO, WHEN), max_size=12))
def test_no_row_is_ever_lost_and_the_rules_are_those_of_a_plain_reading(
    rows: list[tuple[str, str | None, str]],
) -> None:
    connection = empty_landing()
    land(connection, "ssd_person", CHILDREN)
    land_rows(
        connection,
        "ssd_contacts",
        ["cont_contact_id", "cont_person_id", "cont_contact_date"],
        [list(row) for row in rows],
    )
    loaded = build_records(connection)["ssd_contacts"]
    expected: set[int] = set()
    seen: set[str] = set()
    for number, (key, who, when) in enumerate(rows, start=2):
        clean = key.strip()
        bad = clean in ("", "NULL") or clean in seen or who not in ("P1", "P2")
        bad = bad or when not in ("2026-01-01", "2026-01-01 00:00:00.000", "2030-01-01")
        seen.add(clean)
        if bad:
            expected.add(number)
    assert set(aside(connection, "ssd_contacts")) == expected
    assert loaded.rows_loaded + loaded.rows_set_aside == len(rows)
    assert loaded.rows_loaded == len(rows) - len(expected)
