"""What the Prefect flows share: which faults are tried again, what may be told of one, how a run's end comes back.

Prefect keeps parameters, messages, logs and tracebacks for whoever opens its page. So flows are given identifiers only
(folders, days, codes), and of a fault only a Problem leaves: it carries no value of a record, by its contract.
"""

from __future__ import annotations

import datetime
import os
import traceback
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, TypeVar

import flows.prefect_environment

# isort: split
import duckdb
from prefect.client.schemas.objects import State
from prefect.events import emit_event
from prefect.logging import get_run_logger
from prefect.states import Failed

from flows.cli import LONDON, known_on
from flows.run_nightly import KnownOn
from flows.settings import Settings
from warehouse.problem import Problem

assert flows.prefect_environment.TELEMETRY_OFF  # its import, before prefect's, is what turns telemetry off

ROOT = Path(__file__).resolve().parents[1]
Result = TypeVar("Result")


class TransientFault(Problem):
    """A fault of the machine, a disk or a share, which may be gone in a minute: the only kind that is tried again."""


def guarded(work: Callable[[], Result]) -> Result:
    """Do the work; whatever it raises leaves as a Problem without what led to it.

    A fault of DuckDB or Python may quote a value ("Could not convert string '...'"), in its own text or in that of
    the fault that caused it, and Prefect would log both. Only the kind of fault and the place in the program are told.

    Raises:
        TransientFault: the system or DuckDB could not read or write.
        Problem: as the work raised it, or for any other fault its kind and place.
    """
    try:
        return work()
    except TransientFault as fault:
        told: Problem = TransientFault(fault.what, where=fault.where, why=fault.why, fix=fault.fix)
    except Problem as problem:
        told = Problem(problem.what, where=problem.where, why=problem.why, fix=problem.fix)
    except (OSError, duckdb.IOException) as error:
        said = os.strerror(error.errno) if isinstance(error, OSError) and error.errno else type(error).__name__
        told = TransientFault(
            f"A file could not be read or written: {said}.",
            where=_place(error),
            why="What was published before stays as it was.",
            fix="It is tried again by itself; if it stays, see that drop and store can be reached and have room.",
        )
    except Exception as error:
        told = _interrupted(error) or Problem(
            f"The run met a fault nobody foresaw ({type(error).__name__}).",
            where=_place(error),
            why="What was published before stays as it was.",
            fix="Run the same from the command line without Prefect to see the whole fault, and report its place.",
        )
    # Raised outside the handler: the original, with its text, is not chained to it.
    raise told


def _interrupted(error: Exception) -> Problem | None:
    """DuckDB, stopped in a query by a time limit's signal, raises its own error in place of the signal's."""
    if not isinstance(error, duckdb.InterruptException) and str(error) != "Query interrupted":
        return None
    return Problem(
        "The work was interrupted: it took longer than its time limit, or was stopped.",
        where=_place(error),
        why="What was published before stays as it was.",
        fix="Start it again; it puts right what was left. If it ends so again, look at what slows the machine.",
    )


def _place(error: BaseException) -> str:
    """The innermost line of this program, without the code or values on it."""
    for frame in reversed(traceback.extract_tb(error.__traceback__)):
        path = Path(frame.filename)
        if path.is_relative_to(ROOT) and ".venv" not in path.parts and path != Path(__file__):
            return f"{path.relative_to(ROOT).as_posix()}, line {frame.lineno}"
    return "outside this program"


def may_pass(_task: Any, _run: Any, state: State[Any]) -> bool:
    """For `retry_condition_fn`: a transient fault is tried again; what a person has to put right is not."""
    return isinstance(state.result(raise_on_failure=False), TransientFault)


def failed(state: State[Any]) -> State[Any]:
    """The Failed state of a flow whose task came to nothing: its Problem, without a traceback in the log."""
    problem = state.result(raise_on_failure=False)
    if not isinstance(problem, Problem):
        problem = Problem(
            f"The work ended as {state.name}.",
            where=state.message or "",
            why="What was published before stays as it was.",
            fix="Start it again; it puts right what was left. If it ends so again, look at what slows the machine.",
        )
    return Failed(message=str(problem), data=problem)


def settings_of(**given: Any) -> Settings:
    """The settings of this process; what a parameter names wins, an empty text leaves the setting."""
    return Settings.read(**{name: value for name, value in given.items() if value != ""})


def differing(settings: Settings, *named: str) -> dict[str, Any]:
    """Settings that differ from this process's environment, less those that are parameters of their own."""
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
    """A day, a moment or a ledger number as a person typed it; None where empty.

    Raises:
        Problem: it is none of them.
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
        why="The evidence to be used would be a guess.",
        fix="Give a day (2026-10-31), a moment (2026-10-31T09:14) or a ledger number.",
    )


def in_london(moment: datetime.datetime) -> datetime.datetime:
    """A moment without an offset is Europe/London's clock."""
    return moment if moment.tzinfo else moment.replace(tzinfo=LONDON)


def log_step(step: str) -> None:
    """Tell Prefect's log a step; steps carry no personal data."""
    get_run_logger().info(step)


def tell(event: str, store: str, said: str, payload: Mapping[str, Any]) -> None:
    """Emit an event that automations can listen for. The resource is the store, by its folder."""
    emit_event(
        event=event,
        resource={"prefect.resource.id": f"daytwo.store.{store.strip('/')}", "prefect.resource.name": store},
        payload={"said": said, **payload},
    )


def end_of(run: Callable[[], State[Any]], kind: type[Result]) -> Result:
    """Run a flow in this process and hand over what it came to, also where its state is Failed (a stopped run).

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
            where=f"the server at {os.environ.get('PREFECT_API_URL') or 'an address of its own: none is set'}",
            why="It may have stopped in the middle: daytwo status says what is published.",
            fix="Start the server or correct PREFECT_API_URL; without Prefect: unset it and leave out --prefect.",
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
        why="Whether it had published is in the ledger: daytwo status says.",
        fix="Look at the run in Prefect, then start it again; it puts right what was left.",
    )
