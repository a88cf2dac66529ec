"""A source that could not be fetched is an alert until it can be, even if the whole pull failed."""

from __future__ import annotations

import datetime
from pathlib import Path

import pytest

from flows.commands.command_line import main
from flows.receiving.alerts_of_a_pull import send_alerts_of_pull
from flows.receiving.pull_extracts import Pulled, PulledSource
from tests.alert_servers import mail_server, mailing
from warehouse.problem import Problem
from warehouse.store.local_folder import LocalFolder

NIGHT = datetime.datetime(2026, 11, 2, 3, 0, tzinfo=datetime.UTC)
DAY = datetime.timedelta(days=1)
LADO = PulledSource("lado", "folder")


def test_a_source_is_sent_once_until_it_can_be_fetched(tmp_path: Path) -> None:
    failed = PulledSource("health", "sftp", problem=Problem("The server refused the key.", fix="Give it the key."))
    with mail_server() as box:
        settings = mailing(tmp_path / "store", box)
        pulls = [(failed, LADO), (failed, LADO), (LADO,), (PulledSource("health", "sftp"), LADO)]
        for number, sources in enumerate(pulls):
            send_alerts_of_pull(Pulled(sources), settings, NIGHT + number * DAY, warn=pytest.fail)
    assert box.subjects == [
        "Daytwo, Borchester: health could not be fetched",
        "Daytwo, Borchester: resolved: health can be fetched again",
    ]
    assert "- The server refused the key." in box.texts()[0]
    assert "What to do: Give it the key. Then run: daytwo pull." in box.texts()[0]
    assert "RESOLVED: health was fetched on 5 November 2026, 03:00." in box.texts()[1]


def test_a_pull_that_fetched_nothing_is_sent_and_so_is_its_resolution(tmp_path: Path) -> None:
    with mail_server() as box:
        settings = mailing(tmp_path / "store", box)
        send_alerts_of_pull(Problem("The store cannot be written."), settings, NIGHT, warn=pytest.fail)
        send_alerts_of_pull(Pulled((LADO,)), settings, NIGHT + DAY, warn=pytest.fail)
    assert box.subjects == ["Daytwo, Borchester: the pull failed", "Daytwo, Borchester: resolved: the pull failed"]


def test_a_pull_refused_because_another_is_under_way_sends_no_alert(tmp_path: Path) -> None:
    with mail_server() as box:
        settings = mailing(tmp_path / "store", box)
        with LocalFolder(tmp_path / "store").lock("pull"), pytest.raises(Problem) as refused:  # noqa: SIM117
            with LocalFolder(tmp_path / "store").lock("pull"):
                pass
        send_alerts_of_pull(refused.value, settings, NIGHT, warn=pytest.fail)
    assert box.raw == []


def test_the_command_sends_an_alert_about_a_missing_share(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "sources.toml").write_text(f'[health]\nkind = "folder"\nplace = "{tmp_path}/nowhere"\n')
    with mail_server() as box:
        settings = mailing(tmp_path / "store", box, sources=str(tmp_path / "sources.toml"))
        for name in ("store", "smtp_server", "smtp_security", "alert_from", "alert_to", "sources"):
            monkeypatch.setenv(f"DAYTWO_{name.upper()}", getattr(settings, name))
        assert main(["pull", "--json"]) == 1
        assert main(["pull", "--json"]) == 1
        assert box.subjects == ["Daytwo: health could not be fetched"]
        (tmp_path / "nowhere").mkdir()
        assert main(["pull", "--json"]) == 0
        assert box.subjects[1:] == ["Daytwo: resolved: health can be fetched again"]
