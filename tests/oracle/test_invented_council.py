"""The naive oracle agrees on invented councils: with the whole night on one, with the machine alone on others."""

from __future__ import annotations

import datetime
from pathlib import Path

import duckdb
import pytest

from flows.demo.invented_council import write_drop
from flows.publishing.run_nightly import run_nightly
from flows.receiving.places import Folder
from flows.settings import Settings
from tests.oracle import naive
from tests.oracle.agreement import assert_agreement
from tests.oracle.real_machine import measured
from tests.small_council import NIGHT
from warehouse.store.local_folder import LocalFolder

pytestmark = pytest.mark.slow

AS_AT = datetime.date(2026, 10, 31)


def test_figures_and_rows_set_aside_of_a_night_are_the_naive_ones(tmp_path: Path) -> None:
    drop = tmp_path / "drop"
    write_drop(drop, children=600, as_at=AS_AT, seed=11)
    outcome = run_nightly(
        LocalFolder(tmp_path / "store"),
        drop=Folder(drop),
        settings=Settings.read({}, settle_seconds=0.0),
        started_at=NIGHT,
    )
    assert outcome.state == "published"
    with duckdb.connect(str(outcome.warehouse), read_only=True) as connection:
        assert_agreement(connection, naive.Council(drop, AS_AT))


@pytest.mark.parametrize(("seed", "as_at"), [(12, AS_AT), (13, datetime.date(2026, 3, 31))], ids=str)
def test_figures_and_rows_set_aside_are_the_naive_ones(seed: int, as_at: datetime.date, tmp_path: Path) -> None:
    write_drop(tmp_path, children=400, as_at=as_at, seed=seed)
    assert_agreement(measured(tmp_path, as_at, naive.INDICATORS), naive.Council(tmp_path, as_at))
