"""The rehearsal as a Prefect flow: the plain function as one task, each framework as a task within it, then the result.

Prefect shows counts and titles. The report says why something would be missing, but Prefect does not: a reason may name
a record, or a number small enough to point to a child.
"""

from __future__ import annotations

import datetime
from functools import partial
from typing import Any

import flows.prefect_support.prefect_environment  # noqa: F401

# isort: split
from prefect import flow, runtime
from prefect.artifacts import create_markdown_artifact, create_table_artifact
from prefect.client.schemas.objects import State
from prefect.logging import get_run_logger
from prefect.states import Completed, Failed

from flows.packing.alerts_of_a_rehearsal import send_alerts_of_rehearsals
from flows.packing.rehearsal_report import Rehearsals, Rehearsed, Since
from flows.packing.rehearse import rehearse_all
from flows.prefect_support.flow_run import differing, emit, end_of, failed, settings_of, why_failed
from flows.prefect_support.run_tasks import (
    ALERTING,
    StepTasks,
    show_task,
    try_again_where_it_may_pass,
    work_task,
)
from flows.safe_errors import without_values
from flows.settings import Settings
from flows.stores import absolute, open_store
from warehouse.england_time import LONDON
from warehouse.problem import Problem

# A pack of fifty thousand children takes under half a minute, and there are a few frameworks.
TASK_SECONDS = 30 * 60
FLOW_SECONDS = 2 * 60 * 60
RETRY_AFTER_SECONDS = (60.0, 300.0)


class NotMade(Problem):
    """A pack could not be made: Failed in Prefect, with the sentence; a result for the command line."""

    def __init__(self, rehearsals: Rehearsals) -> None:
        super().__init__(
            f"The pack could not be made: {', '.join(one.short_title for one in rehearsals.failed)}.",
            where=" ".join(one.said for one in rehearsals.failed),
            why="A notification answered now would fail in the same way.",
            fix=" ".join(one.problem.fix for one in rehearsals.failed if one.problem),
        )
        self.rehearsals = rehearsals


def _now() -> datetime.datetime:
    return datetime.datetime.now(tz=LONDON)


def run_name() -> str:
    """`rehearsal 2026-11-03`: the morning it was due."""
    return f"rehearsal {runtime.flow_run.scheduled_start_time.astimezone(LONDON).date()}"


@work_task("freeze, gather, seal and throw away", seconds=TASK_SECONDS, retry_after_seconds=RETRY_AFTER_SECONDS)
def freeze_gather_throw_away(settings: Settings, now: datetime.datetime) -> Rehearsals:
    """`rehearse_all`, as if the call came `now`. A retry writes the same reports again."""
    rehearsals = rehearse_all(open_store(settings), settings=settings, now=now, say=StepTasks())
    try_again_where_it_may_pass((one.problem for one in rehearsals.failed), retries=len(RETRY_AFTER_SECONDS))
    return rehearsals


@show_task
def show(rehearsals: Rehearsals, store: str) -> None:
    """Artifacts and an event: the status each thing asked for would have today, and where the reports are."""
    create_markdown_artifact(page(rehearsals), key="rehearsal-report", description=rehearsals.said)
    if rows := asks(rehearsals):
        create_table_artifact(rows, key="rehearsal-asks", description="What would be asked for, and its status today")
    emit("daytwo.rehearsed", store, rehearsals.said, payload(rehearsals))


@flow(
    name="rehearsal",
    flow_run_name=run_name,
    timeout_seconds=FLOW_SECONDS,
    persist_result=False,
    log_prints=False,
)
def rehearsal(
    store: str = "",
    frameworks: str = "",
    authority_name: str = "",
    other_settings: dict[str, str | int | float] | None = None,
) -> State[Rehearsals]:
    """Make each framework's pack as if the call came now, report what would go wrong, and throw it away.

    Args:
        store: The evidence store: a folder, or s3://bucket/prefix. Empty: DAYTWO_STORE.
        frameworks: Which ones, separated by commas. Empty: DAYTWO_REHEARSE, and if that is empty all of them.
        authority_name: Name of the council on the pages. Empty: DAYTWO_AUTHORITY_NAME.
        other_settings: Settings that override the environment, by name in lower case.
    """
    settings = without_values(
        lambda: settings_of(store=store, rehearse=frameworks, authority_name=authority_name, **(other_settings or {}))
    )
    # One moment for every attempt: a retry is still compared with the rehearsal of the previous night.
    now = _now()
    run = freeze_gather_throw_away(settings, now, return_state=True)
    rehearsals = run.result(raise_on_failure=False)
    if not isinstance(rehearsals, Rehearsals):
        problem = why_failed(run)
        _alert(problem, settings)
        return failed(problem)
    _alert(rehearsals, settings)
    if show(rehearsals, settings.store, return_state=True).is_failed():
        get_run_logger().warning("The result could not be shown here; the reports are in the store's runs/ folder.")
    if rehearsals.failed:
        return Failed(message=rehearsals.said, data=NotMade(rehearsals))
    return Completed(message=rehearsals.said, data=rehearsals)


def _alert(result: Rehearsals | Problem, settings: Settings) -> None:
    StepTasks().do(
        ALERTING, partial(send_alerts_of_rehearsals, result, settings, _now(), warn=get_run_logger().warning)
    )


def as_flow(settings: Settings) -> Rehearsals:
    """Run the flow in this process and return what `rehearse_all` would.

    Raises:
        Problem: as `rehearse_all`; a fault that remained after the retries; or Prefect's server cannot be reached.
    """
    try:
        return end_of(
            lambda: rehearsal(
                store=absolute(settings.store_named()),
                frameworks=settings.rehearse,
                authority_name=settings.authority_name,
                other_settings=differing(settings, "store", "rehearse", "authority_name") or None,
                return_state=True,
            ),
            Rehearsals,
        )
    except NotMade as not_made:
        return not_made.rehearsals


def page(rehearsals: Rehearsals) -> str:
    """The rehearsals for Prefect's page: counts, and the titles of what changed."""
    lines = []
    for one in rehearsals.results:
        lines += [f"## {one.title}", "", f"**{one.said}**", ""]
        lines += [f"- {status}: {number}" for status, number in one.counts.items() if number]
        lines += _moved(one.since)
        lines += [f"- the whole report, with the reasons: `{one.report or 'could not be kept'}`", ""]
    return "\n".join(lines) + "\n"


def _moved(since: Since | None) -> list[str]:
    if since is None:
        return []
    return [
        f"- {word} since {since.received_at:%Y-%m-%d %H:%M}: {change.title}"
        + (f": {change.part}" if change.part else "")
        for word, changes in (("worse", since.worse), ("better", since.better))
        for change in changes
    ]


def asks(rehearsals: Rehearsals) -> list[dict[str, Any]]:
    """One row for each thing asked for."""
    return [
        {
            "framework": one.short_title,
            "would be due": ask.due_on.isoformat() if ask.due_on else "",
            "asked for": ask.title,
            "status today": ask.status,
        }
        for one in rehearsals.results
        for ask in one.asks
    ]


def payload(rehearsals: Rehearsals) -> dict[str, Any]:
    """What an automation may need: identifiers and counts."""
    return {
        "run_id": rehearsals.run_id,
        "not_made": [one.framework for one in rehearsals.failed],
        "frameworks": [_counted(one) for one in rehearsals.results],
    }


def _counted(one: Rehearsed) -> dict[str, Any]:
    return {
        "framework": one.framework,
        "state": one.state,
        **one.counts,
        "worse": len(one.since.worse) if one.since else 0,
        "better": len(one.since.better) if one.since else 0,
    }
