"""Registers the deployments with a Prefect server and runs what falls due: python -m deployments.serve"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from importlib import import_module

import flows.prefect_environment  # noqa: F401

# isort: split
from prefect import Flow, serve
from prefect.client.schemas.objects import ConcurrencyLimitConfig, ConcurrencyLimitStrategy
from prefect.deployments.runner import RunnerDeployment
from prefect.schedules import Cron
from prefect.types.entrypoint import EntrypointType

from deployments.schedules import PLANNED, TIME_ZONE, Planned
from warehouse.problem import Problem


def deployment(planned: Planned) -> RunnerDeployment:
    """One deployment, run from the installed package: nothing is uploaded.

    One run of it at a time, a second one waits. Runs of any other origin are held off by the store's own lock.
    """
    module, _, name = planned.flow.partition(":")
    found: Flow[..., object] = getattr(import_module(module), name)
    made = found.to_deployment(
        name=planned.name,
        schedule=Cron(planned.cron, timezone=TIME_ZONE) if planned.cron else None,
        concurrency_limit=ConcurrencyLimitConfig(limit=1, collision_strategy=ConcurrencyLimitStrategy.ENQUEUE),
        description=planned.what,
        tags=["daytwo"],
        entrypoint_type=EntrypointType.MODULE_PATH,
    )
    assert isinstance(made, RunnerDeployment)
    return made


def main(arguments: Sequence[str] = ()) -> int:
    """Serve until stopped. Schedules stay active when this process ends: a run that was missed is then seen as late."""
    if arguments:
        print(
            "daytwo: this takes no arguments; what it needs are settings, DAYTWO_... and PREFECT_...", file=sys.stderr
        )
        return 2
    if not os.environ.get("PREFECT_API_URL"):
        problem = Problem(
            "No Prefect server is named.",
            where="environment variable PREFECT_API_URL",
            why="Schedules are kept by the server; one that ends with this process would forget them.",
            fix="Start one (prefect server start) and set PREFECT_API_URL, such as http://127.0.0.1:4200/api.",
        )
        print(f"daytwo: {problem}", file=sys.stderr)
        return 1
    serve(*(deployment(planned) for planned in PLANNED), pause_on_shutdown=False)
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
