"""What Prefect's server does by itself: it finds runs whose process is gone and runs them once more, starts the
rehearsal when a nightly run has ended, and answers a notification when an event reports one.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from importlib import import_module
from typing import Any
from uuid import UUID

from flows.prefect_support.prefect_environment import TELEMETRY_OFF

# isort: split
from prefect import Flow
from prefect.automations import AutomationCore
from prefect.utilities.callables import parameter_schema

from deployments.schedules import NIGHTLY, NOTIFICATION, REHEARSAL, RUN_ONCE_MORE, Planned, after_a_crash

assert TELEMETRY_OFF  # importing it before prefect turns telemetry off

TAG = "daytwo"
# Automations whose name begins like this belong to the registration, which removes those no longer planned.
OURS = "daytwo: "
NOTIFICATION_EVENT = "daytwo.notification"
# The shortest Prefect allows. Every deployment sets it in its own environment, whatever the worker's says.
HEARTBEAT_SECONDS = 30
# Three heartbeats: one may be late on a busy machine.
GONE_AFTER_SECONDS = 3 * HEARTBEAT_SECONDS
# A process takes about ten seconds to start, or a minute on a machine that has just started.
NEVER_BEGAN_AFTER_SECONDS = 10 * 60

_ENDED = ("Completed", "Failed", "TimedOut", "Crashed", "Cancelled")
_ANY_RUN = {"prefect.resource.id": "prefect.flow-run.*"}
_OF_OURS = {"prefect.resource.role": "tag", "prefect.resource.id": f"prefect.tag.{TAG}"}
# What a repeated run uses for an empty parameter: a notification without a moment came when its first run was
# requested, not when it was run again.
_INSTEAD_OF_NONE = {"received": "flow_run.expected_start_time.isoformat()"}


def automations(ids: Mapping[str, UUID]) -> list[AutomationCore]:
    """Every planned automation.

    Args:
        ids: of the deployments, by title.
    """
    made = [_gone(), _never_began()]
    made += [_once_more(planned, ids) for planned in RUN_ONCE_MORE]
    made += [_rehearsal(ids), _notification(ids)]
    return [AutomationCore.model_validate({**one, "name": OURS + one["name"]}) for one in made]


def flow_of(planned: Planned) -> Flow[..., object]:
    """The flow a deployment runs."""
    module, _, name = planned.flow.partition(":")
    found: Flow[..., object] = getattr(import_module(module), name)
    return found


def _gone() -> dict[str, Any]:
    return {
        "name": "a run without a heartbeat has crashed",
        "description": "Its process, its worker or its machine is gone, so nothing else would report that it ended.",
        "trigger": _absence(after="heartbeat", expect=("heartbeat", *_ENDED), within=GONE_AFTER_SECONDS),
        "actions": [_crashed(f"No heartbeat for {GONE_AFTER_SECONDS} seconds: its process is gone.")],
    }


def _never_began() -> dict[str, Any]:
    minutes = NEVER_BEGAN_AFTER_SECONDS // 60
    return {
        "name": "a run that was taken and never began has crashed",
        "description": "Its worker stopped between taking it and starting it.",
        "trigger": _absence(
            after="Pending",
            expect=("Running", "AwaitingConcurrencySlot", *_ENDED),
            within=NEVER_BEGAN_AFTER_SECONDS,
        ),
        "actions": [_crashed(f"Taken by a worker and not begun within {minutes} minutes.")],
    }


def _once_more(planned: Planned, ids: Mapping[str, UUID]) -> dict[str, Any]:
    parameters = parameter_schema(flow_of(planned)).properties
    return {
        "name": f"{planned.title} that crashed is run once more",
        "description": "Only once: no automation listens to the deployment it runs.",
        "trigger": _end("Crashed", of=(planned,), ids=ids),
        "actions": [
            _run(
                after_a_crash(planned),
                ids,
                **{name: _same(name, known.get("default")) for name, known in parameters.items()},
            )
        ],
    }


def _rehearsal(ids: Mapping[str, UUID]) -> dict[str, Any]:
    return {
        "name": "the rehearsal follows each nightly run",
        "description": "Whether it published or failed: the rehearsal shows how ready the packs are now.",
        "trigger": _end("Completed", "Failed", "TimedOut", of=(NIGHTLY, after_a_crash(NIGHTLY)), ids=ids),
        "actions": [_run(REHEARSAL, ids)],
    }


def _notification(ids: Mapping[str, UUID]) -> dict[str, Any]:
    return {
        "name": "a notification that an event tells of",
        "description": f"An event {NOTIFICATION_EVENT} with framework, and received if known, in its payload.",
        "trigger": {"type": "event", "posture": "Reactive", "expect": [NOTIFICATION_EVENT], "threshold": 1},
        "actions": [
            _run(
                NOTIFICATION,
                ids,
                framework=_template("event.payload.framework or ''"),
                received=_template("event.payload.received or event.occurred.isoformat()"),
            )
        ],
    }


def _absence(*, after: str, expect: tuple[str, ...], within: int) -> dict[str, Any]:
    """A trigger that fires when one of our runs has none of the expected states or heartbeats in time (seconds)."""
    return {
        "type": "event",
        "posture": "Proactive",
        "match": _ANY_RUN,
        "match_related": _OF_OURS,
        "for_each": ["prefect.resource.id"],
        "after": [f"prefect.flow-run.{after}"],
        "expect": [f"prefect.flow-run.{name}" for name in expect],
        "threshold": 1,
        "within": within,
    }


def _end(*states: str, of: tuple[Planned, ...], ids: Mapping[str, UUID]) -> dict[str, Any]:
    """A trigger that fires when a run of one of the deployments ends in one of these states."""
    return {
        "type": "event",
        "posture": "Reactive",
        "match": _ANY_RUN,
        "match_related": {
            "prefect.resource.role": "deployment",
            "prefect.resource.id": [f"prefect.deployment.{ids[one.title]}" for one in of],
        },
        "expect": [f"prefect.flow-run.{name}" for name in states],
        "threshold": 1,
    }


def _crashed(message: str) -> dict[str, Any]:
    return {"type": "change-flow-run-state", "state": "CRASHED", "message": message}


def _run(planned: Planned, ids: Mapping[str, UUID], **parameters: Any) -> dict[str, Any]:
    return {
        "type": "run-deployment",
        "source": "selected",
        "deployment_id": ids[planned.title],
        "parameters": parameters or None,
    }


def _same(name: str, default: object) -> dict[str, Any]:
    """The parameter of the run that crashed; if it was not given, what the flow then uses."""
    given = f"flow_run.parameters.{name}"
    otherwise = _INSTEAD_OF_NONE.get(name, "none" if default is None else json.dumps(default))
    return _template(
        f"{given} or {otherwise}" if default is None else f"{given} if {given} is defined else {otherwise}"
    )


def _template(expression: str) -> dict[str, Any]:
    """An expression the server evaluates when it acts, keeping its kind (text, number, yes or no)."""
    return {
        "__prefect_kind": "json",
        "value": {"__prefect_kind": "jinja", "template": f"{{{{ ({expression}) | tojson }}}}"},
    }
