"""What a warehouse says, beside what the naive oracle says of the same drop."""

from __future__ import annotations

import duckdb
import pytest

from tests.oracle import naive
from tests.oracle.naive import Council, Which

NOT_RECORDED = "not recorded"
LETTERS = {
    "key is missing": "a",
    "key is repeated": "a",
    "child or record not given": "b",
    "child or record not found": "b",
    "event date is blank": "c",
    "event date cannot be read": "c",
}


def assert_agreement(connection: duckdb.DuckDBPyConnection, council: Council) -> None:
    """The figures, what they are also measured as, and the rows set aside."""
    assert_figures_agree(connection, council)
    assert_what_stands_beside_agrees(connection, council)
    assert_rows_set_aside_agree(connection, council)


def assert_figures_agree(connection: duckdb.DuckDBPyConnection, council: Council) -> None:
    """Every current figure of the oracle's indicators: numerator, denominator and value."""
    rows = connection.execute(
        "SELECT indicator_code, period_kind, ends_on, numerator, denominator, value FROM profile.indicator_results"
        " WHERE is_current"
    ).fetchall()
    found = {row[:3]: row[3:] for row in rows}
    expected = naive.measure(council)
    assert found.keys() == expected.keys()
    for which, (numerator, denominator, value) in expected.items():
        assert found[which][0] == pytest.approx(numerator), which
        if denominator is not None:
            assert found[which][1] == pytest.approx(denominator), which
        assert found[which][2] == (None if value is None else pytest.approx(value)), which


def assert_what_stands_beside_agrees(connection: duckdb.DuckDBPyConnection, council: Council) -> None:
    """Who is open and already late, the other reading's numerator, and the groups of a figure."""
    rows = connection.execute(
        "SELECT indicator_code, period_kind, ends_on, open_and_late, numerator_beside FROM profile.indicator_results"
        " WHERE is_current"
    ).fetchall()
    late = {row[:3]: row[3] for row in rows}
    for which, number in naive.open_and_late(council).items():
        assert late[which] == number, which
    beside = {row[:3]: row[4] or 0 for row in rows}
    for which, numerator in naive.beside(council).items():
        assert beside[which] == pytest.approx(numerator), which
    groups: dict[Which, dict[str, float]] = {}
    for row in connection.execute(
        "SELECT indicator_code, period_kind, ends_on, breakdown, CASE indicator_code WHEN 'CL01' THEN denominator"
        " ELSE numerator END FROM profile.indicator_breakdowns WHERE is_current"
    ).fetchall():
        groups.setdefault(row[:3], {})[row[3]] = row[4]
    for which, counted in naive.broken_down(council).items():
        expected = {group or NOT_RECORDED: number for group, number in counted.items()}
        assert groups.get(which, {}) == expected, which


def assert_rows_set_aside_agree(connection: duckdb.DuckDBPyConnection, council: Council) -> None:
    """Every row set aside, for its first cause."""
    found = {
        (table, row, LETTERS[rule])
        for table, row, rule in connection.execute(
            "SELECT source_table, row_number, rule FROM quality.rejected_rows"
        ).fetchall()
    }
    assert found == council.set_aside
