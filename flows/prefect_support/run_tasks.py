"""The tasks of every flow: a run's whole work, each of its steps, and showing its result.

All of them raise errors without values, cache nothing and keep no result: Prefect holds what a task returns in memory
only. The work is one task, retried as a whole while its error may be temporary, because the store's lock is held
throughout and a DuckDB connection cannot leave the process. Its steps are tasks within it, one after the other in the
same thread, each with its own state and times; the work's time limit covers them all together.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Sequence
from typing import Any, ParamSpec, TypeVar

from flows.prefect_support.prefect_environment import TELEMETRY_OFF

# isort: split
from prefect import Task, runtime, task
from prefect.cache_policies import NO_CACHE
from prefect.client.schemas.objects import State
from prefect.logging import get_run_logger

from flows.safe_errors import without_values
from warehouse.problem import Problem, TransientFault

assert TELEMETRY_OFF  # importing it before prefect turns telemetry off

Given = ParamSpec("Given")
Result = TypeVar("Result")

ALERTING = "sending alerts"
"""The step in which a run alerts people to its result."""


def work_task(
    name: str, *, seconds: float, retry_after_seconds: Sequence[float]
) -> Callable[[Callable[Given, Result]], Task[Given, Result]]:
    """Decorates the function that does a run's whole work.

    Args:
        name: of the task, for people.
        seconds: its time limit for one attempt.
        retry_after_seconds: how long to wait before each retry; only a temporary error is retried.
    """

    def decorate(work: Callable[Given, Result]) -> Task[Given, Result]:
        return _task(
            work,
            name,
            retries=len(retry_after_seconds),
            retry_delay_seconds=list(retry_after_seconds),
            retry_condition_fn=may_pass,
            timeout_seconds=seconds,
        )

    return decorate


def show_task(show: Callable[Given, Result]) -> Task[Given, Result]:
    """Decorates the function that shows a run's result in Prefect."""
    return _task(show, "show what happened", retries=2, retry_delay_seconds=5, timeout_seconds=120)


class StepTasks:
    """A `Say` for a run under Prefect: carries out each step as its own task, and logs messages within a step."""

    def __call__(self, step: str) -> None:
        get_run_logger().info(step)

    def do(self, step: str, work: Callable[[], Result]) -> Result:
        """As `callbacks.ShownSteps.do`; the step's name is the task's."""

        def one_step() -> Result:  # the work may be a partial, which Prefect cannot turn into a task
            self(step)  # Prefect itself logs only how a task ended
            return work()

        return _task(one_step, step)()


def may_pass(_task: Any, _run: Any, state: State[Any]) -> bool:
    """For `retry_condition_fn`: a temporary error is retried; one that needs attention is not."""
    return isinstance(state.result(raise_on_failure=False), TransientFault)


def try_again_where_it_may_pass(problems: Iterable[Problem | None], *, retries: int) -> None:
    """Call at the end of work whose parts fail separately: has all of it retried while one problem may be temporary.

    Args:
        problems: each part's problem; None if it did not fail.
        retries: how many times the work is retried.

    Raises:
        TransientFault: the first temporary problem, as long as a retry is left.
    """
    first = next((problem for problem in problems if isinstance(problem, TransientFault)), None)
    if first is not None and runtime.task_run.run_count <= retries:
        raise first


def _task(work: Callable[Given, Result], name: str, **options: Any) -> Task[Given, Result]:
    @functools.wraps(work)
    def safely(*args: Given.args, **named: Given.kwargs) -> Result:
        return without_values(lambda: work(*args, **named))

    made: Task[Given, Result] = task(
        name=name, task_run_name=name, cache_policy=NO_CACHE, persist_result=False, **options
    )(safely)
    return made
