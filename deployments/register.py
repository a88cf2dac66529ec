"""Registers what is planned with a Prefect server: python -m deployments.register

Run it with every new version. You can run it at any time, as often as you like: what is as planned stays, what differs
is corrected, what is no longer planned is removed. Only what has our tag or name is changed.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Sequence
from uuid import UUID

import flows.prefect_support.prefect_environment

# isort: split
import httpx
from prefect.automations import AutomationCore
from prefect.client.orchestration import SyncPrefectClient, get_client
from prefect.client.schemas.actions import GlobalConcurrencyLimitUpdate, WorkPoolCreate, WorkPoolUpdate
from prefect.client.schemas.filters import DeploymentFilter, DeploymentFilterTags
from prefect.client.schemas.objects import ConcurrencyLimitConfig, ConcurrencyLimitStrategy
from prefect.client.schemas.responses import DeploymentResponse
from prefect.deployments.runner import RunnerDeployment
from prefect.exceptions import ObjectNotFound
from prefect.schedules import Cron
from prefect.types.entrypoint import EntrypointType
from prefect.workers.process import ProcessWorker

from deployments.automations import HEARTBEAT_SECONDS, OURS, TAG, automations, flow_of
from deployments.schedules import PLANNED, TIME_ZONE, Planned
from flows.prefect_support.one_writer import WRITER, make_writer_limit
from flows.settings import Settings
from warehouse.problem import Problem

POOL = "daytwo"
# A server takes a quarter of a minute to start, and longer when it creates its tables for the first time.
SERVER_WAIT_SECONDS = 120.0
# How long the worker's slot is kept for a run whose process has not reported yet; renewed while it lives.
GRACE_SECONDS = 60
# Set for every run, whatever the worker's own environment holds.
RUN_ENVIRONMENT = {
    **flows.prefect_support.prefect_environment.TELEMETRY_OFF,
    "PREFECT_FLOWS_HEARTBEAT_FREQUENCY": str(HEARTBEAT_SECONDS),
}

Say = Callable[[str], None]
_SAME = (
    "description",
    "version",
    "tags",
    "concurrency_options",
    "entrypoint",
    "enforce_parameter_schema",
    "work_pool_name",
    "job_variables",
    "parameters",
)


def cron_of(planned: Planned, settings: Settings) -> str | None:
    """When it runs by itself; None if that needs a setting that is empty."""
    return planned.cron if not planned.needs or getattr(settings, planned.needs) else None


def deployment(planned: Planned, settings: Settings) -> RunnerDeployment:
    """One deployment, run from the installed package: nothing is uploaded. A second run of it waits for the first."""
    cron = cron_of(planned, settings)
    made = flow_of(planned).to_deployment(
        name=planned.name,
        schedule=Cron(cron, timezone=TIME_ZONE, slug=planned.name) if cron else None,
        concurrency_limit=ConcurrencyLimitConfig(
            limit=1, collision_strategy=ConcurrencyLimitStrategy.ENQUEUE, grace_period_seconds=GRACE_SECONDS
        ),
        description=planned.what,
        tags=[TAG],
        enforce_parameter_schema=planned.checks_its_form,
        entrypoint_type=EntrypointType.MODULE_PATH,
        work_pool_name=POOL,
        job_variables={"env": RUN_ENVIRONMENT},
    )
    assert isinstance(made, RunnerDeployment)
    return made


def register(client: SyncPrefectClient, settings: Settings, say: Say) -> None:
    """Create, correct and remove until the server has what is planned.

    Args:
        settings: decide what is scheduled; the runs read their own when they run.
        say: called with each thing and whether it was as planned or what was done.

    Raises:
        Problem: a work pool of our name is of another kind.
    """
    _pool(client, say)
    _limit(client, say)
    ids = {planned.title: _deployment(client, planned, settings, say) for planned in PLANNED}
    _automations(client, ids, say)
    _remove_others(client, ids, say)


def _pool(client: SyncPrefectClient, say: Say) -> None:
    template = ProcessWorker.get_default_base_job_template()
    what = "Runs Daytwo's flows as processes on the worker's own machine, under its account."
    try:
        there = client.read_work_pool(POOL)
    except ObjectNotFound:
        client.create_work_pool(WorkPoolCreate(name=POOL, type="process", description=what, base_job_template=template))
        say(f"created: work pool {POOL}")
        return
    if there.type != "process":
        raise Problem(
            f"The work pool {POOL} is of another kind ({there.type}).",
            where="Prefect's work pools",
            why="Daytwo's runs are processes on the worker's machine.",
            fix=f"Remove it (prefect work-pool delete {POOL}) or name another server in PREFECT_API_URL.",
        )
    if there.description != what or there.base_job_template != template:
        client.update_work_pool(POOL, WorkPoolUpdate(description=what, base_job_template=template))
        say(f"corrected: work pool {POOL}")
    else:
        say(f"as planned: work pool {POOL}")


def _limit(client: SyncPrefectClient, say: Say) -> None:
    if make_writer_limit(client):
        say(f"created: concurrency limit {WRITER} (one at a time)")
        return
    there = client.read_global_concurrency_limit_by_name(WRITER)
    if there.limit != 1 or not there.active or there.slot_decay_per_second:
        client.update_global_concurrency_limit(
            WRITER, GlobalConcurrencyLimitUpdate(limit=1, active=True, slot_decay_per_second=0)
        )
        say(f"corrected: concurrency limit {WRITER} (one at a time)")
    else:
        say(f"as planned: concurrency limit {WRITER} (one at a time)")


def _deployment(client: SyncPrefectClient, planned: Planned, settings: Settings, say: Say) -> UUID:
    made = deployment(planned, settings)
    cron = cron_of(planned, settings)
    there = _read(client, planned)
    if there is None:
        done = "created"
        made.apply()
    elif _is_as_planned(there, made):
        # Not changed, and nor are its scheduled runs: one that is due this minute is not lost.
        done = "as planned"
    else:
        done = "corrected"
        made.paused = there.paused
        for schedule in made.schedules or []:
            schedule.active = all(known.active for known in there.schedules)
        made.apply()
        for surplus in () if cron else there.schedules:
            client.delete_deployment_schedule(there.id, surplus.id)
    after = _read(client, planned)
    assert after is not None
    when = f"{cron} {TIME_ZONE}" if cron else "on demand or by an automation"
    if planned.cron != cron:
        when = f"not scheduled: DAYTWO_{planned.needs.upper()} is not set"
    is_paused = after.paused or not all(schedule.active for schedule in after.schedules)
    say(f"{done}: deployment {planned.title} ({when}{', paused' if is_paused else ''})")
    return after.id


def _is_as_planned(there: DeploymentResponse, made: RunnerDeployment) -> bool:
    """Whether the server has what would be sent to it; whether it is paused is for the operator to decide."""
    limit = there.global_concurrency_limit
    return (
        all(getattr(there, name) == getattr(made, name) for name in _SAME)
        and there.parameter_openapi_schema == made._parameter_openapi_schema.model_dump(exclude_unset=True)
        and (limit.limit if limit else None) == made.concurrency_limit
        and [(one.slug, one.schedule) for one in there.schedules]
        == [(one.slug, one.schedule) for one in made.schedules or []]
    )


def _read(client: SyncPrefectClient, planned: Planned) -> DeploymentResponse | None:
    try:
        return client.read_deployment_by_name(planned.title)
    except ObjectNotFound:
        return None


def _automations(client: SyncPrefectClient, ids: dict[str, UUID], say: Say) -> None:
    there = {one.name: one for one in client.read_automations(limit=200) if one.name.startswith(OURS)}
    for planned in automations(ids):
        # Built whole, because the client sends only what was set.
        wanted = AutomationCore(**planned.model_dump(exclude={"owner_resource"}))
        known = there.pop(wanted.name, None)
        if known is None:
            client.create_automation(wanted)
            say(f"created: automation {wanted.name}")
        elif _differ(known, wanted):
            wanted.enabled = known.enabled
            client.update_automation(known.id, wanted)
            say(f"corrected: automation {wanted.name}")
        else:
            say(f"as planned: automation {wanted.name}{'' if known.enabled else ' (switched off)'}")
    for name, surplus in sorted(there.items()):
        client.delete_automation(surplus.id)
        say(f"removed: automation {name} (no longer planned)")


def _differ(known: AutomationCore, wanted: AutomationCore) -> bool:
    """Whether it would act differently; whether it is switched on is for the operator to decide."""
    kept = {"id", "enabled", "owner_resource"}
    return known.model_dump(exclude=kept) != wanted.model_dump(exclude=kept)


def _remove_others(client: SyncPrefectClient, ids: dict[str, UUID], say: Say) -> None:
    ours = client.read_deployments(deployment_filter=DeploymentFilter(tags=DeploymentFilterTags(all_=[TAG])))
    for one in ours:
        if one.id not in ids.values():
            client.delete_deployment(one.id)
            say(f"removed: deployment {client.read_flow(one.flow_id).name}/{one.name} (no longer planned)")


def wait_for_server(client: SyncPrefectClient, seconds: float, say: Say) -> None:
    """Return as soon as the server answers.

    Raises:
        Problem: it does not answer in that time.
    """
    until = time.monotonic() + seconds
    said = False
    while fault := client.api_healthcheck():
        if not said:
            say("waiting for Prefect's server")
            said = True
        if time.monotonic() > until:
            raise Problem(
                f"Prefect's server does not answer ({type(fault).__name__}).",
                where=os.environ.get("PREFECT_API_URL", ""),
                why=f"It did not answer within {seconds:g} seconds; nothing can be registered without it.",
                fix="Start it (systemctl start daytwo-prefect-server), or correct PREFECT_API_URL, and run this again.",
            )
        time.sleep(1)


def _print(line: str) -> None:
    print(line, flush=True)


def main(arguments: Sequence[str] = (), wait_seconds: float = SERVER_WAIT_SECONDS) -> int:
    """Register, printing each thing done; returns 1 with a Problem on standard error, 2 if it was mistyped."""
    if arguments:
        print("daytwo: this takes no arguments; it reads the settings DAYTWO_... and PREFECT_...", file=sys.stderr)
        return 2
    try:
        settings = Settings.read()
        if not os.environ.get("PREFECT_API_URL"):
            raise Problem(
                "No Prefect server is named.",
                where="environment variable PREFECT_API_URL",
                why="The server keeps the schedules; one that ends with this process would lose them.",
                fix="Start one (prefect server start) and set PREFECT_API_URL, such as http://127.0.0.1:4200/api.",
            )
        with get_client(sync_client=True) as client:
            wait_for_server(client, wait_seconds, _print)
            try:
                register(client, settings, _print)
            except httpx.HTTPError as error:
                refused = error
            else:
                return 0
        raise Problem(
            f"Prefect's server refused, or stopped answering part-way ({type(refused).__name__}).",
            where=str(refused).partition(" - Response:")[0],
            why="Part of what is planned may be missing.",
            fix="Check that the server has the same version as this program (prefect version), and run this again.",
        )
    except Problem as problem:
        print(f"daytwo: {problem}", file=sys.stderr)
        return 1


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
