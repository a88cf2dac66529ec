"""The deployments as they are registered. Registering itself, on a real server, is in tests/integration."""

from __future__ import annotations

import socket

import pytest

from deployments.automations import HEARTBEAT_SECONDS
from deployments.register import POOL, deployment, main
from deployments.schedules import NIGHTLY, NOTIFICATION, PLANNED, PULL, TIME_ZONE
from flows.prefect_support.prefect_environment import TELEMETRY_OFF
from flows.settings import Settings

WITH_SOURCES = Settings(sources="sources.toml")


def test_each_is_run_from_the_installed_package_by_the_pool_one_run_at_a_time() -> None:
    made = {planned.title: deployment(planned, WITH_SOURCES) for planned in PLANNED}
    assert {title: one.entrypoint for title, one in made.items()} == {
        "pull_extracts/weekly": "flows.weekly_pull.pull_extracts",
        "pull_extracts/after-a-crash": "flows.weekly_pull.pull_extracts",
        "nightly/every-night": "flows.nightly.nightly",
        "nightly/after-a-crash": "flows.nightly.nightly",
        "rehearsal/after-each-night": "flows.nightly_rehearsal.rehearsal",
        "notification_received/on-demand": "flows.notification_received.notification_received",
        "notification_received/after-a-crash": "flows.notification_received.notification_received",
    }
    for one in made.values():
        assert (one.concurrency_limit, one.work_pool_name, one.tags) == (1, POOL, ["daytwo"])
        assert one.storage is None, "nothing is uploaded"


def test_every_run_carries_the_heartbeat_it_is_judged_by_and_no_telemetry_whatever_its_worker_has() -> None:
    for planned in PLANNED:
        environment = deployment(planned, WITH_SOURCES).job_variables["env"]
        assert environment["PREFECT_FLOWS_HEARTBEAT_FREQUENCY"] == str(HEARTBEAT_SECONDS)
        assert TELEMETRY_OFF.items() <= environment.items()


def test_what_is_scheduled_runs_by_londons_clock() -> None:
    made = {planned.title: deployment(planned, WITH_SOURCES).schedules or [] for planned in PLANNED}
    assert {
        title: [(one.slug, one.schedule.cron, one.schedule.timezone) for one in schedules]  # type: ignore[union-attr]
        for title, schedules in made.items()
        if schedules
    } == {
        PULL.title: [("weekly", "0 3 * * 1", TIME_ZONE)],
        NIGHTLY.title: [("every-night", "15 4 * * *", TIME_ZONE)],
    }


def test_without_a_file_of_sources_the_pull_is_not_scheduled() -> None:
    assert not deployment(PULL, Settings()).schedules
    assert deployment(NIGHTLY, Settings()).schedules


def test_a_mistaken_parameter_of_a_notification_becomes_a_run_that_fails_and_is_seen() -> None:
    assert not deployment(NOTIFICATION, Settings()).enforce_parameter_schema
    assert deployment(NIGHTLY, Settings()).enforce_parameter_schema


def test_without_a_server_it_says_what_to_do(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("PREFECT_API_URL", raising=False)
    assert main() == 1
    assert "PREFECT_API_URL" in capsys.readouterr().err


def test_a_server_that_does_not_answer_is_waited_for_and_then_named(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from prefect.settings import PREFECT_API_URL, temporary_settings

    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{nobody.getsockname()[1]}/api"
        monkeypatch.setenv("PREFECT_API_URL", url)
        with temporary_settings({PREFECT_API_URL: url}):
            assert main(wait_seconds=0.5) == 1
    said = capsys.readouterr()
    assert said.out == "waiting for Prefect's server\n"
    assert "Prefect's server does not answer (ConnectError)." in said.err
    assert url in said.err


def test_a_word_it_does_not_know_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--help"]) == 2
    assert "takes no arguments" in capsys.readouterr().err
