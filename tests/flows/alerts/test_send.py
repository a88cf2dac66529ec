"""Telling people: once, by every channel, remembered between runs, and never at the cost of the run."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from flows.alerts.alert import Alert, Kind, of_pull, of_rehearsal
from flows.alerts.memory import cannot_tell, read_state
from flows.alerts.send import Observation, SendOutcome, and_tell, late_now, tell, try_channels
from flows.settings import Settings
from tests.alert_servers import Mailbox, Posts, mail_server, mailing, web_server
from warehouse.problem import Problem
from warehouse.store.keys import ALERTS
from warehouse.store.ledger import Ledger
from warehouse.store.local_folder import LocalFolder

NIGHT = datetime.datetime(2026, 11, 3, 4, 15, tzinfo=datetime.UTC)
DAY = datetime.timedelta(days=1)
FAILED = Alert("nightly_failed", "nightly", "The nightly run failed.", (), "Look.")
LATE = Alert("source_late", "health", "health is late.", (), "Ask.")


def over(kind: Kind, subject: str) -> str:
    return f"{subject} is well again."


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
        return tell(
            store, settings, Observation(alerts, over), NIGHT + number * DAY, warn=self.warnings.append, **given
        )


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
    with mail_server() as box, web_server() as posts:
        settings = mailing(tmp_path / "store", box, alert_webhook=f"http://127.0.0.1:{posts.port}/")
        yield World(LocalFolder(tmp_path / "store"), box, posts, settings)


def test_one_message_a_run_holds_all_its_news_and_is_not_repeated(world: World) -> None:
    result = world.look(0, LATE, FAILED)
    assert world.box.subjects == ["Daytwo, Borchester: the nightly run failed, and 1 more"]
    assert [[alert["kind"] for alert in post["alerts"]] for post in world.posts.taken] == [
        ["nightly_failed", "source_late"]
    ]
    assert result.told == (("mail", world.box.subjects[0]), ("webhook", world.box.subjects[0]))
    world.look(1, LATE, FAILED)
    world.look(2, FAILED, LATE)
    assert (len(world.box.raw), len(world.posts.taken), world.warnings) == (1, 1, [])


def test_what_is_over_is_told_once_and_what_comes_back_again(world: World) -> None:
    world.look(0, LATE)
    world.look(1)
    world.look(2)
    world.look(3, LATE)
    assert world.box.subjects == [
        "Daytwo, Borchester: health is late",
        "Daytwo, Borchester: over: health is no longer late",
        "Daytwo, Borchester: health is late",
    ]
    assert "OVER: health is well again." in world.box.texts()[1]


def test_a_mail_server_that_is_down_costs_a_warning_and_is_told_next_time(world: World) -> None:
    down = Settings.read({}, **{**as_given(world.settings), "smtp_server": "127.0.0.1:1"})
    result = world.look(0, LATE, settings=down)
    assert result.not_told == ("mail",)
    assert len(world.posts.taken) == 1
    assert world.warnings == ["The mail could not be sent: connection refused. (mail server 127.0.0.1:1)"]
    world.look(1, LATE)
    assert world.box.subjects == ["Daytwo, Borchester: health is late"]
    assert "Stands since 3 November 2026, 04:15." in world.box.texts()[0]
    assert len(world.posts.taken) == 1, "the webhook was told the first time"


def test_a_channel_set_wrongly_stops_neither_the_other_nor_the_run(world: World) -> None:
    wrong = Settings.read({}, **{**as_given(world.settings), "alert_to": "nobody"})
    assert world.look(0, LATE, settings=wrong).not_told == ("mail",)
    assert len(world.posts.taken) == 1
    assert world.warnings[0].startswith("DAYTWO_ALERT_TO holds no address")


def test_without_any_channel_what_stands_is_remembered_and_told_once_there_is_one(world: World) -> None:
    none = Settings.read({}, store=world.settings.store)
    assert [one.alert for one in world.look(0, LATE, settings=none).state.in_order()] == [LATE]
    world.look(1, LATE)
    assert len(world.box.raw) == 1


def test_a_spoilt_memory_starts_anew_and_the_message_says_so(world: World) -> None:
    world.look(0, LATE)
    world.store.replace(ALERTS, b"{spoilt")
    world.look(1, LATE)
    assert len(world.box.raw) == 2
    assert "Note: runs/alerts.json could not be read" in world.box.texts()[1]
    assert len(world.warnings) == 1
    world.look(2, LATE)
    assert len(world.box.raw) == 2


def test_where_nothing_can_be_remembered_a_nightly_tells_and_a_watch_does_not(world: World, tmp_path: Path) -> None:
    (tmp_path / "store").mkdir()
    (tmp_path / "store" / "runs").touch()
    result = world.look(0, FAILED)
    assert (world.box.raw, [one.alert for one in result.state.in_order()]) == ([], [FAILED])
    assert world.warnings[0].startswith("What was told before can be neither read nor remembered")
    world.look(0, FAILED, without_memory=True)
    assert len(world.box.raw) == 1
    world.look(0, FAILED, store=None, without_memory=True)
    assert len(world.box.raw) == 2


def test_a_quiet_look_writes_nothing(world: World, tmp_path: Path) -> None:
    world.look(0)
    assert not (tmp_path / "store").exists()
    world.look(0, LATE)
    before = (tmp_path / "store" / ALERTS).stat().st_mtime_ns
    world.look(1, LATE)
    assert (tmp_path / "store" / ALERTS).stat().st_mtime_ns == before


def test_of_several_who_look_at_once_one_tells(world: World) -> None:
    with ThreadPoolExecutor(4) as threads:
        list(threads.map(lambda number: world.look(0, LATE), range(4)))
    assert (len(world.box.raw), len(world.posts.taken), world.warnings) == (1, 1, [])


def test_a_test_message_goes_by_every_channel_and_is_not_remembered(world: World) -> None:
    assert try_channels(world.settings, NIGHT) == [("mail", None, ""), ("webhook", None, "")]
    assert world.box.subjects == ["Daytwo, Borchester: a test"]
    assert world.posts.taken[0]["subject"] == "a test"
    assert read_state(world.store)[0].standing == {}
    (mail, webhook) = try_channels(
        Settings.read({}, **{**as_given(world.settings), "smtp_server": "127.0.0.1:1"}), NIGHT
    )
    assert isinstance(mail[1], Problem)
    assert webhook[1] is None
    with pytest.raises(Problem, match="No channel is set"):
        try_channels(Settings.read({}), NIGHT)


def test_a_source_is_late_until_it_is_delivered(world: World, tmp_path: Path) -> None:
    (tmp_path / "sources.toml").write_text(
        '[health]\nkind = "delivered"\nexpected = {weekday = "monday", by = "09:00"}\n'
    )
    settings = Settings.read({}, **{**as_given(world.settings), "sources": str(tmp_path / "sources.toml")})

    def look(at: datetime.datetime) -> None:
        late, late_over = late_now(world.store, settings, at, world.warnings.append)
        tell(world.store, settings, Observation(late, late_over), at, warn=world.warnings.append)

    look(NIGHT)
    look(NIGHT + DAY)
    delivered = NIGHT + 2 * DAY
    body = {"source": "health", "as_at": "2026-10-30", "release": "", "file_name": "nhs_ae.csv", "sha256": "0" * 64}
    Ledger(world.store).append("received", {**body, "size": 1}, delivered)
    look(delivered + DAY)
    assert world.box.subjects == [
        "Daytwo, Borchester: health is late",
        "Daytwo, Borchester: over: health is no longer late",
    ]
    assert "health is late: it was due by 2 November 2026, 09:00." in world.box.texts()[0]
    assert "OVER: health was delivered on 5 November 2026, 04:15." in world.box.texts()[1]
    assert world.warnings == []


def test_a_file_of_sources_that_cannot_be_read_ends_nothing_and_is_said(world: World, tmp_path: Path) -> None:
    world.look(0, LATE)
    settings = Settings.read({}, **{**as_given(world.settings), "sources": str(tmp_path / "nowhere.toml")})
    late, late_over = late_now(world.store, settings, NIGHT, world.warnings.append)
    assert (late, late_over("source_late", "health")) == ((), "")
    assert world.warnings == ["Whether a source is late cannot be said: The file of sources cannot be read."]


def test_what_the_work_came_to_is_told_and_handed_on() -> None:
    told: list[object] = []

    def fails() -> str:
        raise ValueError("Zebedeeus")

    assert and_tell(lambda: "done", told.append) == "done"
    with pytest.raises(Problem, match="an unexpected error"):
        and_tell(fails, told.append)
    assert told[0] == "done"
    assert "Zebedeeus" not in str(told[1])


def test_a_rehearsal_and_a_pull_say_what_to_do() -> None:
    problem = Problem("it failed", fix="Mend it.")
    assert of_rehearsal("slac_2009", "SLAC", problem).what_to_do == "Mend it. Then: daytwo rehearse."
    assert of_pull("health", problem).what_to_do == "Mend it. Then: daytwo pull."
    assert cannot_tell("pull_failed", "health") == ""


def as_given(settings: Settings) -> dict[str, Any]:
    return {name: getattr(settings, name) for name in Settings.__dataclass_fields__}
