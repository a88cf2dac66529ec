"""Alerts are sent once to every channel, remembered between runs, and never make a run fail."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from flows.alerts.alert import Alert, Kind
from flows.alerts.memory import Observation, read_memory
from flows.alerts.send import SendOutcome, run_and_send, send_after_run, send_news, send_test
from flows.settings import Settings
from tests.alert_servers import Mailbox, Posts, mail_server, mailing, web_server
from warehouse.problem import Problem
from warehouse.store.evidence_store import EvidenceStore
from warehouse.store.keys import ALERTS
from warehouse.store.local_folder import LocalFolder

NIGHT = datetime.datetime(2026, 11, 3, 4, 15, tzinfo=datetime.UTC)
DAY = datetime.timedelta(days=1)
FAILED = Alert("nightly_failed", "nightly", "The nightly run failed.", (), "Look.")
LATE = Alert("source_late", "health", "health is late.", (), "Ask.")


def resolved_because(kind: Kind, subject: str) -> str:
    return f"{subject} is resolved."


@dataclass
class World:
    """A store, a mail server and a webhook."""

    store: LocalFolder
    box: Mailbox
    posts: Posts
    settings: Settings
    warnings: list[str] = field(default_factory=list)

    def look(self, number: int, *alerts: Alert, **given: Any) -> SendOutcome:
        settings = given.pop("settings", self.settings)
        store = given.pop("store", self.store)
        found = Observation(alerts, resolved_because)
        return send_news(store, settings, found, NIGHT + number * DAY, warn=self.warnings.append, **given)


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
    with mail_server() as box, web_server() as posts:
        settings = mailing(tmp_path / "store", box, alert_webhook=f"http://127.0.0.1:{posts.port}/")
        yield World(LocalFolder(tmp_path / "store"), box, posts, settings)


def test_one_message_has_all_the_news_of_a_run_and_is_not_repeated(world: World) -> None:
    result = world.look(0, LATE, FAILED)
    assert world.box.subjects == ["Daytwo, Borchester: the nightly run failed, and 1 more"]
    assert [[alert["kind"] for alert in post["alerts"]] for post in world.posts.taken] == [
        ["nightly_failed", "source_late"]
    ]
    assert result.sent == (("mail", world.box.subjects[0]), ("webhook", world.box.subjects[0]))
    world.look(1, LATE, FAILED)
    world.look(2, FAILED, LATE)
    assert (len(world.box.raw), len(world.posts.taken), world.warnings) == (1, 1, [])


def test_a_resolved_alert_is_sent_once_and_again_if_it_comes_back(world: World) -> None:
    world.look(0, LATE)
    world.look(1)
    world.look(2)
    world.look(3, LATE)
    assert world.box.subjects == [
        "Daytwo, Borchester: health is late",
        "Daytwo, Borchester: resolved: health is no longer late",
        "Daytwo, Borchester: health is late",
    ]
    assert "RESOLVED: health is resolved." in world.box.texts()[1]


def test_a_mail_server_that_is_down_costs_a_warning_and_is_tried_next_time(world: World) -> None:
    down = Settings.read({}, **{**as_given(world.settings), "smtp_server": "127.0.0.1:1"})
    result = world.look(0, LATE, settings=down)
    assert result.failed_channels == ("mail",)
    assert len(world.posts.taken) == 1
    assert world.warnings == ["The mail could not be sent: connection refused. (mail server 127.0.0.1:1)"]
    world.look(1, LATE)
    assert world.box.subjects == ["Daytwo, Borchester: health is late"]
    assert "Open since 3 November 2026, 04:15." in world.box.texts()[0]
    assert len(world.posts.taken) == 1, "the webhook took it the first time"


def test_a_channel_with_wrong_settings_stops_neither_the_other_nor_the_run(world: World) -> None:
    wrong = Settings.read({}, **{**as_given(world.settings), "alert_to": "nobody"})
    assert world.look(0, LATE, settings=wrong).failed_channels == ("mail",)
    assert len(world.posts.taken) == 1
    assert world.warnings[0].startswith("DAYTWO_ALERT_TO is empty, or contains")


def test_alerts_are_remembered_without_a_channel_and_sent_once_one_is_set(world: World) -> None:
    none = Settings.read({}, store=world.settings.store)
    assert [one.alert for one in world.look(0, LATE, settings=none).memory.open_alerts()] == [LATE]
    world.look(1, LATE)
    assert len(world.box.raw) == 1


def test_a_damaged_memory_starts_empty_and_the_message_says_so(world: World) -> None:
    world.look(0, LATE)
    world.store.replace(ALERTS, b"{spoilt")
    world.look(1, LATE)
    assert len(world.box.raw) == 2
    assert "Note: runs/alerts.json could not be read" in world.box.texts()[1]
    assert len(world.warnings) == 1
    world.look(2, LATE)
    assert len(world.box.raw) == 2


def test_a_nightly_run_sends_without_a_memory_and_a_watch_does_not(world: World, tmp_path: Path) -> None:
    (tmp_path / "store").mkdir()
    (tmp_path / "store" / "runs").touch()
    result = world.look(0, FAILED)
    assert (world.box.raw, [one.alert for one in result.memory.open_alerts()]) == ([], [FAILED])
    assert world.warnings[0].startswith("The record of alerts already sent can be neither read nor updated")
    world.look(0, FAILED, without_memory=True)
    assert len(world.box.raw) == 1
    world.look(0, FAILED, store=None, without_memory=True)
    assert len(world.box.raw) == 2


def test_an_observation_without_news_writes_nothing(world: World, tmp_path: Path) -> None:
    world.look(0)
    assert not (tmp_path / "store").exists()
    world.look(0, LATE)
    before = (tmp_path / "store" / ALERTS).stat().st_mtime_ns
    world.look(1, LATE)
    assert (tmp_path / "store" / ALERTS).stat().st_mtime_ns == before


def test_only_one_of_several_observations_at_once_sends(world: World) -> None:
    with ThreadPoolExecutor(4) as threads:
        list(threads.map(lambda number: world.look(0, LATE), range(4)))
    assert (len(world.box.raw), len(world.posts.taken), world.warnings) == (1, 1, [])


def test_a_test_message_goes_to_every_channel_and_is_not_remembered(world: World) -> None:
    assert send_test(world.settings, NIGHT) == [("mail", None, ""), ("webhook", None, "")]
    assert world.box.subjects == ["Daytwo, Borchester: a test"]
    assert world.posts.taken[0]["subject"] == "a test"
    assert read_memory(world.store)[0].alerts == {}
    (mail, webhook) = send_test(Settings.read({}, **{**as_given(world.settings), "smtp_server": "127.0.0.1:1"}), NIGHT)
    assert isinstance(mail[1], Problem)
    assert webhook[1] is None
    with pytest.raises(Problem, match="No channel is set"):
        send_test(Settings.read({}), NIGHT)


def test_after_a_run_other_observations_of_the_store_are_sent_too_if_it_can_be_opened(world: World) -> None:
    def observe(store: EvidenceStore) -> Observation:
        return Observation((LATE,), resolved_because)

    failed = Observation((FAILED,))
    send_after_run(world.settings, failed, NIGHT, warn=pytest.fail, and_also=(observe,))
    assert world.box.subjects == ["Daytwo, Borchester: the nightly run failed, and 1 more"]
    send_after_run(world.settings, Observation(), NIGHT + DAY, warn=pytest.fail, and_also=(observe,))
    assert world.box.subjects[1:] == ["Daytwo, Borchester: resolved: the nightly run no longer fails"]
    nowhere = Settings.read({}, **{**as_given(world.settings), "store": ""})
    send_after_run(nowhere, failed, NIGHT, warn=world.warnings.append, and_also=(observe,))
    assert world.box.subjects[2:] == ["Daytwo, Borchester: the nightly run failed"]


def test_whatever_fails_after_a_run_is_a_warning(world: World) -> None:
    def observe(store: EvidenceStore) -> Observation:
        raise ValueError("Zebedeeus")

    send_after_run(world.settings, Observation((FAILED,)), NIGHT, warn=world.warnings.append, and_also=(observe,))
    (warning,) = world.warnings
    assert warning.startswith("No alerts could be sent for this run: ")
    assert "Zebedeeus" not in warning


def test_the_result_of_the_work_is_sent_and_returned() -> None:
    sent: list[object] = []

    def fails() -> str:
        raise ValueError("Zebedeeus")

    assert run_and_send(lambda: "done", sent.append) == "done"
    with pytest.raises(Problem, match="an unexpected error"):
        run_and_send(fails, sent.append)
    assert sent[0] == "done"
    assert "Zebedeeus" not in str(sent[1])


def as_given(settings: Settings) -> dict[str, Any]:
    return {name: getattr(settings, name) for name in Settings.__dataclass_fields__}
