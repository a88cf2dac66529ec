"""One writer among the runs of a Prefect server: runs take turns, or are refused with a sentence."""

from __future__ import annotations

import httpx
import pytest

import flows.prefect_support.prefect_environment  # noqa: F401

# isort: split
from prefect import flow
from prefect.client.orchestration import SyncPrefectClient, get_client
from prefect.settings import PREFECT_API_URL, temporary_settings

from flows.prefect_support.one_writer import LEASE_SECONDS, WRITER, make_writer_limit, one_writer
from tests.flows.conftest import PrefectServer
from warehouse.problem import Problem


@flow(name="writes")
def writes(waiting_seconds: float = 60.0) -> int:
    """What a run sees of the limit while it holds it."""
    with one_writer(waiting_seconds), get_client(sync_client=True) as client:
        return taken(client)


def taken(client: SyncPrefectClient) -> int:
    return client.read_global_concurrency_limit_by_name(WRITER).active_slots


def hold(client: SyncPrefectClient) -> str:
    """Another run's hold; its lease."""
    make_writer_limit(client)
    answer = client.request(
        "POST",
        "/v2/concurrency_limits/increment-with-lease",
        json={"names": [WRITER], "slots": 1, "lease_duration": LEASE_SECONDS},
    )
    return str(answer.json()["lease_id"])


def let_go(client: SyncPrefectClient, lease: str) -> httpx.Response:
    return client.request("POST", "/v2/concurrency_limits/decrement-with-lease", json={"lease_id": lease})


def test_a_run_creates_a_missing_limit_holds_it_and_releases_it(prefect_server: PrefectServer) -> None:
    with get_client(sync_client=True) as client:
        if not make_writer_limit(client):
            client.delete_global_concurrency_limit_by_name(WRITER)
            assert make_writer_limit(client)
        client.delete_global_concurrency_limit_by_name(WRITER)
        assert writes() == 1
        assert taken(client) == 0
        assert client.read_global_concurrency_limit_by_name(WRITER).limit == 1
        assert not make_writer_limit(client), "what is there stays"


def test_a_run_that_waited_too_long_names_the_holder_and_has_done_nothing(prefect_server: PrefectServer) -> None:
    with get_client(sync_client=True) as client:
        lease = hold(client)
        try:
            with pytest.raises(Problem, match=r"Another run has been writing for 0\.025 minutes") as refused:
                writes(1.5)
            assert WRITER in refused.value.where
            assert refused.value.__context__ is None or not isinstance(refused.value.__context__, TimeoutError)
        finally:
            let_go(client, lease)
        assert writes() == 1


def test_a_run_that_fails_releases_its_place_and_reports_its_own_error(
    prefect_server: PrefectServer,
) -> None:
    @flow(name="breaks")
    def breaks() -> None:
        with one_writer(60.0):
            raise Problem("the work's own fault")

    with pytest.raises(Problem, match="the work's own fault"):
        breaks()
    with get_client(sync_client=True) as client:
        assert taken(client) == 0


def test_a_place_that_cannot_be_released_does_not_fail_the_run(
    prefect_server: PrefectServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The server goes away while the run works: its address leads nowhere by the time the place is given back."""

    @flow(name="ends alone")
    def ends_alone() -> str:
        with one_writer(60.0):
            away.__enter__()
        away.__exit__(None, None, None)
        return "done"

    away = temporary_settings({PREFECT_API_URL: "http://127.0.0.1:1/api"})
    assert ends_alone() == "done"
    with get_client(sync_client=True) as client:
        # A minute later it would be free by itself.
        client.delete_global_concurrency_limit_by_name(WRITER)


def test_without_a_server_that_outlives_the_run_only_the_stores_own_lock_is_used() -> None:
    with temporary_settings({PREFECT_API_URL: None}):
        entered = False
        with one_writer():
            entered = True
        assert entered
