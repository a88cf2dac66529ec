"""Sources that could not be fetched are told until they can be, also those of a pull that fetched nothing at all."""

from __future__ import annotations

import datetime
from pathlib import Path

import pytest

from flows.commands.command_line import main
from flows.receiving.alerts_of_a_pull import tell_of_pull
from flows.receiving.pull_extracts import Pulled, PulledSource
from tests.alert_servers import mail_server, mailing
from warehouse.problem import Problem
from warehouse.store.local_folder import LocalFolder

NIGHT = datetime.datetime(2026, 11, 2, 3, 0, tzinfo=datetime.UTC)
DAY = datetime.timedelta(days=1)
LADO = PulledSource("lado", "folder")


def test_a_source_is_told_once_until_it_can_be_fetched(tmp_path: Path) -> None:
    failed = PulledSource("health", "sftp", problem=Problem("The server refused the key.", fix="Give it the key."))
    with mail_server() as box:
        settings = mailing(tmp_path / "store", box)
        pulls = [(failed, LADO), (failed, LADO), (LADO,), (PulledSource("health", "sftp"), LADO)]
        for number, sources in enumerate(pulls):
            tell_of_pull(Pulled(sources), settings, NIGHT + number * DAY, warn=pytest.fail)
    assert box.subjects == [
        "Daytwo, Borchester: health could not be fetched",
        "Daytwo, Borchester: over: health can be fetched again",
    ]
    assert "- The server refused the key." in box.texts()[0]
    assert "What to do: Give it the key. Then: daytwo pull." in box.texts()[0]
    assert "OVER: health was fetched on 5 November 2026, 03:00." in box.texts()[1]


def test_a_pull_that_fetched_nothing_is_told_and_its_end_too(tmp_path: Path) -> None:
    with mail_server() as box:
        settings = mailing(tmp_path / "store", box)
        tell_of_pull(Problem("The store cannot be written."), settings, NIGHT, warn=pytest.fail)
        tell_of_pull(Pulled((LADO,)), settings, NIGHT + DAY, warn=pytest.fail)
    assert box.subjects == ["Daytwo, Borchester: the pull failed", "Daytwo, Borchester: over: the pull failed"]


def test_a_pull_refused_beside_another_is_not_told(tmp_path: Path) -> None:
    with mail_server() as box:
        settings = mailing(tmp_path / "store", box)
        with LocalFolder(tmp_path / "store").lock("pull"), pytest.raises(Problem) as refused:  # noqa: SIM117
            with LocalFolder(tmp_path / "store").lock("pull"):
                pass
        tell_of_pull(refused.value, settings, NIGHT, warn=pytest.fail)
    assert box.raw == []


def test_the_command_tells_of_a_share_that_is_not_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
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
        assert box.subjects[1:] == ["Daytwo: over: health can be fetched again"]
