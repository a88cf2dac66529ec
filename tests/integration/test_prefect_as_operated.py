"""Prefect as a council runs it: a server on PostgreSQL, a process worker, what is registered; all through its API."""

from __future__ import annotations

import datetime
import json
import os
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

import flows.prefect_environment  # noqa: F401

# isort: split
import httpx
import prefect
from prefect.client.orchestration import SyncPrefectClient
from prefect.client.schemas.actions import DeploymentUpdate, GlobalConcurrencyLimitUpdate
from prefect.client.schemas.filters import (
    DeploymentFilter,
    DeploymentFilterId,
    FlowRunFilter,
    FlowRunFilterDeploymentId,
)
from prefect.client.schemas.objects import FlowRun
from prefect.client.schemas.responses import DeploymentResponse
from prefect.client.schemas.schedules import IntervalSchedule

from deployments.automations import GONE_AFTER_SECONDS, NOTIFICATION_EVENT, OURS, TAG, automations
from deployments.register import POOL
from deployments.schedules import NIGHTLY, NOTIFICATION, PLANNED, REHEARSAL, Planned, after_a_crash
from flows.one_writer import LEASE_SECONDS, WRITER
from flows.packs import verify_pack
from tests.integration.prefect_servers import (
    PostgreSQL,
    Service,
    environments,
    free_port,
    loopback_only,
    wait_until,
)
from transforms.framework import framework_ids
from warehouse.ledger import Entry, Ledger
from warehouse.local_folder import LocalFolder

pytestmark = [pytest.mark.integration, pytest.mark.slow]

LONDON = ZoneInfo("Europe/London")
# For what takes some ten seconds on an idle machine.
PATIENCE_SECONDS = 240.0
ASKS = "asks for the writer's place"
_REPORT = os.environ.get("DAYTWO_TEST_REPORT")


@dataclass
class Operated:
    """What a council's server runs, and where it keeps what."""

    folder: Path
    server: Service
    worker: Service
    register: Service
    postgres: PostgreSQL
    client: SyncPrefectClient
    network: str
    said: list[str] = field(default_factory=list)
    children: int = 0

    def start_server(self) -> float:
        """Start it and wait until it answers; the seconds that took."""
        began = time.monotonic()
        self.server.start()
        wait_until(
            "the server answers", lambda: self.client.api_healthcheck() is None, PATIENCE_SECONDS, but_first=self._gone
        )
        return time.monotonic() - began

    def deliver(self) -> None:
        """One more child than before: new evidence for the next nightly run."""
        self.children += 1
        delivery = self.folder / "drop" / "case_management" / "2026-10-31"
        delivery.mkdir(parents=True, exist_ok=True)
        (delivery / "_complete").touch()
        rows = [f"KX{number:05},Zebedeeus,Quillfeather,M,2015-05-01" for number in range(self.children)]
        (delivery / "ssd_person.csv").write_text(
            "\n".join(["pers_person_id,pers_forename,pers_surname,pers_sex,pers_dob", *rows, ""])
        )
        (delivery / "ssd_cp_plans.csv").write_text(
            "cppl_cp_plan_id,cppl_person_id,cppl_cp_plan_start_date,cppl_cp_plan_end_date\nP1,KX00000,2026-01-05,\n"
        )

    def entries(self, kind: str) -> list[Entry]:
        """What the store's ledger holds of a kind."""
        return [entry for entry in Ledger(LocalFolder(self.folder / "store")).entries() if entry.kind == kind]

    def deployment(self, planned: Planned) -> DeploymentResponse:
        return self.client.read_deployment_by_name(planned.title)

    def runs(self, planned: Planned, *, auto_scheduled: bool = False) -> list[FlowRun]:
        """The runs of a deployment, less those that a schedule has ahead."""
        wanted = FlowRunFilter(deployment_id=FlowRunFilterDeploymentId(any_=[self.deployment(planned).id]))
        runs = self.client.read_flow_runs(flow_run_filter=wanted, limit=200)
        return [run for run in runs if auto_scheduled or not (run.auto_scheduled and run.state_name == "Scheduled")]

    def ask_for(self, planned: Planned, **parameters: Any) -> FlowRun:
        """A run, as the page's button or anybody's program asks for one."""
        return self.client.create_flow_run_from_deployment(self.deployment(planned).id, parameters=parameters)

    def until(self, run: FlowRun, *states: str, seconds: float = PATIENCE_SECONDS) -> FlowRun:
        """The run, once it is in one of the states (by name)."""

        def look() -> FlowRun | None:
            now = self.client.read_flow_run(run.id)
            return now if now.state_name in states else None

        return wait_until(f"{run.name} becomes {' or '.join(states)}", look, seconds, but_first=self._gone)

    def until_completed(self, run: FlowRun, seconds: float = PATIENCE_SECONDS) -> FlowRun:
        ended = self.until(run, "Completed", "Failed", "Crashed", "Cancelled", "TimedOut", seconds=seconds)
        assert ended.state_name == "Completed", self.message(ended)
        return ended

    def message(self, run: FlowRun) -> str:
        """What a run's state says."""
        return str(run.state.message) if run.state else ""

    def next_run(self, planned: Planned, before: list[FlowRun], seconds: float = PATIENCE_SECONDS) -> FlowRun:
        """The run of a deployment that was not there before."""
        known = {run.id for run in before}

        def look() -> list[FlowRun]:
            return [run for run in self.runs(planned) if run.id not in known]

        return wait_until(f"{planned.title} is run", look, seconds, but_first=self._gone)[0]

    def steps(self, step: str) -> int:
        """How often the worker's output says a step."""
        return self.worker.said().count(f"- {step}")

    def step(self, step: str, before: int) -> None:
        """Wait until the worker's output says a step more often than before."""
        wait_until(f"a run says: {step}", lambda: self.steps(step) > before, PATIENCE_SECONDS, but_first=self._gone)

    def writers(self) -> int:
        """How many hold the writer's place."""
        return self.client.read_global_concurrency_limit_by_name(WRITER).active_slots

    def tell(self, line: str) -> None:
        """Keep a line of what was seen."""
        self.said.append(line)
        print(line, flush=True)

    def _gone(self) -> str:
        return self.server.ended()


@pytest.fixture(scope="module")
def operated(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Operated]:
    """Started as docs/install.md says, stopped and removed at the end."""
    folder = tmp_path_factory.mktemp("operated")
    with loopback_only() as network:
        postgres, port = PostgreSQL(), free_port()
        for_server, for_worker = environments(folder, postgres, port)
        server = Service("daytwo-prefect-server", folder, for_server, {"4200": str(port)})
        worker = Service("daytwo-worker", folder, for_worker, {})
        register = Service("daytwo-register", folder, for_worker, {})
        try:
            postgres.start()
            began = time.monotonic()
            server.start()
            # The registration waits for the server that is just starting.
            registered = register.run()
            ready = time.monotonic() - began
            worker.start()
            with SyncPrefectClient(for_worker["PREFECT_API_URL"]) as client:
                here = Operated(folder, server, worker, register, postgres, client, network)
                here.tell(f"Prefect {client.api_version()} (client {prefect.__version__}), {postgres.version}")
                here.tell(f"server, worker and runs {network}; server up and all registered after {ready:.1f} s")
                assert registered.count("made: deployment") == len(PLANNED)
                here.deliver()
                yield here
                _report(here.said)
        finally:
            worker.stop()
            server.stop()
            postgres.stop()


def _report(lines: list[str]) -> None:
    """Add what was seen to the file DAYTWO_TEST_REPORT names, or to integration.txt in the folder it names."""
    if _REPORT:
        place = Path(_REPORT)
        with (place / "integration.txt" if place.is_dir() else place).open("a", encoding="utf-8") as file:
            file.write("\n".join(["Prefect as operated", *(f"  {line}" for line in lines), ""]))


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
        "put right: concurrency limit daytwo-writer (one at a time)",
        "put right: deployment notification_received/on-demand (on demand or by an automation, paused)",
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
    assert "put right: deployment nightly/every-night" in again
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
