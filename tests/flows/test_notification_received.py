"""A notification under a real Prefect server: the pack is sealed, its status shown, and the form is clear."""

from __future__ import annotations

import datetime
from pathlib import Path

import pytest

import flows.prefect_support.prefect_environment  # noqa: F401
from flows.receiving.places import Folder

# isort: split
from prefect.utilities.callables import parameter_schema

from flows.notification_received import as_flow, notification_received, received_moment
from flows.publishing.run_nightly import run_nightly
from flows.settings import Settings
from tests.flows.conftest import FORENAME, NHS_NUMBER, PERSON, PrefectServer
from transforms.evidence.framework import framework_ids
from warehouse.england_time import LONDON
from warehouse.problem import Problem
from warehouse.store.local_folder import LocalFolder

RECEIVED = datetime.datetime(2026, 11, 2, 9, 14, tzinfo=LONDON)


def test_a_notification_seals_a_draft_and_shows_the_status_of_each_request(
    prefect_server: PrefectServer, tiny_drop: Path, tmp_path: Path
) -> None:
    settings = Settings(drop=str(tiny_drop), store=str(tmp_path / "store"), authority_name="Exampleshire")
    run_nightly(
        LocalFolder(Path(settings.store_named())),
        drop=Folder(tiny_drop),
        settings=settings,
        started_at=datetime.datetime(2026, 11, 1, 4, 15, tzinfo=LONDON),
    )

    answer = as_flow(settings, framework="slac_2009", received_at=RECEIVED, as_known_on=None)

    assert answer.state == "sealed"
    assert answer.folder is not None
    assert (Path(answer.folder) / "manifest-sha256.txt").is_file()
    run = prefect_server.rows("SELECT state_type FROM flow_run WHERE name = 'slac_2009 received 2026-11-02 09:14'")
    assert run == [("COMPLETED",)]
    assert prefect_server.tasks_of("slac_2009 received 2026-11-02 09:14") == [
        ("freeze, gather and seal", "COMPLETED"),
        ("freezing what is known", "COMPLETED"),
        ("gathering the pack", "COMPLETED"),
        ("sealing", "COMPLETED"),
        ("keeping the pack", "COMPLETED"),
        ("show what happened", "COMPLETED"),
    ]
    shown = str(prefect_server.rows("SELECT data FROM artifact WHERE key LIKE 'draft-pack%'"))
    assert answer.content_hash in shown
    assert answer.asks[0]["title"] in shown
    assert prefect_server.wait_for("SELECT 1 FROM events WHERE event = 'daytwo.sealed'")
    assert prefect_server.wait_for(
        "SELECT 1 FROM log JOIN flow_run AS run ON run.id = log.flow_run_id"
        " WHERE run.name LIKE 'slac_2009%' AND log.message LIKE '%Finished in state Completed%'"
    )
    kept = prefect_server.everything_kept()
    for value in (FORENAME, NHS_NUMBER, PERSON):
        assert value.encode() not in kept


def test_before_anything_is_published_the_problem_reaches_the_command_line(
    prefect_server: PrefectServer, tmp_path: Path
) -> None:
    with pytest.raises(Problem, match="Nothing has been published yet"):
        as_flow(Settings(store=str(tmp_path)), framework="slac_2009", received_at=RECEIVED, as_known_on=None)


def test_the_form_lets_a_person_choose_the_framework_and_the_moment() -> None:
    form = parameter_schema(notification_received).properties
    assert form["framework"]["enum"] == list(framework_ids())
    assert {"format": "date-time", "type": "string"} in form["received"]["anyOf"]
    assert all(field.get("description") for field in form.values())


def test_without_a_moment_the_notification_arrived_when_the_run_was_requested() -> None:
    due = datetime.datetime(2026, 11, 2, 9, 20, tzinfo=datetime.UTC)
    assert received_moment(None, due) == due
    assert received_moment(datetime.datetime(2026, 7, 1, 9, 0), due).utcoffset() == datetime.timedelta(hours=1)  # noqa: DTZ001
