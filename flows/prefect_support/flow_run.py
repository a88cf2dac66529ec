"""What the Prefect flows share: settings from parameters, events, and how a run's result reaches whoever started it.

Prefect shows parameters, messages, logs and tracebacks to anyone who opens its page. So flows take only identifiers
(folders, days, codes), and raise every error as a Problem, which holds no value of a record.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from flows.prefect_support.prefect_environment import TELEMETRY_OFF

# isort: split
from prefect.client.schemas.objects import State
from prefect.events import emit_event
from prefect.states import Failed

from flows.settings import Settings
from warehouse.england_time import KnownOn, known_on
from warehouse.problem import Problem

assert TELEMETRY_OFF  # importing it before prefect turns telemetry off

Result = TypeVar("Result")


def why_failed(work: State[Any]) -> Problem:
    """Why the task that does a run's work failed."""
    problem = work.result(raise_on_failure=False)
    if isinstance(problem, Problem):
        return problem
    return Problem(
        f"The work ended as {work.name}.",
        where=work.message or "",
        why="What was published before is unchanged.",
        fix="Start it again; it repairs what was left. If it happens again, find out what slows the machine.",
    )


def failed(problem: Problem) -> State[Any]:
    """The Failed state of a flow: its Problem, without a traceback in the log."""
    return Failed(message=str(problem), data=problem)


def settings_of(**given: Any) -> Settings:
    """The settings of this process; a parameter overrides a setting, an empty text does not."""
    return Settings.read(**{name: value for name, value in given.items() if value != ""})


def differing(settings: Settings, *named: str) -> dict[str, Any]:
    """Settings that differ from this process's environment, except those with parameters of their own."""
    usual = Settings.read()
    return {
        name: getattr(settings, name)
        for name in Settings.__dataclass_fields__
        if name not in named and getattr(settings, name) != getattr(usual, name)
    }


def as_text(moment: KnownOn | None) -> str:
    """A day, moment or ledger number as `read_known_on` reads it; empty for none."""
    if moment is None:
        return ""
    return str(moment) if isinstance(moment, int) else moment.isoformat()


def read_known_on(text: str) -> KnownOn | None:
    """A day, a moment or a ledger number as a person typed it; None if empty.

    Raises:
        Problem: it is none of these.
    """
    if not text.strip():
        return None
    try:
        return known_on(text.strip())
    except ValueError:
        pass
    raise Problem(
        "The as-known-on date cannot be read.",
        where="parameter as_known_on",
        why="Daytwo cannot tell what to build from.",
        fix="Give a day (2026-10-31), a moment (2026-10-31T09:14) or a ledger number.",
    )


def emit(event: str, store: str, said: str, payload: Mapping[str, Any]) -> None:
    """Emit an event that automations can listen for. The resource is the store, by its folder."""
    emit_event(
        event=event,
        resource={"prefect.resource.id": f"daytwo.store.{store.strip('/')}", "prefect.resource.name": store},
        payload={"said": said, **payload},
    )


def end_of(run: Callable[[], State[Any]], kind: type[Result]) -> Result:
    """Run a flow in this process and return its result, even if its state is Failed (a stopped run).

    Raises:
        Problem: what the flow raised; it ended without a result; or Prefect's server cannot be reached.
    """
    problem: Problem | None = None
    try:
        state = run()
    except Problem as raised:
        problem = raised
    except Exception as error:
        problem = Problem(
            f"Prefect could not run the flow ({type(error).__name__}).",
            where=f"the server at {os.environ.get('PREFECT_API_URL') or 'a temporary address: none is set'}",
            why="It may have stopped part-way: daytwo status shows what is published.",
            fix="Start the server or correct PREFECT_API_URL. To do without Prefect, unset it and leave out --prefect.",
        )
    if problem is not None:
        raise problem
    result = state.result(raise_on_failure=False)
    if isinstance(result, kind):
        return result
    if isinstance(result, Problem):
        raise result
    raise Problem(
        f"The Prefect run ended as {state.name}.",
        where=str(state.message or ""),
        why="It may have published: daytwo status shows what is published.",
        fix="Look at the run in Prefect, then start it again; it repairs what was left.",
    )
