"""A notification as a Prefect flow: the plain function as one task, its steps as tasks within it, then the result.

Started from Prefect's page (which makes a form from the parameters), by an event, or by `daytwo notify --prefect`.
"""

from __future__ import annotations

import datetime
from typing import Annotated, Any

import flows.prefect_support.prefect_environment  # noqa: F401

# isort: split
from prefect import flow, runtime
from prefect.artifacts import create_markdown_artifact, create_table_artifact
from prefect.client.schemas.objects import State
from prefect.logging import get_run_logger
from prefect.states import Completed
from pydantic import Field

from flows.packing.answer_notification import SealedPack, answer_notification
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
from flows.prefect_support.run_tasks import StepTasks, show_task, work_task
from flows.safe_errors import without_values
from flows.settings import Settings
from flows.stores import absolute, open_store
from transforms.evidence.framework import framework_ids
from warehouse.england_time import LONDON, KnownOn, in_london

# A pack of fifty thousand children takes under half a minute.
TASK_SECONDS = 30 * 60
FLOW_SECONDS = 60 * 60
RETRY_AFTER_SECONDS = (10.0, 60.0)


def run_name() -> str:
    """`slac_2009 received 2026-11-02 09:14`: the framework and when the notification came."""
    given = runtime.flow_run.parameters
    received = received_moment(given.get("received"), runtime.flow_run.scheduled_start_time)
    return f"{given.get('framework')} received {received.astimezone(LONDON):%Y-%m-%d %H:%M}"


def received_moment(received: datetime.datetime | str | None, due: datetime.datetime) -> datetime.datetime:
    """When the notification came; if not given, when the run was requested, which a retry does not change."""
    if isinstance(received, str):
        received = datetime.datetime.fromisoformat(received)
    return in_london(received or due)


@work_task("freeze, gather and seal", seconds=TASK_SECONDS, retry_after_seconds=RETRY_AFTER_SECONDS)
def freeze_gather_seal(
    settings: Settings, framework: str, received_at: datetime.datetime, as_known_on: KnownOn | None
) -> SealedPack:
    """`answer_notification`, started now. A retry finds a pack that was already sealed."""
    return answer_notification(
        open_store(settings),
        framework=framework,
        received_at=received_at,
        as_known_on=as_known_on,
        settings=settings,
        started_at=datetime.datetime.now(tz=LONDON),
        say=StepTasks(),
    )


@show_task
def show(answer: SealedPack, store: str) -> None:
    """Artifacts and an event: which pack, where it is, and the status of each thing asked for."""
    create_markdown_artifact(page(answer), key="draft-pack", description=answer.said)
    if answer.asks:
        create_table_artifact(asks(answer), key="draft-pack-asks", description="What is asked for, and its status")
    if answer.state == "sealed":
        emit("daytwo.sealed", store, answer.said, payload(answer))


@flow(
    name="notification_received",
    flow_run_name=run_name,
    timeout_seconds=FLOW_SECONDS,
    persist_result=False,
    log_prints=False,
)
def notification_received(
    framework: Annotated[str, Field(json_schema_extra={"enum": list(framework_ids())})] = "slac_2009",
    received: datetime.datetime | None = None,
    as_known_on: str = "",
    store: str = "",
    authority_name: str = "",
    other_settings: dict[str, str | int | float] | None = None,
) -> State[SealedPack]:
    """Answer a notification: freeze the evidence, gather what is asked for and seal a draft pack.

    Args:
        framework: The framework of the inspection.
        received: When the notification came (Europe/London if no offset is given). Empty: now.
        as_known_on: Rebuild from what was known then: a day, a moment or a ledger number. Empty: what is published.
        store: The evidence store: a folder, or s3://bucket/prefix. Empty: DAYTWO_STORE.
        authority_name: Name of the council on the pages. Empty: DAYTWO_AUTHORITY_NAME.
        other_settings: Settings that override the environment, by name in lower case.
    """
    settings = without_values(lambda: settings_of(store=store, authority_name=authority_name, **(other_settings or {})))
    run = freeze_gather_seal(
        settings,
        framework,
        received_moment(received, runtime.flow_run.scheduled_start_time),
        without_values(lambda: read_known_on(as_known_on)),
        return_state=True,
    )
    answer = run.result(raise_on_failure=False)
    if not isinstance(answer, SealedPack):
        return failed(why_failed(run))
    if show(answer, settings.store, return_state=True).is_failed():
        get_run_logger().warning("The pack is sealed, but could not be shown here; its cover page shows its status.")
    return Completed(message=answer.said, data=answer)


def as_flow(
    settings: Settings, *, framework: str, received_at: datetime.datetime, as_known_on: KnownOn | None
) -> SealedPack:
    """Run the flow in this process and return what `answer_notification` would.

    Raises:
        Problem: as `answer_notification`; a fault that remained after the retries; or Prefect's server cannot be
            reached.
    """
    return end_of(
        lambda: notification_received(
            framework=framework,
            received=received_at,
            as_known_on=as_text(as_known_on),
            store=absolute(settings.store_named()),
            authority_name=settings.authority_name,
            other_settings=differing(settings, "store", "authority_name") or None,
            return_state=True,
        ),
        SealedPack,
    )


def page(answer: SealedPack) -> str:
    """The pack for Prefect's page. Reasons for doubt are on the pack's cover, not here: they may name a record."""
    lines = [f"**{answer.said}**", "", "It is a draft until two people release it.", ""]
    counted: dict[str, int] = {}
    for ask in answer.asks:
        counted[ask["status"]] = counted.get(ask["status"], 0) + 1
    lines += [f"- {status}: {number}" for status, number in sorted(counted.items())]
    lines += [
        f"- pack: `{answer.framework}/{answer.pack_id}`, version {answer.version}",
        f"- content hash: `{answer.content_hash}`",
        f"- ledger entry: {answer.ledger_entry}",
        f"- folder: `{answer.folder or 'not on this machine'}`",
        f"- zip: `{answer.zip_path or 'not on this machine'}`",
    ]
    return "\n".join(lines) + "\n"


def asks(answer: SealedPack) -> list[dict[str, Any]]:
    """One row for each thing asked for."""
    return [{"due on day": ask["due_day"], "asked for": ask["title"], "status": ask["status"]} for ask in answer.asks]


def payload(answer: SealedPack) -> dict[str, Any]:
    """What an automation may need: identifiers and counts."""
    return {
        "framework": answer.framework,
        "pack_id": answer.pack_id,
        "version": answer.version,
        "content_hash": answer.content_hash,
        "ledger_entry": answer.ledger_entry,
        "asked_for": len(answer.asks),
        "not_ready": sum(ask["status"] != "ready" for ask in answer.asks),
    }
