"""The pull under a real Prefect server: it keeps only counts, and a source that fails makes the run fail."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from flows import weekly_pull as pull
from flows.receiving.pull_extracts import Pulled
from flows.settings import Settings
from flows.weekly_pull import as_flow
from tests.flows.conftest import FORENAME, PERSON, PrefectServer
from warehouse.problem import Problem, TransientFault
from warehouse.store.ledger import Ledger
from warehouse.store.local_folder import LocalFolder


@pytest.fixture
def settings(tiny_drop: Path, tmp_path: Path) -> Settings:
    """The tiny drop's source as a share, with a file in it that somebody named after a child."""
    share = tiny_drop / "case_management"
    (share / "2026-10-31" / f"{FORENAME}.csv").write_text("a\n1\n")
    (tmp_path / "sources.toml").write_text(
        f'[case_management]\nkind = "folder"\nplace = "{share}"\n[health]\nkind = "folder"\nplace = "/no/such/share"\n'
    )
    return Settings(
        store=str(tmp_path / "store"), sources=str(tmp_path / "sources.toml"), cache=str(tmp_path / "cache")
    )


def test_a_run_receives_what_it_can_fails_if_a_source_failed_and_shows_counts(
    prefect_server: PrefectServer, settings: Settings
) -> None:
    pulled = as_flow(settings, [], None)

    assert [(source.name, len(source.received), source.problem is None) for source in pulled.sources] == [
        ("case_management", 3, True),
        ("health", 0, False),
    ]
    assert len(Ledger(LocalFolder(Path(settings.store))).entries()) == 3
    ended = prefect_server.rows("SELECT state_type FROM flow_run WHERE name LIKE 'pull %'")
    assert ended == [("FAILED",)]
    assert prefect_server.tasks_of("pull %") == [
        ("fetch and receive", "COMPLETED"),
        ("pulling case_management", "COMPLETED"),
        ("pulling health", "FAILED"),
        ("show what happened", "COMPLETED"),
        ("sending alerts", "COMPLETED"),
    ]
    tables = prefect_server.rows("SELECT data FROM artifact WHERE key = 'pull-report' ORDER BY created DESC LIMIT 1")
    rows: list[dict[str, Any]] = json.loads(json.loads(str(tables[0][0])))
    assert [(row["source"], row["received"], row["pulled"]) for row in rows] == [
        ("case_management", 3, "yes"),
        ("health", 0, "no"),
    ]
    assert prefect_server.wait_for("SELECT event FROM events WHERE event = 'daytwo.pulled'")
    kept = prefect_server.everything_kept()
    assert FORENAME.encode() not in kept
    assert PERSON.encode() not in kept

    assert as_flow(settings, ["case_management"], None).sources[0].known == 3
    ended = prefect_server.rows("SELECT state_type FROM flow_run WHERE name LIKE 'pull %' ORDER BY created")
    assert [state for (state,) in ended] == ["FAILED", "COMPLETED"]


def test_a_temporary_error_is_tried_again_and_the_final_result_is_reported(
    prefect_server: PrefectServer, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    attempts: list[int] = []
    whole = pull.plain.pull_extracts

    def failing_twice(*given: Any, **named: Any) -> Pulled:
        attempts.append(1)
        pulled = whole(*given, **named)
        if len(attempts) < 3:
            failed = pull.plain.PulledSource("health", "folder", problem=TransientFault("The server broke off."))
            return Pulled((pulled.sources[0], failed))
        return pulled

    monkeypatch.setattr(pull.plain, "pull_extracts", failing_twice)
    monkeypatch.setattr(pull, "fetch_and_receive", pull.fetch_and_receive.with_options(retry_delay_seconds=[0.0, 0.0]))
    assert as_flow(settings, ["case_management"], None).failed == ()
    assert len(attempts) == 3


def test_a_pull_that_cannot_begin_is_a_problem_that_says_why(prefect_server: PrefectServer, settings: Settings) -> None:
    with pytest.raises(Problem, match="No source of this name"):
        as_flow(settings, ["haelth"], None)
