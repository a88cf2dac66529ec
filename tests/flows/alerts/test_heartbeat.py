"""The heartbeat: a file that says how the last run went, for a monitor that does not depend on Daytwo."""

from __future__ import annotations

import datetime
import json
import os
import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from flows.alerts import heartbeat
from flows.alerts.heartbeat import LONGEST_HOURS, Heartbeat, hours_between, read_heartbeat
from warehouse.england_time import LONDON

PAGE = Path(__file__).resolve().parents[3] / "docs" / "alerts.md"
HEARTBEAT = "/var/lib/daytwo/heartbeat.json"
NIGHT = datetime.datetime(2026, 11, 2, 4, 15, tzinfo=LONDON)
HOUR = datetime.timedelta(hours=1)


def silent(said: str) -> None:
    pytest.fail(said)


@pytest.fixture
def beat(tmp_path: Path) -> str:
    return str(tmp_path / "heartbeat.json")


def begin(beat: str, at: datetime.datetime = NIGHT) -> bool:
    return heartbeat.begin(beat, at, hours=26, warn=silent)


def end(beat: str, state: heartbeat.State, at: datetime.datetime = NIGHT) -> Heartbeat:
    heartbeat.end(beat, state, at, run_id="20261102T041500000000Z", hours=26, warn=silent)
    said = read_heartbeat(beat)
    assert said is not None
    return said


def test_it_says_that_a_run_began_and_how_it_ended(beat: str) -> None:
    assert begin(beat)
    said = json.loads(Path(beat).read_text())
    assert said["state"] == "running"
    assert said["started_at"] == "2026-11-02T04:15:00+00:00"
    assert (said["ended_at"], said["last_success_at"], said["next_due_by"]) == (None, None, None)
    assert (said["process"], said["program_version"].count(".")) == (os.getpid(), 2)

    end(beat, "published", NIGHT + HOUR)
    said = json.loads(Path(beat).read_text())
    assert (said["state"], said["run_id"]) == ("published", "20261102T041500000000Z")
    assert said["started_at"] == "2026-11-02T04:15:00+00:00"
    assert said["ended_at"] == said["last_success_at"] == "2026-11-02T05:15:00+00:00"
    assert said["next_due_by"] == "2026-11-03T07:15:00+00:00"


@pytest.mark.parametrize("state", ["failed", "stopped"])
def test_a_run_that_did_not_succeed_keeps_the_last_success(beat: str, state: heartbeat.State) -> None:
    begin(beat)
    end(beat, "nothing new")
    begin(beat, NIGHT + 24 * HOUR)
    said = end(beat, state, NIGHT + 25 * HOUR)
    assert said.state == state
    assert said.last_success_at == NIGHT
    assert said.next_due_by == NIGHT + 26 * HOUR


def test_its_age_is_a_signal(beat: str) -> None:
    begin(beat)
    os.utime(beat, (1, 1))
    end(beat, "published")
    assert Path(beat).stat().st_mtime > 1


def test_hours_are_counted_correctly_when_the_clocks_change() -> None:
    before = datetime.datetime(2027, 3, 27, 4, 15, tzinfo=LONDON)
    assert hours_between(before, datetime.datetime(2027, 3, 28, 4, 15, tzinfo=LONDON)) == 23
    before = datetime.datetime(2027, 10, 30, 4, 15, tzinfo=LONDON)
    assert hours_between(before, datetime.datetime(2027, 10, 31, 4, 15, tzinfo=LONDON)) == 25


def test_the_next_run_is_due_after_this_many_hours_even_when_the_clocks_change(beat: str) -> None:
    saturday = datetime.datetime(2027, 10, 30, 4, 15, tzinfo=LONDON)
    begin(beat, saturday)
    due = end(beat, "published", saturday).next_due_by
    assert due is not None
    assert due.astimezone(LONDON).isoformat() == "2027-10-31T05:15:00+00:00"


@pytest.mark.parametrize("spoilt", ["", "{", "[]", '{"state": "running"}', '{"state": "asleep"}', "\x00"])
def test_a_file_that_cannot_be_understood_is_ignored_and_written_again(beat: str, spoilt: str) -> None:
    Path(beat).write_text(spoilt)
    assert read_heartbeat(beat) is None
    assert begin(beat)
    assert end(beat, "published").state == "published"


def test_a_file_removed_during_the_run_is_written_when_it_ends(beat: str) -> None:
    begin(beat)
    Path(beat).unlink()
    assert end(beat, "published").last_success_at == NIGHT


def test_a_file_that_cannot_be_written_is_a_warning_and_no_error(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    warnings: list[str] = []
    nowhere = str(tmp_path / "file" / "heartbeat.json")
    heartbeat.begin(nowhere, NIGHT, hours=26, warn=warnings.append)
    heartbeat.end(nowhere, "published", NIGHT, run_id="", hours=26, warn=warnings.append)
    assert len(warnings) == 2
    assert all(said.startswith("The heartbeat could not be written") for said in warnings)


def test_without_the_setting_nothing_is_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert heartbeat.begin("", NIGHT, hours=26, warn=silent)
    heartbeat.end("", "published", NIGHT, run_id="", hours=26, warn=silent)
    assert list(tmp_path.iterdir()) == []


def test_nothing_half_written_is_left_behind(beat: str) -> None:
    begin(beat)
    end(beat, "published")
    assert [path.name for path in Path(beat).parent.iterdir()] == ["heartbeat.json"]


def of_another(beat: str, process: int) -> Heartbeat:
    """The heartbeat of a run of another process."""
    begin(beat)
    said = read_heartbeat(beat)
    assert said is not None
    other = replace(said, process=process)
    fields = json.loads(Path(beat).read_text())
    Path(beat).write_text(json.dumps({**fields, "process": process}))
    return other


def test_a_second_run_does_not_overwrite_the_heartbeat_of_one_under_way(beat: str) -> None:
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as other:
        running = of_another(beat, other.pid)
        assert begin(beat, NIGHT + HOUR) is False
        assert read_heartbeat(beat) == running
        # One that hangs holds it no longer.
        assert begin(beat, NIGHT + (LONGEST_HOURS + 1) * HOUR)
        other.communicate(b"\n")


def test_a_run_whose_process_is_gone_is_unended_and_can_be_replaced(beat: str) -> None:
    other = subprocess.Popen([sys.executable, "-c", ""])
    other.wait()
    gone = of_another(beat, other.pid)
    assert gone.is_gone()
    assert gone.is_unended(NIGHT)
    assert replace(gone, state="published").is_unended(NIGHT) is False
    assert replace(gone, host="elsewhere").is_unended(NIGHT) is False
    assert replace(gone, host="elsewhere").is_unended(NIGHT + (LONGEST_HOURS + 1) * HOUR)
    assert begin(beat, NIGHT + HOUR)


def shown(beginning: str) -> str:
    """A command line of the page for operators."""
    (line,) = [line for line in PAGE.read_text(encoding="utf-8").splitlines() if line.startswith(beginning)]
    return line


def alarms(beat: str) -> tuple[bool, bool]:
    """Whether the two checks of that page find something wrong."""
    by_age = shown("find ").replace(HEARTBEAT, beat).replace("logger -p daemon.crit -t daytwo", "echo")
    said = subprocess.run(["sh", "-c", by_age], capture_output=True, text=True, check=True).stdout
    by_due = shown("python3 -c ").replace(HEARTBEAT, beat).replace("python3", sys.executable)
    return "no good nightly run" in said, subprocess.run(["sh", "-c", by_due], check=False).returncode == 1


def test_the_monitors_shown_find_a_run_that_failed_a_file_that_is_old_and_one_that_is_missing(beat: str) -> None:
    now = datetime.datetime.now(tz=datetime.UTC)
    assert alarms(beat) == (True, True)
    begin(beat, now)
    end(beat, "nothing new", now)
    assert alarms(beat) == (False, False)
    begin(beat, now)
    assert alarms(beat) == (False, False)
    end(beat, "failed", now)
    assert alarms(beat) == (True, False)
    long_ago = now - 27 * HOUR
    begin(beat, long_ago)
    end(beat, "published", long_ago)
    assert alarms(beat) == (False, True)
    os.utime(beat, (long_ago.timestamp(), long_ago.timestamp()))
    assert alarms(beat) == (True, True)


def test_the_file_shown_on_the_page_is_the_file_that_is_written(beat: str) -> None:
    (text,) = [
        text for text in re.findall(r"```json\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.S) if "host" in text
    ]
    begin(beat)
    end(beat, "published")
    assert json.loads(text).keys() == json.loads(Path(beat).read_text()).keys()
