"""The review list: every partner row that matches no child, why, and which child it may belong to; decisions apply."""

from __future__ import annotations

import datetime

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.landing import empty_landing, land, land_rows
from transforms.records import review_list
from transforms.records.build_records import build_records
from transforms.records.match_partner_rows import APPLIED, CHILD_NOT_THERE, NOT_NEEDED, OVERTAKEN, ROW_NOT_THERE
from warehouse.store.decisions import MatchDecision

CHILDREN = """
pers_person_id | pers_dob   | pers_common_child_id | pers_legacy_id
P1             | 2012-02-03 | 9990000018           |
P2             | 2014-05-06 | 9990000026           | OLD2
P3             | 2015-05-06 | 9990000034           |
P4             | 2015-05-07 | 9990000034           |
P5             | 2016-06-06 | 9990000059           |
P6             |            | 9990000069           |
0019           | 2017-07-07 |                      |
"""


@pytest.fixture
def warehouse() -> duckdb.DuckDBPyConnection:
    connection = empty_landing()
    land(connection, "ssd_person", CHILDREN)
    return connection


def listed(connection: duckdb.DuckDBPyConnection) -> dict[str, tuple[str, str | None, str | None]]:
    """Reason, suggested child and why, by key."""
    rows = connection.execute(
        "SELECT key, reason, suggested_child_id, suggested_because FROM quality.unmatched_rows ORDER BY key"
    ).fetchall()
    declared = {value for name, value in vars(review_list).items() if name.isupper() and isinstance(value, str)}
    assert {row[1] for row in rows} <= declared
    return {key: (reason, child, because) for key, reason, child, because in rows}


def assessments(*rows: tuple[str, str | None, str | None, str | None]) -> list[list[str | None]]:
    return [[*row, "IHA", "COMPLETED", "2026-01-05"] for row in rows]


ASSESSMENT = ["request_id", "nhs_number", "local_child_id", "dob", "assessment_kind", "outcome", "date_la_notified"]


@pytest.mark.parametrize(
    ("number", "local_id", "born_on", "reason", "child", "because"),
    [
        (None, None, "2012-02-03", review_list.NUMBER_BLANK, None, None),
        ("9990000018x", None, "2012-02-03", review_list.NUMBER_FAILS, None, None),
        ("9990000107", None, "2012-02-03", review_list.NUMBER_OF_NOBODY, None, None),
        ("9990000019", None, "2012-02-03", review_list.DIGIT_WRONG, "P1",
         "NHS number with one digit different, same date of birth"),
        ("999 000 0108", None, "2012-02-03", review_list.DIGITS_SWAPPED, "P1",
         "NHS number with two neighbouring digits swapped, same date of birth"),
        ("9990000019", None, "2012-02-04", review_list.NUMBER_FAILS, None, None),
        ("9990000016", None, None, review_list.NUMBER_FAILS, None, None),
        ("9990000318", None, None, review_list.NUMBER_FAILS, "P1",
         "NHS number with one digit different, no date of birth to compare"),
        # The case system's own number may be the wrong one: P5's fails its check digit.
        ("9990000050", None, "2016-06-06", review_list.DIGIT_WRONG, "P5",
         "NHS number with one digit different, same date of birth"),
        ("9990000059", None, "2016-06-06", review_list.NUMBER_FAILS, "P5",
         "same NHS number, which fails its check digit, same date of birth"),
        # P6 has no date of birth on file, so nothing confirms a row that has one.
        ("9990000068", None, "2012-01-01", review_list.NUMBER_FAILS, None, None),
        ("9990000034", None, "2015-05-06", review_list.NUMBER_OF_SEVERAL, "P3",
         "one of the children with that NHS number, same date of birth"),
        ("9990000034", None, "2015-05-08", review_list.NUMBER_OF_SEVERAL, None, None),
        (None, "P2", "2014-05-07", review_list.BIRTH_DIFFERS, "P2", "same local id, but the date of birth differs"),
        (None, "P2", None, review_list.NUMBER_BLANK, "P2", "same local id, no date of birth to compare"),
        (None, "OLD2", "2014-05-06", review_list.NUMBER_BLANK, "P2",
         "same id in an earlier system, same date of birth"),
        (None, "19", "2017-07-07", review_list.NUMBER_BLANK, "0019",
         "same id except for leading zeros or capitals, same date of birth"),
        ("9990000107", "P2", "2014-05-06", review_list.NUMBER_OF_NOBODY, "P2", "same local id, same date of birth"),
        # The number is unknown and the date of birth differs, so nothing suggests P2.
        ("9990000107", "P2", "2014-05-07", review_list.NUMBER_OF_NOBODY, None, None),
        # The local id points to one child, the digits to another: no suggestion.
        ("9990000019", "P2", "2012-02-03", review_list.NUMBER_FAILS, None, None),
        (None, "P9", "2014-05-06", review_list.NUMBER_BLANK, None, None),
    ],
)  # fmt: skip
def test_why_a_trusts_row_waits_and_which_child_it_may_belong_to(
    warehouse: duckdb.DuckDBPyConnection,
    number: str | None,
    local_id: str | None,
    born_on: str | None,
    reason: str,
    child: str | None,
    because: str | None,
) -> None:
    land_rows(warehouse, "nhs_health_assessments", ASSESSMENT, assessments(("H1", number, local_id, born_on)))
    build_records(warehouse)
    assert listed(warehouse) == {"H1": (reason, child, because)}
    matched = warehouse.execute("SELECT matched_child_id FROM records.trust_health_assessments").fetchall()
    assert matched == [(None,)], "a suggestion is never a match"


def test_two_children_a_digit_away_are_no_suggestion() -> None:
    connection = empty_landing()
    land(
        connection,
        "ssd_person",
        """
        pers_person_id | pers_dob   | pers_common_child_id
        P1             | 2012-02-03 | 9990000018
        P2             | 2012-02-03 | 9990000115
        """,
    )
    land_rows(connection, "nhs_health_assessments", ASSESSMENT, assessments(("H1", "9990000118", None, "2012-02-03")))
    build_records(connection)
    assert listed(connection) == {"H1": (review_list.NUMBER_FAILS, None, None)}


LADO = """
lado_ref | subject_ref | date_contact | child_ids | child_other_la
L1       | S1          | 2026-01-01   | P1; P2    | N
L2       | S1          | 2026-01-02   |           |
L3       | S1          | 2026-01-03   | P1; Z9;Z9 | N
L4       | S1          | 2026-01-04   | Z8        | Y
L5       | S1          | 2026-01-05   | 19;OLD2   |
L6       | S1          | 2026-01-06   | 19;Z7     |
"""

FOSTERING = """
pf_ref | child_id | date_notified
PF1    | P1       | 2026-01-01
PF2    | 19       | 2026-01-02
PF3    |          | 2026-01-03
PF4    | Z9       | 2026-01-04
"""


def test_allegations_and_arrangements_that_name_a_missing_child_wait(
    warehouse: duckdb.DuckDBPyConnection,
) -> None:
    land(warehouse, "lado_log", LADO)
    land(warehouse, "private_fostering", FOSTERING)
    build_records(warehouse)
    assert listed(warehouse) == {
        "L3": (review_list.ID_NOT_THERE, None, None),
        "L4": (review_list.OF_ANOTHER_AUTHORITY, None, None),
        "L5": (
            review_list.ID_NOT_THERE,
            "0019;P2",
            "same id except for leading zeros or capitals; same id in an earlier system",
        ),
        "L6": (review_list.ID_NOT_THERE, None, None),
        "PF2": (review_list.ID_NOT_THERE, "0019", "same id except for leading zeros or capitals"),
        "PF3": (review_list.ID_BLANK, None, None),
        "PF4": (review_list.ID_NOT_THERE, None, None),
    }
    found = warehouse.execute(
        "SELECT key, happened_on::VARCHAR, ids_not_found, extract_id, row_number FROM quality.unmatched_rows"
        " WHERE key IN ('L3', 'L6', 'PF3') ORDER BY 1"
    ).fetchall()
    assert found == [
        ("L3", "2026-01-03", "Z9", "lado_log-hash", 4),
        ("L6", "2026-01-06", "19;Z7", "lado_log-hash", 7),
        ("PF3", "2026-01-03", None, "private_fostering-hash", 4),
    ]
    named = warehouse.execute("SELECT lado_ref, matched_child_ids FROM records.allegations ORDER BY 1").fetchall()
    assert named == [("L1", "P1;P2"), ("L2", None), ("L3", "P1"), ("L4", None), ("L5", None), ("L6", None)]


def test_rows_whose_file_lacks_the_columns_to_match_by_still_have_a_reason(
    warehouse: duckdb.DuckDBPyConnection,
) -> None:
    land(warehouse, "nhs_dental", "row_id | status\nD1 | CHECKED")
    land(warehouse, "lado_log", "lado_ref | date_contact\nL1 | 2026-01-01")
    land(warehouse, "private_fostering", "pf_ref | date_notified\nPF1 | 2026-01-01")
    build_records(warehouse)
    assert listed(warehouse) == {
        "D1": (review_list.NUMBER_BLANK, None, None),
        "PF1": (review_list.ID_BLANK, None, None),
    }


def test_if_the_case_system_delivered_no_children_every_row_waits() -> None:
    connection = empty_landing()
    land(connection, "nhs_dental", "row_id | nhs_number | status\nD1 | 9990000018 | CHECKED")
    land(connection, "private_fostering", FOSTERING)
    build_records(connection)
    assert {key: row[0] for key, row in listed(connection).items()} == {
        "D1": review_list.NUMBER_OF_NOBODY,
        "PF1": review_list.ID_NOT_THERE,
        "PF2": review_list.ID_NOT_THERE,
        "PF3": review_list.ID_BLANK,
        "PF4": review_list.ID_NOT_THERE,
    }


def test_a_row_set_aside_does_not_wait(warehouse: duckdb.DuckDBPyConnection) -> None:
    land(warehouse, "lado_log", "lado_ref | date_contact | child_ids\nL1 | | Z9\nL2 | 2026-01-01 | Z9")
    build_records(warehouse)
    assert set(listed(warehouse)) == {"L2"}


AT = datetime.datetime(2026, 11, 3, 9, 0, tzinfo=datetime.UTC)


def decided(table: str, key: str, *children: str) -> MatchDecision:
    return MatchDecision(table, key, children, "A Analyst", "seen with the partner", AT, 7)


def test_a_decision_is_applied_and_the_row_no_longer_waits(warehouse: duckdb.DuckDBPyConnection) -> None:
    land(warehouse, "lado_log", LADO)
    land(warehouse, "private_fostering", FOSTERING)
    land(warehouse, "nhs_dental", "row_id | nhs_number | status\nD1 | | CHECKED\nD2 | 9990000019 | CHECKED")
    build_records(
        warehouse,
        decisions=[
            decided("lado_log", "L3"),
            decided("lado_log", "L6", "0019", "P1"),
            decided("nhs_dental", "D1", "P2"),
            decided("nhs_dental", "D2"),
            decided("private_fostering", "PF4", "P3"),
        ],
    )
    assert set(listed(warehouse)) == {"L4", "L5", "PF2", "PF3"}
    assert warehouse.execute("SELECT DISTINCT outcome FROM quality.decisions").fetchall() == [(APPLIED,)]
    assert warehouse.execute("SELECT row_id, matched_child_id FROM records.trust_dental_checks").fetchall() == [
        ("D1", "P2"),
        ("D2", None),
    ]
    fostered = "SELECT child_id FROM records.private_fostering_arrangements WHERE pf_ref = 'PF4'"
    assert warehouse.execute(fostered).fetchall() == [("P3",)]
    alleged = "SELECT matched_child_ids FROM records.allegations WHERE lado_ref IN ('L3', 'L6') ORDER BY lado_ref"
    assert warehouse.execute(alleged).fetchall() == [("P1",), ("0019;P1",)]


def test_a_decision_for_a_missing_child_waits_and_says_so(warehouse: duckdb.DuckDBPyConnection) -> None:
    land(warehouse, "lado_log", LADO)
    land(warehouse, "nhs_dental", "row_id | nhs_number | status\nD1 | | CHECKED")
    build_records(warehouse, decisions=[decided("lado_log", "L3", "P2", "Z9"), decided("nhs_dental", "D1", "P9")])
    assert listed(warehouse)["D1"][0] == review_list.DECIDED_FOR_NOBODY
    assert listed(warehouse)["L3"][0] == review_list.DECIDED_FOR_NOBODY
    assert warehouse.execute("SELECT DISTINCT outcome FROM quality.decisions").fetchall() == [(CHILD_NOT_THERE,)]
    alleged = "SELECT matched_child_ids FROM records.allegations WHERE lado_ref = 'L3'"
    assert warehouse.execute(alleged).fetchall() == [("P1",)], "not half of a decision"


def test_a_row_that_now_matches_automatically_ignores_the_decision(warehouse: duckdb.DuckDBPyConnection) -> None:
    """After a corrected number, or a key reused for another child, the automatic match applies; the outcome says so."""
    land(
        warehouse,
        "nhs_dental",
        """
        row_id | nhs_number | status
        D1     | 9990000018 | CHECKED
        D2     | 9990000018 | CHECKED
        D3     | 9990000018 | CHECKED
        """,
    )
    land(warehouse, "lado_log", LADO)
    build_records(
        warehouse,
        decisions=[
            decided("lado_log", "L1", "P2"),
            decided("lado_log", "L2"),
            decided("nhs_dental", "D1", "P1"),
            decided("nhs_dental", "D2", "P2"),
            decided("nhs_dental", "D3"),
            decided("nhs_dental", "D9", "P1"),
            decided("nhs_sdq", "S1", "P1"),
        ],
    )
    assert dict(warehouse.execute("SELECT key, outcome FROM quality.decisions").fetchall()) == {
        "L1": NOT_NEEDED,
        "L2": NOT_NEEDED,
        "D1": NOT_NEEDED,
        "D2": OVERTAKEN,
        "D3": OVERTAKEN,
        "D9": ROW_NOT_THERE,
        "S1": ROW_NOT_THERE,
    }
    assert warehouse.execute("SELECT DISTINCT matched_child_id FROM records.trust_dental_checks").fetchall() == [
        ("P1",)
    ]


def valid(nine: int) -> str | None:
    digits = f"{nine:09d}"
    check = (11 - sum(int(digit) * (10 - place) for place, digit in enumerate(digits)) % 11) % 11
    return None if check == 10 else f"{digits}{check}"


@settings(max_examples=40, deadline=None)
@given(st.lists(st.integers(400_000_000, 400_000_030), min_size=1, max_size=6), st.integers(0, 9), st.integers(0, 9))
def test_a_suggestion_by_digits_is_the_one_a_plain_reading_finds(nines: list[int], place: int, digit: int) -> None:
    """For every number with one digit replaced, compared digit by digit with every child's number."""
    numbers = {f"P{nth}": number for nth, nine in enumerate(nines) if (number := valid(nine))}
    if not numbers:
        return
    first = next(iter(numbers.values()))
    received = first[:place] + str(digit) + first[place + 1 :]
    connection = empty_landing()
    land_rows(
        connection, "ssd_person", ["pers_person_id", "pers_common_child_id"], [list(pair) for pair in numbers.items()]
    )
    land_rows(connection, "nhs_dental", ["row_id", "nhs_number", "status"], [["D1", received, "CHECKED"]])
    build_records(connection)

    def near(number: str) -> bool:
        differ = [here for here in range(10) if number[here] != received[here]]
        if len(differ) != 2:
            return len(differ) == 1
        one, two = differ
        return two == one + 1 and number[one] == received[two] and number[two] == received[one]

    candidates = [child for child, number in numbers.items() if near(number)]
    row = listed(connection).get("D1")
    if received in numbers.values():
        assert row is None or row[:2] == (review_list.NUMBER_OF_SEVERAL, None)
    else:
        assert row is not None
        assert row[1] == (candidates[0] if len(candidates) == 1 else None)
