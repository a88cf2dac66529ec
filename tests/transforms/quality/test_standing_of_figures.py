"""Marks on figures: a late or missing source marks every figure that uses it, directly or indirectly."""

from __future__ import annotations

import datetime
import shutil
from pathlib import Path
from typing import Any

import duckdb
import pytest

from flows.publishing.run_nightly import run_nightly
from flows.receiving.places import Folder
from flows.settings import Settings
from tests import small_council
from warehouse import catalogue
from warehouse.store.local_folder import LocalFolder


def late(drop: Path, source: str, as_at: str) -> None:
    (drop / source / "2026-10-31").rename(drop / source / as_at)


def built(folder: Path) -> duckdb.DuckDBPyConnection:
    outcome = run_nightly(
        LocalFolder(folder / "store"),
        drop=Folder(folder / "drop"),
        settings=Settings.read({}),
        started_at=small_council.NIGHT,
    )
    assert outcome.state == "published"
    return duckdb.connect(str(folder / "store" / "published" / "warehouse_restricted.duckdb"), read_only=True)


@pytest.fixture(scope="module")
def late_and_missing(tmp_path_factory: pytest.TempPathFactory) -> duckdb.DuckDBPyConnection:
    """Council and private fostering late, LADO never received, dental checks left out of health's newest delivery."""
    folder = tmp_path_factory.mktemp("late_and_missing")
    drop = small_council.write(folder / "drop")
    late(drop, "council", "2026-10-17")
    late(drop, "private_fostering", "2026-10-24")
    shutil.rmtree(drop / "lado")
    shutil.copytree(drop / "health" / "2026-10-31", drop / "health" / "2026-10-24")
    (drop / "health" / "2026-10-31" / "nhs_dental.csv").unlink()
    return built(folder)


@pytest.fixture(scope="module")
def case_system_late(tmp_path_factory: pytest.TempPathFactory) -> duckdb.DuckDBPyConnection:
    folder = tmp_path_factory.mktemp("case_system_late")
    late(small_council.write(folder / "drop"), "case_management", "2026-10-23")
    return built(folder)


def marks(connection: duckdb.DuckDBPyConnection) -> dict[str, tuple[Any, ...]]:
    """By indicator code: the mark, why it is not computable, and the tables of the drop that feed it."""
    return {
        code: (stale, because, {catalogue.by_name()[name].file for name in feeds.split(", ")})
        for code, stale, because, feeds in connection.execute(
            """
            SELECT DISTINCT indicator_code, stale_because, not_computable_because, feeds
            FROM profile.indicator_results JOIN profile.indicators USING (indicator_code)
            WHERE is_current AND (not_computable_because IS NULL OR not_computable_because <> 'no cases in the period')
            """
        ).fetchall()
    }


def test_a_late_source_marks_its_figures_and_the_rates_over_its_population(
    late_and_missing: duckdb.DuckDBPyConnection,
) -> None:
    found = marks(late_and_missing)
    council = "council as at 2026-10-17, 14 days older"
    assert found["AP02"][0] == council
    assert found["CP08"][0] == council, "a rate, over the population the council delivers"
    assert found["PF02"][0] == "private_fostering as at 2026-10-24, 7 days older"
    assert found["NI64"][0] is None, "nothing of the council's is in it"
    assert found["HE01"][0] is None


def test_a_late_source_marks_figures_that_use_tables_derived_from_its_own(
    case_system_late: duckdb.DuckDBPyConnection,
) -> None:
    found = marks(case_system_late)
    case_system = "case_management as at 2026-10-23, 8 days older"
    query = case_system_late.execute("SELECT query FROM profile.indicators WHERE indicator_code = 'LA01'").fetchone()
    assert query is not None
    assert "ssd_cla_episodes" not in query[0]
    assert "records.looked_after_episodes" not in query[0], "by way of profile.looked_after alone"
    assert found["LA01"][0] == case_system
    assert found["HE05"][0] == case_system
    assert found["AP02"][0] is None
    late_files = {table.file for table in catalogue.tables("records") if table.source == "case_management"}
    for code, (stale, _, feeds) in found.items():
        if stale is None or "was not received" not in stale:
            assert (stale == case_system) == bool(feeds & late_files), code


def test_a_source_that_never_came_leaves_its_figures_without_a_value_and_marked(
    late_and_missing: duckdb.DuckDBPyConnection,
) -> None:
    found = marks(late_and_missing)
    fed = {code: row for code, row in found.items() if "lado_log" in row[2]}
    assert len(fed) > 5
    for stale, because, _ in fed.values():
        assert stale == because == "lado_log was not received"
    shown = late_and_missing.execute(
        "SELECT count(value) FROM profile.indicator_results WHERE list_contains(?, indicator_code)", [list(fed)]
    ).fetchone()
    assert shown == (0,)


def test_a_table_left_out_of_the_newest_delivery_is_missing_with_the_day_it_last_arrived(
    late_and_missing: duckdb.DuckDBPyConnection,
) -> None:
    found = marks(late_and_missing)
    said = "nhs_dental was not received with the newest delivery of health (last as at 2026-10-24)"
    assert found["HE05"][:2] == (said, said)
    assert found["HE01"][1] is None, "the rest of the delivery is there"


def test_every_figure_of_a_table_that_did_not_arrive_is_marked(
    late_and_missing: duckdb.DuckDBPyConnection,
) -> None:
    arrived = {
        name
        for (name,) in late_and_missing.execute(
            "SELECT source_table FROM quality.arrivals WHERE status IN ('loaded', 'empty')"
        ).fetchall()
    }
    for code, (stale, because, feeds) in marks(late_and_missing).items():
        for missing in feeds - arrived:
            assert f"{missing} was not received" in stale, code
            assert because, code


def test_sources_from_the_same_week_mark_nothing(small_warehouse: Path) -> None:
    with duckdb.connect(str(small_warehouse), read_only=True) as connection:
        assert datetime.date(2026, 10, 31) == connection.execute("SELECT as_at FROM quality.run").fetchall()[0][0]
        for code, (stale, _, _) in marks(connection).items():
            assert stale is None or "was not received" in stale, code
