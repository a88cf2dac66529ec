"""Lets one run of a Prefect server write at a time: the limit `daytwo-writer`, on top of the store's own lock.

The store's lock keeps the store whole and refuses a second writer at once. This limit makes the second one wait its
turn first, so that a long pull or a run started by hand does not make the nightly run fail.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager

from flows.prefect_support.prefect_environment import TELEMETRY_OFF

# isort: split
import httpx
from prefect.client.orchestration import SyncPrefectClient, get_client
from prefect.client.schemas.actions import GlobalConcurrencyLimitCreate
from prefect.concurrency.asyncio import ConcurrencySlotAcquisitionError
from prefect.concurrency.sync import concurrency
from prefect.exceptions import ObjectAlreadyExists, ObjectNotFound
from prefect.logging import get_run_logger
from prefect.settings import get_current_settings

from warehouse.problem import Busy

assert TELEMETRY_OFF  # importing it before prefect turns telemetry off

WRITER = "daytwo-writer"
# A nightly run with both its retries takes eight minutes; if the place is held for longer, it needs attention.
WAITING_SECONDS = 15 * 60.0
# The shortest the server allows. Renewed while the run lives; a dead run's place is free again after this long.
LEASE_SECONDS = 60.0
SERVER_AWAY_SECONDS = 5.0


@contextmanager
def one_writer(waiting_seconds: float = WAITING_SECONDS) -> Iterator[None]:
    """Hold the writer's place; for use in a flow, around everything that writes.

    Without a server that outlives the run (`--prefect` and no PREFECT_API_URL) there is no run to wait for, and nothing
    to free the place of a killed run: then only the store's own lock applies.

    Args:
        waiting_seconds: how long to wait for the run that holds it.

    Raises:
        Busy: another run still holds it.
    """
    if not get_current_settings().api.url:
        yield
        return
    with get_client(sync_client=True) as client:
        make_writer_limit(client)
    get_run_logger().info("asking for the writer's place; waiting while another run holds it")
    place = _taken(time.monotonic() + waiting_seconds)
    if place is None:
        raise Busy(
            f"Another run has been writing for {waiting_seconds / 60:g} minutes.",
            where=f"Prefect's concurrency limit {WRITER}",
            why="Two runs at once would each publish without the other's evidence; this one has changed nothing.",
            fix="Find the run that holds it in Prefect (Runs, state Running); when it has ended, start this one again.",
        )
    try:
        yield
    finally:
        try:
            place.__exit__(None, None, None)
        except httpx.HTTPError as error:
            # The work is done: a server that cannot be reached now must not turn it into a failed run.
            get_run_logger().warning(
                f"The writer's place could not be released ({type(error).__name__}); it is free again in a minute."
            )


def _taken(until: float) -> AbstractContextManager[None] | None:
    """The writer's place, held; None if it was not free in time. Waits for a server that restarts meanwhile."""
    while True:
        place = concurrency(
            WRITER,
            occupy=1,
            timeout_seconds=max(until - time.monotonic(), 0.1),
            lease_duration=LEASE_SECONDS,
            strict=True,
            # A server that restarts must not stop a run part-way: the store's lock still holds.
            raise_on_lease_renewal_failure=False,
        )
        try:
            place.__enter__()
        except TimeoutError:
            return None
        except ConcurrencySlotAcquisitionError as error:
            if not isinstance(error.__cause__, httpx.TransportError) or time.monotonic() > until:
                raise
            time.sleep(SERVER_AWAY_SECONDS)
        else:
            return place


def make_writer_limit(client: SyncPrefectClient) -> bool:
    """Create the limit if it does not exist; True if it was created. An existing one is not changed."""
    try:
        client.read_global_concurrency_limit_by_name(WRITER)
    except ObjectNotFound:
        try:
            client.create_global_concurrency_limit(GlobalConcurrencyLimitCreate(name=WRITER, limit=1))
        except ObjectAlreadyExists:
            return False  # another run created it first
        return True
    return False
