"""The pull as a Prefect flow: one large task around the plain function, then what people are shown.

What is shown in Prefect is counted, never named: the name of a file that came from outside may say anything. A source's
fault is told as the command line tells it: it names places and secrets, never what a secret holds.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import flows.prefect_support.prefect_environment  # noqa: F401

# isort: split
from prefect import flow, runtime, task
from prefect.artifacts import create_table_artifact
from prefect.cache_policies import NO_CACHE
from prefect.client.schemas.objects import State
from prefect.logging import get_run_logger
from prefect.states import Completed, Failed

from flows.prefect_support.flow_run import differing, emit, end_of, failed, log_step, may_pass, settings_of
from flows.prefect_support.one_writer import one_writer
from flows.receiving import pull_extracts as plain
from flows.receiving.alerts_of_a_pull import send_alerts_of_pull
from flows.receiving.pull_extracts import Pulled, writer_in_turn
from flows.receiving.sources import read_sources, sources_file
from flows.safe_errors import without_values
from flows.settings import Settings
from flows.stores import absolute, open_store
from warehouse.england_time import LONDON
from warehouse.problem import Problem, TransientFault
from warehouse.store.evidence_store import EvidenceStore

# A first pull over a slow line takes long; one that takes three hours hangs.
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
    """`pull 2026-11-02`: the day it was due."""
    return f"pull {runtime.flow_run.scheduled_start_time.astimezone(LONDON).date()}"


def _now() -> datetime.datetime:
    return datetime.datetime.now(tz=LONDON)


@contextmanager
def _writing(store: EvidenceStore) -> Iterator[None]:
    """The writer's place among Prefect's runs, then the store's lock; only for as long as files are received."""
    with one_writer(), writer_in_turn(store):
        yield


@task(
    name="fetch and receive",
    task_run_name="fetch and receive",
    retries=len(RETRY_AFTER_SECONDS),
    retry_delay_seconds=list(RETRY_AFTER_SECONDS),
    retry_condition_fn=may_pass,
    timeout_seconds=TASK_SECONDS,
    cache_policy=NO_CACHE,
    persist_result=False,
)
def fetch_and_receive(settings: Settings, names: list[str], as_at: datetime.date | None) -> Pulled:
    """`pull_extracts`, now. Tried again it fetches nothing that it received before."""

    def work() -> Pulled:
        store = open_store(settings)
        return plain.pull_extracts(
            store,
            read_sources(sources_file(settings.sources)),
            names,
            settings=settings,
            now=_now,
            as_at=as_at,
            say=log_step,
            writing=lambda: _writing(store),
        )

    pulled = without_values(work)
    for source in pulled.failed:
        get_run_logger().warning("%s could not be pulled: %s", source.name, source.problem)
    may_pass_yet = [source.problem for source in pulled.failed if isinstance(source.problem, TransientFault)]
    if may_pass_yet and runtime.task_run.run_count <= len(RETRY_AFTER_SECONDS):
        raise may_pass_yet[0]
    return pulled


@task(
    name="show what happened",
    task_run_name="show what happened",
    retries=2,
    retry_delay_seconds=5,
    timeout_seconds=120,
    cache_policy=NO_CACHE,
    persist_result=False,
)
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
    """Fetch the sources' extracts and take them into the store.

    Args:
        sources: Names of the sources, separated by commas. Empty: every one that is pulled.
        as_at: The day tables of a database are true for (default: today); of other sources, the delivery to take.
        store: The evidence store: a folder, or s3://bucket/prefix. Empty: DAYTWO_STORE.
        other_settings: Settings that shall differ from the environment, by name in lower case.
    """
    settings = without_values(lambda: settings_of(store=store, **(other_settings or {})))
    names = [name.strip() for name in sources.split(",") if name.strip()]
    run = fetch_and_receive(settings, names, as_at, return_state=True)
    pulled = run.result(raise_on_failure=False)
    if not isinstance(pulled, Pulled):
        ended = failed(run)
        send_alerts_of_pull(ended.result(raise_on_failure=False), settings, _now(), warn=get_run_logger().warning)
        return ended
    if show(pulled, settings.store, return_state=True).is_failed():
        get_run_logger().warning("What was pulled could not be shown here; the store's ledger has it.")
    send_alerts_of_pull(pulled, settings, _now(), warn=get_run_logger().warning)
    if pulled.failed:
        return Failed(message=pulled.said, data=NotPulled(pulled))
    return Completed(message=pulled.said, data=pulled)


def as_flow(settings: Settings, names: list[str], as_at: datetime.date | None) -> Pulled:
    """Run the flow in this process and hand over what the plain function would.

    Raises:
        Problem: as the plain function; a fault that stayed after being tried again; or Prefect cannot be reached.
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
    """One row a source: counts only."""
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
