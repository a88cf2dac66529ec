"""What the server does by itself: what it listens for, and what it runs then. That it does is in tests/integration."""

from __future__ import annotations

import datetime
import json
from typing import Any
from uuid import UUID, uuid5

import jinja2
import pytest

import flows.prefect_support.prefect_environment  # noqa: F401

# isort: split
from prefect.utilities.callables import parameter_schema

from deployments.automations import OURS, automations, flow_of
from deployments.schedules import NIGHTLY, NOTIFICATION, PLANNED, PULL, RUN_ONCE_MORE, Planned, after_a_crash

IDS = {planned.title: uuid5(UUID(int=0), planned.title) for planned in PLANNED}
MADE = {one.name.removeprefix(OURS): one.model_dump(mode="json") for one in automations(IDS)}
ASKED_FOR = datetime.datetime(2026, 11, 2, 9, 20, tzinfo=datetime.UTC)


def rendered(parameters: dict[str, Any], **context: Any) -> dict[str, Any]:
    """What Prefect's server makes of templated parameters: Jinja, then JSON."""
    environment = jinja2.Environment(autoescape=False)
    return {
        name: json.loads(environment.from_string(given["value"]["template"]).render(**context))
        for name, given in parameters.items()
    }


def once_more(planned: Planned) -> dict[str, Any]:
    return MADE[f"{planned.title} that crashed is run once more"]


@pytest.mark.parametrize("planned", RUN_ONCE_MORE, ids=lambda planned: planned.title)
def test_what_crashed_is_run_once_more_and_never_a_third_time(planned: Planned) -> None:
    [action] = once_more(planned)["actions"]
    again = IDS[after_a_crash(planned).title]
    assert action["deployment_id"] == str(again)
    for one in MADE.values():
        if "prefect.flow-run.Crashed" in one["trigger"]["expect"] and one["trigger"]["posture"] == "Reactive":
            assert f"prefect.deployment.{again}" not in str(one["trigger"]), "nothing follows a second crash"


@pytest.mark.parametrize("planned", RUN_ONCE_MORE, ids=lambda planned: planned.title)
def test_run_once_more_without_parameters_it_takes_what_the_flow_takes(planned: Planned) -> None:
    run = {"parameters": {}, "expected_start_time": ASKED_FOR}
    given = rendered(once_more(planned)["actions"][0]["parameters"], flow_run=run)
    usual = {name: one.get("default") for name, one in parameter_schema(flow_of(planned)).properties.items()}
    if planned is NOTIFICATION:
        usual["received"] = ASKED_FOR.isoformat()
    assert given == usual


def test_run_once_more_it_is_asked_for_what_it_was_asked_for_before() -> None:
    before = {
        "publishing": False,
        "as_at": "2026-10-31",
        "store": "s3://bucket/a 'quoted' name",
        "other_settings": {"threads": 1},
    }
    run = {"parameters": before, "expected_start_time": ASKED_FOR}
    given = rendered(once_more(NIGHTLY)["actions"][0]["parameters"], flow_run=run)
    assert before.items() <= given.items()
    received = rendered(
        once_more(NOTIFICATION)["actions"][0]["parameters"],
        flow_run={**run, "parameters": {"received": "2026-11-02T09:14"}},
    )
    assert received["received"] == "2026-11-02T09:14"


def test_the_rehearsal_follows_the_nightly_run_whether_it_published_or_failed_and_the_one_after_a_crash() -> None:
    trigger = MADE["the rehearsal follows each nightly run"]["trigger"]
    assert set(trigger["expect"]) == {f"prefect.flow-run.{name}" for name in ("Completed", "Failed", "TimedOut")}
    assert trigger["match_related"]["prefect.resource.id"] == [
        f"prefect.deployment.{IDS[one.title]}" for one in (NIGHTLY, after_a_crash(NIGHTLY))
    ]
    assert str(IDS[PULL.title]) not in str(trigger)


def test_a_notification_by_an_event_takes_the_events_own_moment_where_it_names_none() -> None:
    [action] = MADE["a notification that an event tells of"]["actions"]
    event = {"payload": {"framework": "slac_2009"}, "occurred": ASKED_FOR}
    assert rendered(action["parameters"], event=event) == {
        "framework": "slac_2009",
        "received": ASKED_FOR.isoformat(),
    }
    event["payload"] = {"received": "2026-11-02T09:14"}
    assert rendered(action["parameters"], event=event) == {"framework": "", "received": "2026-11-02T09:14"}
