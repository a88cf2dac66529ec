"""The deployments as they are registered."""

from __future__ import annotations

import pytest

from deployments.schedules import PLANNED, TIME_ZONE
from deployments.serve import deployment, main


def test_each_is_registered_from_the_installed_package_one_run_at_a_time() -> None:
    made = {planned.name: deployment(planned) for planned in PLANNED}
    assert {name: one.entrypoint for name, one in made.items()} == {
        "every-night": "flows.nightly.nightly",
        "on-demand": "flows.notification_received.notification_received",
    }
    assert {one.concurrency_limit for one in made.values()} == {1}
    schedules = [schedule.schedule for schedule in made["every-night"].schedules or []]
    assert [(schedule.cron, schedule.timezone) for schedule in schedules] == [("15 4 * * *", TIME_ZONE)]  # type: ignore[union-attr]
    assert not made["on-demand"].schedules


def test_without_a_server_it_says_what_to_do(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("PREFECT_API_URL", raising=False)
    assert main() == 1
    assert "PREFECT_API_URL" in capsys.readouterr().err
