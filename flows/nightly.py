"""The nightly run as a Prefect flow: the plain function as one task, its steps as tasks within it, then the result.

Prefect shows only counts and our own names: no figure (a small number can point to a child), and no heading or file
name from outside (in a file without headings, its first row is read as headings).
"""

from __future__ import annotations

import datetime
from contextlib import ExitStack
from dataclasses import replace
from typing import Any

import flows.prefect_support.prefect_environment  # noqa: F401

# isort: split
from prefect import flow, runtime
from prefect.artifacts import create_markdown_artifact, create_table_artifact
from prefect.client.schemas.objects import State
from prefect.logging import get_run_logger
from prefect.states import Completed, Failed

from flows.prefect_support.flow_run import (
    as_text,
    differing,
    emit,
    end_of,
    failed,
    read_known_on,
    settings_of,
    why_failed,
)
from flows.prefect_support.one_writer import one_writer
from flows.prefect_support.run_tasks import ALERTING, StepTasks, show_task, work_task
from flows.publishing.run_nightly import Outcome, run_nightly
from flows.publishing.run_report import report_markdown
from flows.publishing.send_alerts_of_a_night import is_tonights, sending_alerts
from flows.receiving.places import open_drop
from flows.safe_errors import without_values
from flows.settings import Settings
from flows.stores import absolute, open_store
from warehouse import catalogue
from warehouse.england_time import LONDON, KnownOn, in_london
from warehouse.problem import Problem

# Fifty thousand children take under a minute; a run that takes an hour is hanging.
TASK_SECONDS = 60 * 60
FLOW_SECONDS = 3 * 60 * 60
RETRY_AFTER_SECONDS = (60.0, 300.0)
SEE = "the report says why"


class Stopped(Problem):
    """A run that stopped before publishing: Failed in Prefect, with the sentence; an outcome for the command line."""

    def __init__(self, outcome: Outcome) -> None:
        super().__init__(outcome.said)
        self.outcome = outcome


def _now() -> datetime.datetime:
    return datetime.datetime.now(tz=LONDON)


def run_name() -> str:
    """`nightly 2026-10-31`: the as-at date if given, otherwise the night it was due."""
    as_at = runtime.flow_run.parameters.get("as_at")
    due = runtime.flow_run.scheduled_start_time
    return f"nightly {as_at or due.astimezone(LONDON).date()}"


@work_task("receive, build, check and publish", seconds=TASK_SECONDS, retry_after_seconds=RETRY_AFTER_SECONDS)
def receive_build_publish(
    settings: Settings,
    as_at: datetime.date | None,
    as_known_on: KnownOn | None,
    received_at: datetime.datetime | None,
    publishing: bool,
) -> Outcome:
    """`run_nightly`, started now. A retry repairs what was left and repeats the steps."""
    return run_nightly(
        open_store(settings),
        drop=open_drop(settings.drop) if settings.drop else None,
        settings=settings,
        started_at=_now(),
        received_at=received_at,
        as_at=as_at,
        as_known_on=as_known_on,
        publishing=publishing,
        say=StepTasks(),
    )


@show_task
def show(outcome: Outcome, store: str) -> None:
    """Artifacts and an event: counts, the sentence, and where the whole report is."""
    create_markdown_artifact(page(outcome, store), key="nightly-report", description=outcome.said)
    if outcome.report is not None:
        create_table_artifact(
            arrivals(outcome), key="nightly-arrivals", description="Rows received = rows loaded + rows set aside"
        )
    if outcome.state == "published":
        create_table_artifact(lineage(outcome), key="nightly-lineage", description=made_from(outcome))
    if outcome.state in ("published", "stopped"):
        emit(f"daytwo.{outcome.state}", store, outcome.said, payload(outcome))


@flow(
    name="nightly",
    flow_run_name=run_name,
    timeout_seconds=FLOW_SECONDS,
    persist_result=False,
    log_prints=False,
)
def nightly(
    drop: str = "",
    store: str = "",
    as_at: datetime.date | None = None,
    as_known_on: str = "",
    received_at: datetime.datetime | None = None,
    publishing: bool = True,
    authority: str = "",
    other_settings: dict[str, str | int | float] | None = None,
) -> State[Outcome]:
    """Receive a drop, build the warehouse from the extracts known, check it and publish it.

    Args:
        drop: Where the sources deliver: a folder, or s3://bucket/prefix. Empty: DAYTWO_DROP.
        store: The evidence store: a folder, or s3://bucket/prefix. Empty: DAYTWO_STORE.
        as_at: Measure as at this day. Empty: the newest extract's.
        as_known_on: Use only what had been received by then: a day, a moment or a ledger number. Empty: everything.
        received_at: When loading history: the moment the files were received.
        publishing: Off: build into the store without publishing.
        authority: Nine-character code of the council. Empty: DAYTWO_AUTHORITY.
        other_settings: Settings that override the environment, by name in lower case.
    """
    settings = without_values(
        lambda: settings_of(drop=drop, store=store, authority=authority, **(other_settings or {}))
    )
    known_on = without_values(lambda: read_known_on(as_known_on))
    for_tonight = is_tonights(as_known_on=known_on, received_at=received_at, publishing=publishing)
    with ExitStack() as around:
        night = around.enter_context(
            sending_alerts(settings, clock=_now, warn=get_run_logger().warning, is_tonights=for_tonight)
        )
        with one_writer():
            run = receive_build_publish(
                settings,
                as_at,
                known_on,
                in_london(received_at) if received_at else None,
                publishing,
                return_state=True,
            )
        outcome = run.result(raise_on_failure=False)
        if isinstance(outcome, Outcome):
            night.came_to(outcome)
        else:
            night.failed(why_failed(run))
        if for_tonight:
            StepTasks().do(ALERTING, around.close)
    if not isinstance(outcome, Outcome):
        return failed(why_failed(run))
    if show(outcome, settings.store, return_state=True).is_failed():
        get_run_logger().warning("The run's report could not be shown here; it is in the store's runs/ folder.")
    if outcome.state == "stopped":
        return Failed(message=outcome.said, data=Stopped(outcome))
    return Completed(message=outcome.said, data=outcome)


def as_flow(
    settings: Settings,
    *,
    drop: str | None,
    as_at: datetime.date | None,
    as_known_on: KnownOn | None,
    received_at: datetime.datetime | None,
    publishing: bool,
) -> Outcome:
    """Run the flow in this process and return what `run_nightly` would.

    Raises:
        Problem: as `run_nightly`; a fault that remained after the retries; or Prefect's server cannot be reached.
    """
    try:
        return end_of(
            lambda: nightly(
                drop=absolute(drop or ""),
                store=absolute(settings.store_named()),
                as_at=as_at,
                as_known_on=as_text(as_known_on),
                received_at=received_at,
                publishing=publishing,
                authority=settings.authority,
                other_settings=differing(settings, "drop", "store", "authority") or None,
                return_state=True,
            ),
            Outcome,
        )
    except Stopped as stopped:
        return stopped.outcome


def page(outcome: Outcome, store: str) -> str:
    """The run's report for Prefect's page."""
    lines = [f"**{outcome.said}**", ""]
    if outcome.report is None:
        return "\n".join([*lines, *(f"- repaired: {sentence}" for sentence in outcome.healed)]) + "\n"
    lines += [f"The whole report, with the figures: `{store}/runs/{outcome.run_id}/report.md`", ""]
    counted = replace(
        outcome.report,
        arrivals=tuple(
            row._replace(file_name=row.table or "(matches no contract)", refused_because=SEE, notes=None)
            for row in outcome.report.arrivals
        ),
        figures=(),
        current_figures=(),
    )
    receipt = outcome.receipt
    if receipt is not None and receipt.left_alone:
        lines += [
            f"{len(receipt.left_alone)} files or folders of the drop were not received; the report names them.",
            "",
        ]
        receipt = replace(receipt, left_alone=())
    return "\n".join(lines) + "\n" + report_markdown(counted, receipt, outcome.healed, with_figures=False)


def arrivals(outcome: Outcome) -> list[dict[str, Any]]:
    """One row for each table that arrived: counts only."""
    report = outcome.report
    assert report is not None
    names = ("source", "as at", "table", "status", "received", "loaded", "set aside")
    return [
        dict(zip(names, (source, as_at, table or "", status, received, loaded, aside), strict=True))
        for source, as_at, table, _, status, received, loaded, aside, _, _ in report.arrivals
    ]


def lineage(outcome: Outcome) -> list[dict[str, Any]]:
    """One row for each table: its delivery, the table it was loaded into, its rows, and the entry that published it.

    A source without a contract is not named: its folder's name came from outside.
    """
    report, entry = outcome.report, outcome.entry
    assert report is not None
    assert entry is not None
    tables = catalogue.by_file()
    declared = {table.source for table in tables.values()}
    return [
        {
            "source": row.source if row.source in declared else "another source",
            "delivery as at": row.as_at or "",
            "table received": row.table,
            "loaded into": tables[row.table].name,
            "rows loaded": row.loaded or 0,
            "rows set aside": row.set_aside or 0,
            "published by ledger entry": entry.sequence,
        }
        for row in report.arrivals
        if row.table in tables and row.status != "refused"
    ]


def made_from(outcome: Outcome) -> str:
    """What was published from the rows of `lineage`: the files, by hash, and the ledger entries."""
    entry = outcome.entry
    assert entry is not None
    return (
        f"From deliveries to what is published as at {entry.body['as_at']}. Built from what was known at ledger entry"
        f" {entry.body['known_sequence']}, published by entry {entry.sequence}. SHA-256 of the restricted file:"
        f" `{entry.body['restricted']}`; of the general file: `{entry.body['general']}`."
    )


def payload(outcome: Outcome) -> dict[str, Any]:
    """What an automation may need: identifiers and counts."""
    report = outcome.report
    files = {table.file for table in catalogue.tables("records")}
    return {
        "run_id": outcome.run_id,
        "as_at": report.as_at if report else None,
        "ledger_entry": outcome.entry.sequence if outcome.entry else None,
        "stopped_because": [table for table in outcome.stopped_because if table in files],
        "files_refused": sum(row.status == "refused" for row in report.arrivals) if report else 0,
        "rows_received": sum(row.received or 0 for row in report.arrivals) if report else 0,
        "rows_set_aside": sum(row.set_aside or 0 for row in report.arrivals) if report else 0,
        "stale_sources": sum(bool(row[2]) for row in report.sources) if report else 0,
    }
