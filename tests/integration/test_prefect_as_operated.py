"""Prefect as a council runs it: a server on PostgreSQL, a process worker, what is registered; all through its API."""

from __future__ import annotations

import datetime
import json
import os
import subprocess
import sys
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

import flows.prefect_support.prefect_environment  # noqa: F401
from warehouse.england_time import LONDON

# isort: split
import httpx
from prefect.automations import AutomationCore
from prefect.client.schemas.actions import DeploymentUpdate, GlobalConcurrencyLimitUpdate
from prefect.client.schemas.filters import DeploymentFilter, DeploymentFilterId
from prefect.client.schemas.objects import FlowRun
from prefect.client.schemas.responses import DeploymentResponse
from prefect.client.schemas.schedules import IntervalSchedule
from prefect.events import EventTrigger
from prefect.states import Pending, Scheduled

from deployments.automations import GONE_AFTER_SECONDS, NOTIFICATION_EVENT, OURS, TAG, automations
from deployments.register import POOL
from deployments.schedules import NIGHTLY, NOTIFICATION, PLANNED, REHEARSAL, after_a_crash
from flows.packing.verify_and_release import verify_pack
from flows.prefect_support.one_writer import LEASE_SECONDS, WRITER
from tests.integration.operated import PATIENCE_SECONDS, Operated, operating
from tests.integration.prefect_servers import wait_until
from transforms.evidence.framework import framework_ids
from warehouse.store.ledger import Ledger
from warehouse.store.local_folder import LocalFolder

pytestmark = [pytest.mark.integration, pytest.mark.slow]

ASKS = "asking for the writer's place"


@pytest.fixture(scope="module")
def operated(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Operated]:
    with operating(tmp_path_factory.mktemp("operated")) as here:
        yield here


def test_registered_again_only_what_differs_is_put_right_and_what_is_paused_stays_paused(operated: Operated) -> None:
    client = operated.client
    planned = {one.title: operated.deployment(one).id for one in PLANNED}
    flow = operated.deployment(NIGHTLY).flow_id
    older = client.create_deployment(flow, "of-an-older-version", tags=[TAG], work_pool_name=POOL)
    client.update_global_concurrency_limit(WRITER, GlobalConcurrencyLimitUpdate(limit=5))
    client.update_deployment(planned[NOTIFICATION.title], DeploymentUpdate(paused=True, description="somebody's own"))
    [first, *_] = automations(planned)
    client.pause_automation(client.read_automations_by_name(first.name)[0].id)
    client.create_automation(first.model_copy(update={"name": f"{OURS}of an older version"}))

    again = operated.register.run().splitlines()

    assert [line for line in again if not line.startswith("as planned: ")] == [
        "corrected: concurrency limit daytwo-writer (one at a time)",
        "corrected: deployment notification_received/on-demand (on demand or by an automation, paused)",
        f"removed: automation {OURS}of an older version (no longer planned)",
        "removed: deployment nightly/of-an-older-version (no longer planned)",
    ]
    assert f"as planned: automation {first.name} (switched off)" in again
    assert client.read_global_concurrency_limit_by_name(WRITER).limit == 1
    assert client.read_deployments(deployment_filter=DeploymentFilter(id=DeploymentFilterId(any_=[older]))) == []
    assert {one.title: operated.deployment(one).id for one in PLANNED} == planned
    assert sorted(one.name for one in client.read_automations(limit=200)) == sorted(
        one.name for one in automations(planned)
    )
    client.update_deployment(planned[NOTIFICATION.title], DeploymentUpdate(paused=False))
    client.resume_automation(client.read_automations_by_name(first.name)[0].id)


def test_the_servers_page_is_there_and_nothing_went_wrong_as_it_started(operated: Operated) -> None:
    page = httpx.get(str(operated.client.api_url).removesuffix("api/"))
    assert page.status_code == 200
    assert "text/html" in page.headers["content-type"]
    assert (operated.folder / "prefect" / "page").is_dir()
    assert "ERROR" not in operated.server.said()


def test_the_server_plans_the_nightly_run_once_a_night_where_the_clocks_change(operated: Operated) -> None:
    deployment = operated.deployment(NIGHTLY)
    wait_until("the schedule has made runs", lambda: operated.runs(NIGHTLY, auto_scheduled=True), 60)
    for day in (datetime.date(2027, 3, 28), datetime.date(2027, 10, 31)):
        around = [day + datetime.timedelta(days=shift) for shift in (-1, 0, 1)]
        first = datetime.datetime.combine(around[0], datetime.time(), LONDON)
        _schedule(operated, deployment, first, datetime.timedelta(days=3))
    due = [
        run.expected_start_time.astimezone(LONDON)
        for run in operated.runs(NIGHTLY, auto_scheduled=True)
        if run.auto_scheduled and run.expected_start_time
    ]
    assert len(due) == len({moment.date() for moment in due})
    assert {moment.time() for moment in due} == {datetime.time(4, 15)}
    for day in ("2027-03-27", "2027-03-28", "2027-03-29", "2027-10-30", "2027-10-31", "2027-11-01"):
        assert [moment for moment in due if moment.date().isoformat() == day], day
    operated.tell("the server's own schedule: 04:15 in London, once a day, also on 28 March and 31 October 2027")


def _schedule(
    operated: Operated, deployment: DeploymentResponse, first: datetime.datetime, long: datetime.timedelta
) -> None:
    """Let the server make the runs that its schedules want between two moments."""
    httpx.post(
        f"{operated.client.api_url}deployments/{deployment.id}/schedule",
        json={"start_time": first.isoformat(), "end_time": (first + long).isoformat()},
    ).raise_for_status()


def test_a_run_that_falls_due_publishes_and_the_rehearsal_follows_by_itself(operated: Operated) -> None:
    rehearsals = operated.runs(REHEARSAL)
    deployment = operated.deployment(NIGHTLY)
    now = datetime.datetime.now(datetime.UTC)
    soon = IntervalSchedule(interval=datetime.timedelta(days=30), anchor_date=now + datetime.timedelta(seconds=10))
    operated.client.create_deployment_schedules(deployment.id, [(soon, True)])
    # What the scheduler does every minute, now.
    _schedule(operated, deployment, now, datetime.timedelta(minutes=1))
    [scheduled] = [run for run in operated.runs(NIGHTLY, auto_scheduled=True) if _is_due_soon(run)]
    # As if it had been planned the day before, like every run of the night: Prefect lets what follows a state of the
    # last five minutes wait for that state's own event, and the scheduler makes none.
    operated.postgres.change(
        f"UPDATE flow_run_state SET timestamp = timestamp - interval '1 day' WHERE flow_run_id = '{scheduled.id}'"
    )

    nightly = operated.until_completed(scheduled)

    assert nightly.auto_scheduled
    assert nightly.start_time
    assert nightly.expected_start_time
    late = max((nightly.start_time - nightly.expected_start_time).total_seconds(), 0.0)
    [published] = operated.entries("published")
    assert published.body["as_at"] == "2026-10-31"
    assert (operated.folder / "store/published/warehouse.duckdb").is_file()
    assert json.loads((operated.folder / "heartbeat.json").read_text())["state"] == "published"
    operated.tell(f"a scheduled nightly run began {late:.0f} s after it was due: {operated.message(nightly)}")

    rehearsal = operated.until_completed(operated.next_run(REHEARSAL, rehearsals))
    assert len(operated.runs(REHEARSAL)) == len(rehearsals) + 1
    assert list((operated.folder / "store/runs").rglob("rehearsal_slac_2009.json"))
    operated.tell(f"the rehearsal followed by itself: {operated.message(rehearsal)}")

    again = operated.register.run()
    assert "corrected: deployment nightly/every-night" in again
    assert [one.slug for one in operated.deployment(NIGHTLY).schedules] == [NIGHTLY.name]


def _is_due_soon(run: FlowRun) -> bool:
    assert run.expected_start_time
    return run.expected_start_time < datetime.datetime.now(datetime.UTC) + datetime.timedelta(minutes=1)


@pytest.fixture(scope="module")
def killed(operated: Operated) -> FlowRun:
    """A nightly run whose process and worker were killed while it was building; the worker runs again."""
    if not operated.entries("published"):
        operated.until_completed(operated.ask_for(NIGHTLY))
    operated.deliver()
    steps = operated.steps("checking")
    run = operated.ask_for(NIGHTLY, other_settings={"stale_days": 8})
    operated.step("checking", steps)
    gone = operated.worker.stop(kill=True)
    assert len(gone) >= 2, "the worker and the process of the run"
    operated.worker.start()
    return operated.client.read_flow_run(run.id)


def test_a_killed_run_leaves_the_writers_place_taken_and_yesterdays_files_published(
    operated: Operated, killed: FlowRun
) -> None:
    assert killed.state_name == "Running"
    assert operated.writers() == 1
    status = json.loads((operated.folder / "store/published/status.json").read_text())
    assert status["ledger_entry"] == operated.entries("published")[-1].sequence


def test_a_notification_asked_for_through_the_api_seals_a_pack_while_a_dead_run_still_holds_the_writers_place(
    operated: Operated, killed: FlowRun
) -> None:
    form: dict[str, Any] = operated.deployment(NOTIFICATION).parameter_openapi_schema or {}
    assert form["properties"]["framework"]["enum"] == list(framework_ids())
    assert all(one.get("description") for one in form["properties"].values())
    received = datetime.datetime.now(LONDON).replace(second=0, microsecond=0) - datetime.timedelta(hours=2)

    run = operated.until_completed(operated.ask_for(NOTIFICATION, framework="slac_2009", received=received.isoformat()))

    assert run.name == f"slac_2009 received {received:%Y-%m-%d %H:%M}"
    assert operated.entries("sealed")[-1].body["framework"] == "slac_2009"
    [pack] = (operated.folder / "store/packs/slac_2009").glob(f"{received.astimezone(datetime.UTC):%Y%m%dT%H%M}Z*.zip")
    assert verify_pack(pack, Ledger(LocalFolder(operated.folder / "store"))).good
    operated.tell(f"a notification through the API: {operated.message(run)}")


def test_a_notification_that_an_event_tells_of_seals_a_pack(operated: Operated, killed: FlowRun) -> None:
    before = operated.runs(NOTIFICATION)
    received = datetime.datetime.now(LONDON).replace(second=0, microsecond=0) - datetime.timedelta(hours=1)
    _emit(operated, {"framework": "slac_2009", "received": received.isoformat()})

    run = operated.until_completed(operated.next_run(NOTIFICATION, before))

    assert run.name == f"slac_2009 received {received:%Y-%m-%d %H:%M}"
    assert operated.entries("sealed")[-1].body["pack_id"] in operated.message(run)
    operated.tell(f"a notification by an event: {operated.message(run)}")


def test_an_event_with_a_framework_that_is_not_known_is_a_failed_run_that_says_so(
    operated: Operated, killed: FlowRun
) -> None:
    before = operated.runs(NOTIFICATION)
    _emit(operated, {"framework": "slac_2090"})
    run = operated.until(operated.next_run(NOTIFICATION, before), "Failed", "Completed")
    assert run.state
    assert str(run.state.message).startswith("There is no framework 'slac_2090'.")


def _emit(operated: Operated, payload: dict[str, str]) -> None:
    """As any program would that can reach Prefect's API."""
    event = {
        "event": NOTIFICATION_EVENT,
        "resource": {"prefect.resource.id": "council.switchboard"},
        "payload": payload,
        "id": str(uuid.uuid4()),
        "occurred": datetime.datetime.now(datetime.UTC).isoformat(),
    }
    httpx.post(f"{operated.client.api_url}events", json=[event]).raise_for_status()


def test_the_killed_run_is_found_and_run_once_more_to_its_end(operated: Operated, killed: FlowRun) -> None:
    published = len(operated.entries("published"))
    found = operated.until(killed, "Crashed", seconds=GONE_AFTER_SECONDS + PATIENCE_SECONDS)
    again = operated.until_completed(operated.next_run(after_a_crash(NIGHTLY), []))

    assert found.state
    assert found.state.message == f"No heartbeat for {GONE_AFTER_SECONDS} seconds: its process is gone."
    assert found.start_time
    assert again.parameters["other_settings"] == {"stale_days": 8}, "what it was asked for, it is asked for again"
    assert again.parameters["publishing"] is True
    assert len(operated.entries("published")) == max(published, 2)
    assert len(operated.runs(after_a_crash(NIGHTLY))) == 1
    wait_until("the writer's place is free", lambda: operated.writers() == 0, LEASE_SECONDS + 30)
    seconds = (found.state.timestamp - found.start_time).total_seconds()
    operated.tell(
        f"worker and run killed: found Crashed {seconds:.0f} s after it had begun, run once more:"
        f" {operated.message(again)}"
    )


@contextmanager
def _told_after(operated: Operated, title: str, seconds: float) -> Iterator[None]:
    """An automation that acts sooner than as registered."""
    [automation] = operated.client.read_automations_by_name(OURS + title)
    # Whole: the client sends only what was set.
    as_registered = AutomationCore(**automation.model_dump(exclude={"id", "owner_resource"}))
    sooner = as_registered.model_copy(deep=True)
    assert isinstance(sooner.trigger, EventTrigger)
    sooner.trigger.within = datetime.timedelta(seconds=seconds)
    operated.client.update_automation(automation.id, sooner)
    yield
    operated.client.update_automation(automation.id, as_registered)


def test_a_run_that_a_worker_took_and_never_began_is_found_and_run_once_more(
    operated: Operated, killed: FlowRun
) -> None:
    received = datetime.datetime.now(LONDON).replace(second=0, microsecond=0) - datetime.timedelta(hours=3)
    given = {"framework": "slac_2009", "received": received.isoformat()}
    deployment = operated.deployment(NOTIFICATION).id
    with _told_after(operated, "a run that was taken and never began has crashed", 20):
        # Of a later hour, so that no worker takes it; then taken, as by one that goes away before it begins.
        later = Scheduled(scheduled_time=datetime.datetime.now(datetime.UTC) + datetime.timedelta(hours=1))
        run = operated.client.create_flow_run_from_deployment(deployment, parameters=given, state=later)
        operated.client.set_flow_run_state(run.id, Pending(), force=True)
        found = operated.until(run, "Crashed")

    again = operated.until_completed(operated.next_run(after_a_crash(NOTIFICATION), []))
    assert operated.message(found) == "Taken by a worker and not begun within 10 minutes."
    assert again.name == f"slac_2009 received {received:%Y-%m-%d %H:%M}"
    assert operated.entries("sealed")[-1].body["pack_id"] in operated.message(again)
    operated.tell(f"a run taken and never begun: found Crashed, run once more: {operated.message(again)}")


@contextmanager
def _writers_place_held(operated: Operated) -> Iterator[None]:
    """As by a run that writes."""
    limits = f"{operated.client.api_url}v2/concurrency_limits"
    held = httpx.post(
        f"{limits}/increment-with-lease", json={"names": [WRITER], "slots": 1, "lease_duration": 600}
    ).raise_for_status()
    yield
    httpx.post(f"{limits}/decrement-with-lease", json={"lease_id": held.json()["lease_id"]}).raise_for_status()


def test_a_second_nightly_run_waits_while_another_writes_and_a_restart_of_the_server_loses_nothing(
    operated: Operated,
) -> None:
    def known() -> tuple[dict[str, uuid.UUID], set[str], set[tuple[uuid.UUID, str | None]], int]:
        runs = [run for one in PLANNED for run in operated.runs(one)]
        return (
            {one.title: operated.deployment(one).id for one in PLANNED},
            {one.name for one in operated.client.read_automations(limit=200)},
            {(run.id, run.state_name) for run in runs if run.state and run.state.is_final()},
            operated.writers(),
        )

    operated.deliver()
    published = len(operated.entries("published"))
    steps = operated.steps(ASKS)
    with _writers_place_held(operated):
        both = [operated.ask_for(NIGHTLY), operated.ask_for(NIGHTLY)]
        operated.step(ASKS, steps)

        def look() -> list[FlowRun]:
            now = [operated.client.read_flow_run(run.id) for run in both]
            return [run for run in now if run.state_name == "AwaitingConcurrencySlot"]

        [waiting] = wait_until("one waits for the other", look, PATIENCE_SECONDS)
        [running] = [run for run in both if run.id != waiting.id]
        before = known()
        operated.server.stop()
        with pytest.raises(httpx.HTTPError):
            httpx.get(f"{operated.client.api_url}health")
        took = operated.start_server()
        after = known()
        assert operated.client.read_flow_run(running.id).state_name == "Running"
        assert len(operated.entries("published")) == published

    assert after[:2] == before[:2]
    assert after[2] >= before[2]
    assert after[3] == before[3] == 1, "who writes is known too"
    operated.tell(f"the server, stopped and started again ({took:.1f} s), knew all deployments, automations and runs")
    came = operated.until_completed(running)
    last = operated.until_completed(waiting)
    assert len(operated.entries("published")) == published + 1
    assert operated.message(last).startswith("Nothing new")
    wait_until("the writer's place is free", lambda: operated.writers() == 0, LEASE_SECONDS + 30)
    operated.tell(
        f"a second nightly run waited for the one that writes ({operated.message(came)}), then:"
        f" {operated.message(last)}"
    )


def test_nothing_wanted_to_leave_the_machine(operated: Operated) -> None:
    watch = operated.folder / "watch"
    environment = {"PYTHONPATH": str(watch), "PATH": os.environ["PATH"]}
    found = watch / "beyond.txt"
    seen = found.read_text().splitlines() if found.exists() else []
    subprocess.run(
        [sys.executable, "-c", "import socket; socket.socket(type=socket.SOCK_DGRAM).connect(('192.0.2.1', 9))"],
        env=environment,
        stderr=subprocess.DEVNULL,
        check=False,
    )
    assert "192.0.2.1" in found.read_text(), "the watch sees what it has to see"
    watched = (watch / "watched.txt").read_text().splitlines()
    kinds = {
        "server": sum("prefect server start" in line for line in watched),
        "worker": sum("prefect worker start" in line for line in watched),
        "registration": sum("deployments.register" in line for line in watched),
        "run": sum("prefect.engine" in line for line in watched),
    }
    assert all(kinds.values()), kinds
    assert seen == []
    counted = ", ".join(f"{number} {kind}" for kind, number in kinds.items())
    operated.tell(f"nothing beyond loopback was wanted by {len(watched)} Python processes ({counted})")
