"""What a council runs under Prefect, started as docs/install.md says: PostgreSQL, server, worker, registration."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import flows.prefect_support.prefect_environment  # noqa: F401

# isort: split
import prefect
from prefect.client.orchestration import SyncPrefectClient
from prefect.client.schemas.filters import FlowRunFilter, FlowRunFilterDeploymentId
from prefect.client.schemas.objects import FlowRun
from prefect.client.schemas.responses import DeploymentResponse

from deployments.schedules import PLANNED, Planned
from flows.prefect_support.one_writer import WRITER
from tests.integration.prefect_servers import (
    PostgreSQL,
    Service,
    environments,
    free_port,
    loopback_only,
    wait_until,
)
from warehouse.store.ledger import Entry, Ledger
from warehouse.store.local_folder import LocalFolder

# For what takes about ten seconds on an idle machine.
PATIENCE_SECONDS = 240.0
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
        """Start it and wait until it answers; returns the seconds that took."""
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
        """The store's ledger entries of a kind."""
        return [entry for entry in Ledger(LocalFolder(self.folder / "store")).entries() if entry.kind == kind]

    def deployment(self, planned: Planned) -> DeploymentResponse:
        return self.client.read_deployment_by_name(planned.title)

    def runs(self, planned: Planned, *, auto_scheduled: bool = False) -> list[FlowRun]:
        """The runs of a deployment, without those scheduled for later."""
        wanted = FlowRunFilter(deployment_id=FlowRunFilterDeploymentId(any_=[self.deployment(planned).id]))
        runs = self.client.read_flow_runs(flow_run_filter=wanted, limit=200)
        return [run for run in runs if auto_scheduled or not (run.auto_scheduled and run.state_name == "Scheduled")]

    def ask_for(self, planned: Planned, **parameters: Any) -> FlowRun:
        """A run, requested as the page's button or any program does."""
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
        """The new run of a deployment."""
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


@contextmanager
def operating(folder: Path) -> Iterator[Operated]:
    """Everything running in a new folder until the end; then what was seen is reported."""
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
                assert registered.count("created: deployment") == len(PLANNED)
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
