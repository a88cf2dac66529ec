"""The pull as a Prefect flow: the plain function as one task, each source as a task within it, then the result.

Prefect shows counts, never the name of a file, which comes from outside and may say anything. It shows why a source
could not be pulled, as the command line does: this names places and secrets, never the content of a secret.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

import flows.prefect_support.prefect_environment  # noqa: F401

# isort: split
from prefect import flow, runtime
from prefect.artifacts import create_table_artifact
from prefect.client.schemas.objects import State
from prefect.logging import get_run_logger
from prefect.states import Completed, Failed

from flows.prefect_support.flow_run import differing, emit, end_of, failed, settings_of, why_failed
from flows.prefect_support.one_writer import one_writer
from flows.prefect_support.run_tasks import (
    ALERTING,
    StepTasks,
    show_task,
    try_again_where_it_may_pass,
    work_task,
)
from flows.receiving import pull_extracts as plain
from flows.receiving.alerts_of_a_pull import send_alerts_of_pull
from flows.receiving.pull_extracts import Pulled, writer_in_turn
from flows.receiving.sources import read_sources, sources_file
from flows.safe_errors import without_values
from flows.settings import Settings
from flows.stores import absolute, open_store
from warehouse.england_time import LONDON
from warehouse.problem import Problem
from warehouse.store.evidence_store import EvidenceStore

# A first pull over a slow line takes long; one that takes three hours is hanging.
TASK_SECONDS = 3 * 60 * 60
FLOW_SECONDS = 10 * 60 * 60
RETRY_AFTER_SECONDS = (60.0, 300.0)


class NotPulled(Problem):
    """A source could not be pulled: Failed in Prefect, with the sentence; an outcome for the command line."""

    def __init__(self, pulled: Pulled) -> None:
        first = pulled.failed[0].problem
        super().__init__(pulled.said, where=first.where if first else "", fix=first.fix if first else "")
        self.pulled = pulled


def run_name() -> str:
    """`pull 2026-11-02`: the date it was due."""
    return f"pull {runtime.flow_run.scheduled_start_time.astimezone(LONDON).date()}"


def _now() -> datetime.datetime:
    return datetime.datetime.now(tz=LONDON)


@contextmanager
def _writing(store: EvidenceStore) -> Iterator[None]:
    """The writer's place among Prefect's runs, then the store's lock; held only while files are received."""
    with one_writer(), writer_in_turn(store):
        yield


@work_task("fetch and receive", seconds=TASK_SECONDS, retry_after_seconds=RETRY_AFTER_SECONDS)
def fetch_and_receive(settings: Settings, names: list[str], as_at: datetime.date | None) -> Pulled:
    """`pull_extracts`, now. A retry does not fetch again what was received before."""
    store = open_store(settings)
    pulled = plain.pull_extracts(
        store,
        read_sources(sources_file(settings.sources)),
        names,
        settings=settings,
        now=_now,
        as_at=as_at,
        say=StepTasks(),
        writing=lambda: _writing(store),
    )
    for source in pulled.failed:
        get_run_logger().warning("%s could not be pulled: %s", source.name, source.problem)
    try_again_where_it_may_pass((source.problem for source in pulled.failed), retries=len(RETRY_AFTER_SECONDS))
    return pulled


@show_task
def show(pulled: Pulled, store: str) -> None:
    """A table and an event: counts, and which sources could not be pulled."""
    create_table_artifact(rows(pulled), key="pull-report", description=pulled.said)
    emit("daytwo.pulled", store, pulled.said, payload(pulled))


@flow(
    name="pull_extracts",
    flow_run_name=run_name,
    timeout_seconds=FLOW_SECONDS,
    persist_result=False,
    log_prints=False,
)
def pull_extracts(
    sources: str = "",
    as_at: datetime.date | None = None,
    store: str = "",
    other_settings: dict[str, str | int | float] | None = None,
) -> State[Pulled]:
    """Fetch the sources' extracts and receive them into the store.

    Args:
        sources: Names of the sources, separated by commas. Empty: every one that is pulled.
        as_at: The day a database's tables are true for (default: today); for other sources, the delivery to take.
        store: The evidence store: a folder, or s3://bucket/prefix. Empty: DAYTWO_STORE.
        other_settings: Settings that override the environment, by name in lower case.
    """
    settings = without_values(lambda: settings_of(store=store, **(other_settings or {})))
    names = [name.strip() for name in sources.split(",") if name.strip()]
    run = fetch_and_receive(settings, names, as_at, return_state=True)
    pulled = run.result(raise_on_failure=False)
    if not isinstance(pulled, Pulled):
        problem = why_failed(run)
        _alert(problem, settings)
        return failed(problem)
    if show(pulled, settings.store, return_state=True).is_failed():
        get_run_logger().warning("What was pulled could not be shown here; it is in the store's ledger.")
    _alert(pulled, settings)
    if pulled.failed:
        return Failed(message=pulled.said, data=NotPulled(pulled))
    return Completed(message=pulled.said, data=pulled)


def _alert(result: Pulled | Problem, settings: Settings) -> None:
    StepTasks().do(ALERTING, partial(send_alerts_of_pull, result, settings, _now(), warn=get_run_logger().warning))


def as_flow(settings: Settings, names: list[str], as_at: datetime.date | None) -> Pulled:
    """Run the flow in this process and return what the plain function would.

    Raises:
        Problem: as the plain function; a fault that remained after the retries; or Prefect cannot be reached.
    """
    try:
        return end_of(
            lambda: pull_extracts(
                sources=",".join(names),
                as_at=as_at,
                store=absolute(settings.store_named()),
                other_settings=differing(settings, "store") or None,
                return_state=True,
            ),
            Pulled,
        )
    except NotPulled as not_pulled:
        return not_pulled.pulled


def rows(pulled: Pulled) -> list[dict[str, Any]]:
    """One row for each source: counts only."""
    return [
        {
            "source": source.name,
            "kind": source.kind,
            "received": len(source.received),
            "known": source.known,
            "left": len(source.left),
            "pulled": "no" if source.problem else "yes",
        }
        for source in pulled.sources
    ]


def payload(pulled: Pulled) -> dict[str, Any]:
    """What an automation may need: identifiers and counts."""
    return {
        "received": sum(len(source.received) for source in pulled.sources),
        "left": sum(len(source.left) for source in pulled.sources),
        "failed": [source.name for source in pulled.failed],
        "sources": rows(pulled),
    }
