"""The tasks of a run: shown with their own states and times, without values, and retried as a whole or not at all."""

from __future__ import annotations

import time
from typing import Any

import pytest

import flows.prefect_support.prefect_environment  # noqa: F401

# isort: split
from prefect import flow
from prefect.client.schemas.objects import State
from prefect.states import Completed

from flows.callbacks import carry_out, silent
from flows.prefect_support.flow_run import failed, why_failed
from flows.prefect_support.run_tasks import StepTasks, try_again_where_it_may_pass, work_task
from tests.flows.conftest import FORENAME, PrefectServer
from warehouse.problem import Problem, TransientFault


def state_of(work: Any, name: str) -> State[Any]:
    """How a flow of this name ends that does nothing but the work."""

    @flow(name=name, flow_run_name=name, persist_result=False)
    def around() -> State[Any]:
        run = work(return_state=True)
        return Completed(data=run.result()) if run.is_completed() else failed(why_failed(run))

    ended: State[Any] = around(return_state=True)
    return ended


def test_each_step_is_a_task_with_its_own_time_that_returns_its_result(
    prefect_server: PrefectServer,
) -> None:
    @work_task("work", seconds=60, retry_after_seconds=())
    def work() -> int:
        say = StepTasks()
        one = carry_out(say, "one", lambda: time.sleep(0.2) or 1)  # type: ignore[func-returns-value]
        return one + carry_out(say, "two", lambda: 2)

    assert state_of(work, "two steps").result() == 3
    assert prefect_server.tasks_of("two steps") == [(name, "COMPLETED") for name in ("work", "one", "two")]
    took = dict(
        prefect_server.rows(
            "SELECT task.name, (julianday(task.end_time) - julianday(task.start_time)) * 86400 FROM task_run AS task"
            " JOIN flow_run AS run ON run.id = task.flow_run_id WHERE run.name = 'two steps'"
        )
    )
    assert 0.2 <= float(str(took["one"])) <= float(str(took["work"]))
    assert float(str(took["two"])) < 0.2


def test_a_step_that_fails_says_where_and_never_with_which_values(prefect_server: PrefectServer) -> None:
    attempts: list[int] = []

    @work_task("work", seconds=60, retry_after_seconds=(0.0, 0.0))
    def work() -> None:
        attempts.append(1)
        carry_out(StepTasks(), "reads", lambda: int(FORENAME))

    ended = state_of(work, "a step that fails")
    assert ended.is_failed()
    assert "unexpected error (ValueError)" in str(ended.message)
    assert attempts == [1], "what a person has to correct is not tried again"
    assert prefect_server.tasks_of("a step that fails") == [("work", "FAILED"), ("reads", "FAILED")]
    assert FORENAME.encode() not in prefect_server.everything_kept()


@pytest.mark.parametrize(("failing", "tried"), [(1, 2), (9, 3)])
def test_work_with_failed_parts_is_tried_again_while_one_may_succeed_and_a_try_is_left(
    prefect_server: PrefectServer, failing: int, tried: int
) -> None:
    attempts: list[int] = []

    @work_task("work", seconds=60, retry_after_seconds=(0.0, 0.0))
    def work() -> str:
        attempts.append(1)
        problems = [None, Problem("stays"), TransientFault("passes") if len(attempts) <= failing else None]
        try_again_where_it_may_pass(problems, retries=2)
        return "went on with what failed"

    name = f"parts that fail {failing} times"
    assert state_of(work, name).result() == "went on with what failed"
    assert len(attempts) == tried
    assert prefect_server.tasks_of(name) == [("work", "COMPLETED")]


def test_the_time_limit_of_the_work_applies_to_its_steps_and_is_not_tried_again(prefect_server: PrefectServer) -> None:
    attempts: list[int] = []

    def never_ends() -> None:
        until = time.monotonic() + 30
        while time.monotonic() < until:
            time.sleep(0.02)

    @work_task("work", seconds=0.5, retry_after_seconds=(0.0,))
    def work() -> None:
        attempts.append(1)
        carry_out(StepTasks(), "never ends", never_ends)

    began = time.monotonic()
    ended = state_of(work, "a step without end")
    assert time.monotonic() - began < 20
    assert "TimedOut" in str(ended.message)
    assert attempts == [1]
    assert [name for name, _ in prefect_server.tasks_of("a step without end")] == ["work", "never ends"]


def test_without_prefect_a_step_is_reported_and_run() -> None:
    said: list[str] = []
    assert carry_out(said.append, "one", lambda: 1) == 1
    assert carry_out(silent, "two", lambda: 2) == 2
    assert said == ["one"]
