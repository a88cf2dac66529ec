"""The whole nightly run and the naive oracle agree on invented councils: figures and rows set aside, CSV and XLSX."""

from __future__ import annotations

import datetime
from pathlib import Path

import duckdb
import pytest

from flows.run_nightly import run_nightly
from flows.settings import Settings
from tests.oracle import naive
from tests.small_council import NIGHT
from transforms.invented_council import write_drop
from warehouse.evidence_store import LocalFolder

AS_AT = datetime.date(2026, 10, 31)
LETTERS = {
    "key is missing": "a",
    "key is repeated": "a",
    "whom it is about is missing": "b",
    "whom it is about is not there": "b",
    "event date is blank": "c",
    "event date cannot be read": "c",
}


@pytest.mark.parametrize("seed", [11, 12, 13])
def test_figures_and_rows_set_aside_are_the_naive_ones(seed: int, tmp_path: Path) -> None:
    drop = tmp_path / "drop"
    write_drop(drop, children=900, as_at=AS_AT, seed=seed)
    outcome = run_nightly(
        LocalFolder(tmp_path / "store"), drop=drop, settings=Settings.read({}, settle_seconds=0.0), started_at=NIGHT
    )
    assert outcome.state == "published"
    with duckdb.connect(str(outcome.warehouse), read_only=True) as connection:
        found = {
            row[:3]: row[3:]
            for row in connection.execute(
                "SELECT indicator_code, period_kind, ends_on, numerator, denominator, value"
                " FROM profile.indicator_results WHERE is_current"
            ).fetchall()
        }
        aside = {
            (table, row, LETTERS[rule])
            for table, row, rule in connection.execute(
                "SELECT source_table, row_number, rule FROM quality.rejected_rows"
            ).fetchall()
        }
    assert aside == naive.set_aside(drop, AS_AT)
    expected = naive.measure(drop, AS_AT)
    assert found.keys() == expected.keys()
    for which, (numerator, denominator, value) in expected.items():
        assert found[which][0] == pytest.approx(numerator), which
        if denominator is not None:
            assert found[which][1] == pytest.approx(denominator), which
        assert found[which][2] == (None if value is None else pytest.approx(value)), which
