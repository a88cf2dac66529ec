"""A rehearsal under a real Prefect server: it shows counts and titles, no reasons; a pack not built is a failure."""

from __future__ import annotations

import datetime
from pathlib import Path
from typing import Any

import pytest

import flows.prefect_support.prefect_environment
from flows.receiving.places import Folder

# isort: split
from prefect.client.schemas.objects import State
from prefect.utilities.callables import parameter_schema

import flows.nightly_rehearsal
from flows.nightly_rehearsal import as_flow, rehearsal
from flows.prefect_support.run_tasks import may_pass
from flows.publishing.run_nightly import run_nightly
from flows.settings import Settings
from tests.flows.conftest import FORENAME, NHS_NUMBER, PERSON, PrefectServer
from warehouse.england_time import LONDON
from warehouse.problem import Problem
from warehouse.store.ledger import Ledger
from warehouse.store.local_folder import LocalFolder

REASON = "not in the register"


@pytest.fixture
def settings(tiny_drop: Path, tmp_path: Path) -> Settings:
    """Of a store with one night's publication."""
    settings = Settings(store=str(tmp_path / "store"), authority_name="Exampleshire", rehearse="slac_2009")
    run_nightly(
        LocalFolder(tmp_path / "store"),
        drop=Folder(tiny_drop),
        settings=settings,
        started_at=datetime.datetime(2026, 11, 1, 4, 15, tzinfo=LONDON),
    )
    return settings


def test_a_rehearsal_shows_the_status_of_each_request_and_notifies_automations(
    prefect_server: PrefectServer, settings: Settings
) -> None:
    rehearsals = as_flow(settings)

    (one,) = rehearsals.results
    assert one.authority_name == "Exampleshire"
    assert REASON in Path(one.report).read_text(encoding="utf-8")
    run = prefect_server.rows(
        "SELECT run.id, run.state_type, state.message FROM flow_run AS run"
        " JOIN flow_run_state AS state ON state.id = run.state_id WHERE run.name LIKE 'rehearsal %'"
        " ORDER BY run.created DESC LIMIT 1"
    )
    assert run[0][1:] == ("COMPLETED", rehearsals.said)
    assert prefect_server.tasks_of("rehearsal %") == [
        ("freeze, gather, seal and throw away", "COMPLETED"),
        ("rehearsing slac_2009", "COMPLETED"),
        ("sending alerts", "COMPLETED"),
        ("show what happened", "COMPLETED"),
    ]
    shown = str(prefect_server.rows("SELECT data FROM artifact WHERE key LIKE 'rehearsal-%'"))
    assert one.asks[0].title in shown
    assert one.report in shown
    told = prefect_server.wait_for("SELECT payload FROM events WHERE event = 'daytwo.rehearsed'")
    assert one.run_id in str(told)
    assert prefect_server.wait_for(
        f"SELECT 1 FROM log WHERE flow_run_id = '{run[0][0]}' AND message LIKE '%Finished in state Completed%'"
    )
    kept = prefect_server.everything_kept()
    assert b"freezing what is known" in kept, "what is looked through is what Prefect keeps"
    for value in (FORENAME, NHS_NUMBER, PERSON, REASON):
        assert value.encode() not in kept


def test_a_pack_that_could_not_be_built_fails_the_run_and_reaches_the_command_line(
    prefect_server: PrefectServer, settings: Settings
) -> None:
    rehearsals = as_flow(Settings(store=settings.store, rehearse="slac_2008,slac_2009"))

    assert [one.state for one in rehearsals.results] == ["failed", "made"]
    ended = prefect_server.rows(
        "SELECT state.type, state.message FROM flow_run AS run JOIN flow_run_state AS state ON state.id = run.state_id"
        " WHERE run.name LIKE 'rehearsal %' ORDER BY run.created DESC LIMIT 1"
    )
    assert ended == [("FAILED", rehearsals.said)]
    assert prefect_server.tasks_of("rehearsal %")[1:3] == [
        ("rehearsing slac_2008", "FAILED"),
        ("rehearsing slac_2009", "COMPLETED"),
    ]
    assert prefect_server.wait_for('SELECT 1 FROM events WHERE payload LIKE \'%"not_made": ["slac_2008"]%\'')


def test_a_temporary_error_is_tried_again_and_the_result_compared_with_the_night_before(
    prefect_server: PrefectServer, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The published build cannot be read (a disk gives back something else), and can before the second attempt."""
    store = LocalFolder(Path(settings.store))
    night_before = as_flow(settings)
    build = store.root / "builds" / f"{Ledger(store).entries()[-1].body['restricted']}.duckdb"
    content = build.read_bytes()
    build.chmod(0o600)
    build.write_bytes(b"something else")

    def comes_back(task: Any, task_run: Any, state: State[Any]) -> bool:
        build.write_bytes(content)
        return may_pass(task, task_run, state)

    with monkeypatch.context() as patch:
        work = flows.nightly_rehearsal.freeze_gather_throw_away.with_options(
            retry_delay_seconds=0, retry_condition_fn=comes_back
        )
        patch.setattr(flows.nightly_rehearsal, "freeze_gather_throw_away", work)
        (one,) = as_flow(settings).results

    assert one.state == "made"
    assert one.since is not None
    assert one.since.run_id == night_before.run_id
    reports = {key.split("/")[1] for key in store.keys("runs") if "/rehearsal_" in key}
    assert reports == {night_before.run_id, one.run_id}


def test_a_rehearsal_under_way_refuses_a_second_one_without_trying_again(
    prefect_server: PrefectServer, settings: Settings
) -> None:
    with LocalFolder(Path(settings.store)).lock("rehearsal"), pytest.raises(Problem, match="Another run"):
        as_flow(settings)


def test_the_form_explains_every_field() -> None:
    form = parameter_schema(rehearsal).properties
    assert list(form) == ["store", "frameworks", "authority_name", "other_settings"]
    assert all(field.get("description") for field in form.values())
