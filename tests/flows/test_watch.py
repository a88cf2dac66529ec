"""`daytwo watch`: what a timer finds without Prefect: no nightly run, one stuck or killed, a late source."""

from __future__ import annotations

import datetime
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from flows.alerts import heartbeat
from flows.alerts.heartbeat import LONGEST_HOURS, read_heartbeat
from flows.alerts.memory import AlertMemory, Observation, as_bytes, read_memory
from flows.alerts.send import send_news
from flows.commands.command_line import main
from flows.settings import Settings
from flows.watch import Watched, watch
from tests.alert_servers import Mailbox, mail_server
from warehouse.store.keys import ALERTS
from warehouse.store.local_folder import LocalFolder

NIGHT = datetime.datetime(2026, 11, 3, 4, 15, tzinfo=datetime.UTC)
HOUR = datetime.timedelta(hours=1)


@pytest.fixture
def box() -> Iterator[Mailbox]:
    with mail_server() as mailbox:
        yield mailbox


@pytest.fixture
def settings(tmp_path: Path, box: Mailbox) -> Settings:
    return Settings.read(
        {},
        store=str(tmp_path / "store"),
        smtp_server=f"127.0.0.1:{box.port}",
        smtp_security="none",
        alert_from="daytwo@borchester.example",
        alert_to="ops@borchester.example",
    )


def look(settings: Settings, at: datetime.datetime) -> Watched:
    watched = watch(LocalFolder(Path(settings.store)), settings, at)
    assert watched.warnings == ()
    return watched


def kinds(watched: Watched) -> list[tuple[str, str]]:
    return [(one.alert.kind, one.alert.subject) for one in watched.open_alerts]


def with_heartbeat(settings: Settings, tmp_path: Path) -> Settings:
    named = {name: getattr(settings, name) for name in Settings.__dataclass_fields__}
    return Settings.read({}, **{**named, "heartbeat": str(tmp_path / "heartbeat.json")})


def ran(settings: Settings, at: datetime.datetime, state: heartbeat.State = "published") -> None:
    heartbeat.begin(settings.heartbeat, at, hours=26, warn=pytest.fail)
    heartbeat.end(settings.heartbeat, state, at, run_id="", hours=26, warn=pytest.fail)


def test_a_night_without_a_run_is_sent_once_and_so_is_its_resolution(
    settings: Settings, tmp_path: Path, box: Mailbox
) -> None:
    settings = with_heartbeat(settings, tmp_path)
    ran(settings, NIGHT)
    assert kinds(look(settings, NIGHT + 25 * HOUR)) == []
    assert box.raw == []
    found = look(settings, NIGHT + 27 * HOUR)
    assert kinds(found) == [("nightly_missing", "nightly")]
    assert found.is_urgent
    assert "No nightly run has succeeded since 3 November 2026, 04:15" in found.lines()[0]
    for quarter in range(8):
        look(settings, NIGHT + 27 * HOUR + quarter * HOUR / 4)
    assert box.subjects == ["Daytwo: no recent nightly run has succeeded"]
    ran(settings, NIGHT + 30 * HOUR)
    assert kinds(look(settings, NIGHT + 30 * HOUR)) == []
    assert box.subjects[1:] == ["Daytwo: resolved: nightly runs take place again"]


def test_without_a_heartbeat_the_store_says_when_a_run_last_succeeded(settings: Settings, box: Mailbox) -> None:
    store = LocalFolder(Path(settings.store))
    store.replace(ALERTS, as_bytes(AlertMemory(last_success_at=NIGHT)))
    assert kinds(look(settings, NIGHT + 26 * HOUR)) == []
    assert kinds(look(settings, NIGHT + 27 * HOUR)) == [("nightly_missing", "nightly")]
    assert len(box.raw) == 1


def test_a_publication_counts_as_a_success_if_nothing_else_is_known(settings: Settings) -> None:
    store = LocalFolder(Path(settings.store))
    mark = {"published_at": NIGHT.isoformat()}
    store.replace("published/status.json", json.dumps(mark).encode())
    assert kinds(look(settings, NIGHT + 26 * HOUR)) == []
    assert kinds(look(settings, NIGHT + 27 * HOUR)) == [("nightly_missing", "nightly")]
    store.replace("published/status.json", b"{spoilt")
    assert kinds(look(settings, NIGHT + 27 * HOUR)) == []


def test_a_new_installation_has_no_alert_until_its_first_night_is_missing(settings: Settings, box: Mailbox) -> None:
    assert kinds(look(settings, NIGHT)) == []
    assert kinds(look(settings, NIGHT + 25 * HOUR)) == []
    found = look(settings, NIGHT + 27 * HOUR)
    assert kinds(found) == [("nightly_missing", "nightly")]
    assert "No nightly run has succeeded yet" in found.lines()[0]


def test_a_run_that_failed_has_its_own_alert_and_is_not_missing_too(
    settings: Settings, tmp_path: Path, box: Mailbox
) -> None:
    from flows.publishing.alerts_of_a_night import nightly_failed
    from warehouse.problem import Problem

    settings = with_heartbeat(settings, tmp_path)
    store = LocalFolder(Path(settings.store))
    ran(settings, NIGHT)
    at = NIGHT + 24 * HOUR
    ran(settings, at, "failed")
    failed = Observation((nightly_failed(Problem("the disk is full")),), ended_at=at)
    send_news(store, settings, failed, at, warn=pytest.fail)
    assert kinds(look(settings, NIGHT + 30 * HOUR)) == [("nightly_failed", "nightly")]
    # The night after it did not even begin.
    assert ("nightly_missing", "nightly") in kinds(look(settings, at + 27 * HOUR))
    assert box.subjects == ["Daytwo: the nightly run failed", "Daytwo: no recent nightly run has succeeded"]
    assert "The last run started on 4 November 2026, 04:15 and failed." in box.texts()[1]


def test_the_night_the_clocks_go_back_is_not_missing(settings: Settings, tmp_path: Path) -> None:
    from warehouse.england_time import LONDON

    settings = with_heartbeat(settings, tmp_path)
    ran(settings, datetime.datetime(2027, 10, 30, 4, 15, tzinfo=LONDON))
    assert kinds(look(settings, datetime.datetime(2027, 10, 31, 4, 30, tzinfo=LONDON))) == []


RUN = """
import sys, datetime
from pathlib import Path
from flows.alerts import heartbeat
from warehouse.store.local_folder import LocalFolder
with LocalFolder(Path(sys.argv[1])).lock("writer"):
    heartbeat.begin(sys.argv[2], datetime.datetime.fromisoformat(sys.argv[3]), hours=26, warn=print)
    print("under way", flush=True)
    input()
"""


def test_a_run_that_was_killed_is_sent_by_the_next_watch(settings: Settings, tmp_path: Path, box: Mailbox) -> None:
    settings = with_heartbeat(settings, tmp_path)
    ran(settings, NIGHT - 24 * HOUR)
    arguments = [sys.executable, "-c", RUN, settings.store, settings.heartbeat, NIGHT.isoformat()]
    with subprocess.Popen(arguments, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as run:
        assert run.stdout is not None
        run.stdout.readline()
        assert kinds(look(settings, NIGHT + HOUR / 4)) == []
        os.kill(run.pid, signal.SIGKILL)
        run.wait()
    found = look(settings, NIGHT + HOUR / 2)
    assert [kind for kind, _ in kinds(found)] == ["nightly_missing"]
    assert "The nightly run, started on 3 November 2026, 04:15, was killed" in found.lines()[0]
    look(settings, NIGHT + HOUR)
    assert box.subjects == ["Daytwo: a nightly run did not end"]
    heartbeat.begin(settings.heartbeat, NIGHT + 1.5 * HOUR, hours=26, warn=pytest.fail)
    assert kinds(look(settings, NIGHT + 1.5 * HOUR)) == kinds(found), "the next one has only begun"
    ran(settings, NIGHT + 2 * HOUR)
    assert kinds(look(settings, NIGHT + 2 * HOUR)) == []
    assert box.subjects[1:] == ["Daytwo: resolved: a nightly run did not end"]


def test_a_run_that_hangs_is_found_with_or_without_a_heartbeat(settings: Settings, tmp_path: Path) -> None:
    beating = with_heartbeat(settings, tmp_path)
    store = LocalFolder(Path(settings.store))
    now = datetime.datetime.now(tz=datetime.UTC)
    with store.lock("writer"):
        heartbeat.begin(beating.heartbeat, now, hours=26, warn=pytest.fail)
        for one in (beating, settings):
            assert kinds(look(one, now + (LONGEST_HOURS - 1) * HOUR)) == []
            found = look(one, now + (LONGEST_HOURS + 1) * HOUR)
            assert "has not ended after more than 3 hours" in found.lines()[0]
            store.replace(ALERTS, as_bytes(AlertMemory()))


def test_a_run_under_way_resolves_nothing(settings: Settings, tmp_path: Path, box: Mailbox) -> None:
    settings = with_heartbeat(settings, tmp_path)
    ran(settings, NIGHT)
    look(settings, NIGHT + 27 * HOUR)
    heartbeat.begin(settings.heartbeat, NIGHT + 28 * HOUR, hours=26, warn=pytest.fail)
    assert kinds(look(settings, NIGHT + 28 * HOUR)) == [("nightly_missing", "nightly")]
    assert len(box.raw) == 1


def test_what_could_not_be_sent_before_is_sent_by_the_watch(settings: Settings, box: Mailbox) -> None:
    from flows.publishing.alerts_of_a_night import nightly_failed
    from warehouse.problem import Problem

    store = LocalFolder(Path(settings.store))
    named = {name: getattr(settings, name) for name in Settings.__dataclass_fields__}
    down = Settings.read({}, **{**named, "smtp_server": "127.0.0.1:1"})
    warnings: list[str] = []
    failed = Observation((nightly_failed(Problem("the disk is full")),), ended_at=NIGHT)
    send_news(store, down, failed, NIGHT, warn=warnings.append)
    assert len(warnings) == 1
    found = look(settings, NIGHT + HOUR / 4)
    assert found.sent_now == (("mail", "Daytwo: the nightly run failed"),)
    assert box.subjects == ["Daytwo: the nightly run failed"]
    assert "Sent now by mail: Daytwo: the nightly run failed" in found.lines()


def test_the_command_ends_with_5_if_something_needs_attention_and_prints_it(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    store = LocalFolder(tmp_path / "store")
    assert main(["watch", "--store", settings.store]) == 0
    assert "No alert is open." in capsys.readouterr().out
    long_ago = datetime.datetime.now(tz=datetime.UTC) - 30 * HOUR
    store.replace(ALERTS, as_bytes(AlertMemory(last_success_at=long_ago)))
    assert main(["watch", "--store", settings.store, "--json"]) == 5
    said = json.loads(capsys.readouterr().out)
    assert [(one["kind"], one["subject"]) for one in said["open"]] == [("nightly_missing", "nightly")]
    # A mail server that cannot be reached is a warning, and changes nothing of how the command ends.
    monkeypatch.setenv("DAYTWO_SMTP_SERVER", "127.0.0.1:1")
    monkeypatch.setenv("DAYTWO_SMTP_SECURITY", "none")
    monkeypatch.setenv("DAYTWO_ALERT_FROM", "daytwo@borchester.example")
    monkeypatch.setenv("DAYTWO_ALERT_TO", "ops@borchester.example")
    assert main(["watch", "--store", settings.store]) == 5
    assert "daytwo: warning: The mail could not be sent: connection refused." in capsys.readouterr().err


def test_the_command_sends_a_test_to_every_channel(
    settings: Settings, box: Mailbox, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["watch", "--test"]) == 1
    assert "No channel is set" in capsys.readouterr().err
    for name in ("smtp_server", "smtp_security", "alert_from", "alert_to"):
        monkeypatch.setenv(f"DAYTWO_{name.upper()}", getattr(settings, name))
    assert main(["watch", "--test"]) == 0
    assert "mail: a test message was sent" in capsys.readouterr().out
    assert box.subjects == ["Daytwo: a test"]
    monkeypatch.setenv("DAYTWO_SMTP_SERVER", "127.0.0.1:1")
    assert main(["watch", "--test", "--json"]) == 1
    assert "connection refused" in json.loads(capsys.readouterr().out)[0]["problem"]


def test_it_imports_neither_prefect_nor_great_expectations_nor_anything_else_that_is_slow(
    settings: Settings, tmp_path: Path
) -> None:
    sources = tmp_path / "sources.toml"
    sources.write_text('[health]\nkind = "delivered"\nexpected = {weekday = "monday", by = "09:00"}\n')
    slow = "{'prefect', 'great_expectations', 'polars', 'numpy', 'pyarrow', 'boto3', 'httpx', 'typst'}"
    code = (
        "import sys; from flows.commands.command_line import main;"
        f" main(['watch', '--store', {settings.store!r}, '--json']);"
        f" print({slow} & set(sys.modules), file=sys.stderr)"
    )
    environment = {**os.environ, "DAYTWO_SOURCES": str(sources)}
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env=environment)
    assert done.stderr.strip() == "set()"
    assert [one["kind"] for one in json.loads(done.stdout)["open"]] == ["source_late"]


def test_open_alerts_are_found_in_the_store_by_the_next_watch(settings: Settings, tmp_path: Path) -> None:
    settings = with_heartbeat(settings, tmp_path)
    ran(settings, NIGHT)
    look(settings, NIGHT + 27 * HOUR)
    memory, _ = read_memory(LocalFolder(Path(settings.store)))
    assert memory.is_open("nightly_missing")
    assert read_heartbeat(settings.heartbeat) is not None
