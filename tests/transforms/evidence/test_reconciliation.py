from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import duckdb
import openpyxl
import pytest
from annex_a_world import (
    AS_AT,
    CREATED,
    NUMERATORS,
    agreeing,
    children,
    compared,
    figure,
    fill,
    in_need,
    made,
    make_warehouse,
)

from transforms.evidence.documents.list_workbooks import write_reconciliation
from transforms.evidence.documents.reconciliation import NOT_EXPLAINED, comparison, reconcile, with_doubts
from transforms.evidence.framework import Framework, framework_ids, load_framework
from warehouse.problem import Problem

FITS = "of these, on list 6 with a case status that fits"


@pytest.fixture(scope="module")
def ilacs() -> Framework:
    return load_framework("ilacs_2026")


@pytest.fixture
def connection() -> Iterator[duckdb.DuckDBPyConnection]:
    with make_warehouse() as connection:
        yield connection


def test_every_comparison_a_framework_names_is_there_and_reads_lists_it_asks_for() -> None:
    for framework in map(load_framework, framework_ids()):
        lists = {asked.id for asked in framework.lists}
        for one in framework.reconciliations:
            assert set(comparison(one).lists) <= lists, one
            assert all(name in comparison(one).sql for name in comparison(one).lists), one


def test_lists_that_agree_differ_in_nobody_but_in_short_breaks(
    connection: duckdb.DuckDBPyConnection, ilacs: Framework
) -> None:
    agreeing(connection)
    found = compared(connection, ilacs, NUMERATORS)
    assert {name: (one.first, one.second) for name, one in found.items()} == {
        "list_7_and_the_profile": (2, 2),
        "list_8_and_the_profile": (2, 2),
        "list_8_and_open_episodes_of_care": (2, 3),
        "list_7_and_list_6": (2, 2),
        "list_8_and_list_6": (2, 2),
        "list_6_and_lists_7_and_8": (3, 3),
        "list_6_and_the_profile": (4, 4),
    }
    assert found["list_8_and_open_episodes_of_care"].reasons == {"on short breaks (V3, V4), not looked after": 1}
    assert [doubt for one in found.values() for doubt in one.doubts] == []


def test_each_difference_is_explained_by_what_is_in_the_records(
    connection: duckdb.DuckDBPyConnection, ilacs: Framework
) -> None:
    agreeing(connection)
    children(connection, "F G H I J")
    in_need(
        connection,
        "RG | G | 2026-01-10 | | true\nRH | H | 2026-01-10 | 2026-06-10 |\nRI | I | 2026-01-10 | |"
        "\nRJ | J | 2026-01-10 | |",
    )
    fill(
        connection,
        "records.child_protection_plans",
        """
        plan_id | child_id | started_on
        P3      | A        | 2026-04-10
        P4      | F        | 2026-04-10
        P5      | G        | 2026-04-10
        P6      | H        | 2026-04-10
        """,
    )
    care = "episode_id | child_id | started_on | ceased_on | ceased_reason_code\nEI | I | 2020-01-01 | 2026-09-09 | E5"
    fill(connection, "records.looked_after_episodes", care)
    fill(connection, "records.care_leavers", "care_leaver_id | child_id | eligibility_code\nV1 | I | Former Relevant")
    figure(connection, "CP08", {"P3": "A", "P4": "F", "P5": "G", "P6": "H"})
    figure(connection, "CN01", {"RI": "I", "RJ": "J"})
    found = compared(connection, ilacs, {**NUMERATORS, "CP08": 6.0, "CN01": 6.0})
    assert found["list_7_and_the_profile"].reasons == {"with several open plans: CP08 counts each plan": 1}
    assert found["list_7_and_list_6"].reasons == {
        "on a plan whose child in need episode is closed": 1,
        "whose child in need episode is marked no further action": 1,
        "with no child in need episode in the six months": 1,
    }
    assert found["list_8_and_list_6"].reasons == {"left off list 6: care leaver": 1}
    assert found["list_8_and_list_6"].doubts == []  # by the list's definition, no fault
    assert found["list_6_and_the_profile"].reasons == {
        "left off list 6: care leaver": 1,
        "left off list 6: only the subject of a referral": 1,
    }
    assert set(found["list_7_and_list_6"].differences["child_id"]) == {"F", "G", "H"}
    assert len(found["list_7_and_list_6"].doubts) == 3


def test_a_difference_that_nothing_explains_makes_its_list_doubtful(
    connection: duckdb.DuckDBPyConnection, ilacs: Framework
) -> None:
    agreeing(connection)
    figure(connection, "LA01", {"Z": "Z"})
    found = compared(connection, ilacs, {**NUMERATORS, "LA01": 3.0})
    assert found["list_8_and_the_profile"].reasons == {NOT_EXPLAINED: 1}
    lists = {f"annex_a_list_{number}": made(connection, ilacs, number) for number in (6, 7, 8)}
    doubted = with_doubts(lists, list(found.values()))
    assert "List 8 and the profile: 1 not explained" in doubted["annex_a_list_8"].readiness.reasons
    assert doubted["annex_a_list_7"] is lists["annex_a_list_7"]


def test_what_has_no_figure_or_no_cases_could_not_be_compared_and_is_no_agreement(
    connection: duckdb.DuckDBPyConnection, ilacs: Framework
) -> None:
    agreeing(connection)
    found = compared(connection, ilacs, {"LA01": 9.0, "CN01": 4.0})
    assert found["list_7_and_the_profile"].could_not_because == "CP08 has no figure"
    assert found["list_8_and_the_profile"].could_not_because == "LA01 counts 9, but 2 of its cases are stored"
    assert all("could not be compared" in one for one in found["list_7_and_the_profile"].doubts)
    assert found["list_7_and_the_profile"].doubts


def test_a_comparison_of_a_list_that_is_not_carried_is_refused(
    connection: duckdb.DuckDBPyConnection, ilacs: Framework
) -> None:
    with pytest.raises(Problem, match="is not in the pack"):
        reconcile(connection, ilacs, {}, as_at=AS_AT, numerators=NUMERATORS)


def test_the_reconciliation_names_children_by_reference_and_each_comparison(
    connection: duckdb.DuckDBPyConnection, ilacs: Framework, tmp_path: Path
) -> None:
    agreeing(connection)
    found = list(compared(connection, ilacs, {"LA01": 2.0, "CN01": 4.0}).values())
    write_reconciliation(found, tmp_path / "r.xlsx", foot="as at", created=CREATED)
    book = openpyxl.load_workbook(tmp_path / "r.xlsx")
    told = {row[0]: row[1:] for row in book["Reconciliation"].iter_rows(min_row=2, values_only=True)}
    assert told["List 7 and list 6"] == ("children on list 7", 2, FITS, 2, 0, 0, None)
    assert told["List 7 and the profile"][-1] == "CP08 has no figure"
    assert told["List 7 and the profile"][1] is None
    differences = list(book["Differences"].iter_rows(min_row=2, values_only=True))
    assert differences == [
        ("List 8 and all open episodes of care", "D", 0, 1, "on short breaks (V3, V4), not looked after")
    ]
