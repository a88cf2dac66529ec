"""A file on the local disk, written as a nightly run starts and ends: for a monitor that rests on nothing of ours.

Its age is the sign, and what it says is more: how the last run ended, and by when the next has to end well.
"""

from __future__ import annotations

import datetime
import json
import os
import socket
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from importlib.metadata import version
from pathlib import Path
from typing import Any, Literal, get_args

from flows.callbacks import Warn

State = Literal["running", "published", "nothing new", "stopped", "failed"]
STATES: tuple[str, ...] = get_args(State)
SUCCESS: tuple[str, ...] = ("published", "nothing new")

LONGEST_HOURS = 3
"""A run that takes longer hangs: fifty thousand children take under a minute, and Prefect ends it then."""


@dataclass(frozen=True, slots=True)
class Heartbeat:
    """What the file says. Moments are aware.

    Attributes:
        ended_at: None while it runs.
        last_success_at: when a run last published, or found nothing new; None: not known to this file.
        next_due_by: by when the next has to; None where no success is known.
        run_id: the folder of its report in `runs/`; empty while it runs, and where it failed before it had one.
        host, process: where it runs, or ran.
    """

    state: State
    started_at: datetime.datetime
    ended_at: datetime.datetime | None
    last_success_at: datetime.datetime | None
    next_due_by: datetime.datetime | None
    run_id: str
    program_version: str
    host: str
    process: int

    def is_gone(self) -> bool:
        """Whether its process was one of this machine and is no longer there."""
        if self.host != socket.gethostname():
            return False
        try:
            os.kill(self.process, 0)
        except ProcessLookupError:
            return True
        except OSError:
            return False
        return False

    def is_another(self) -> bool:
        """Whether a run of another process of this machine is under way."""
        return self.state == "running" and self.host == socket.gethostname() and self.process != os.getpid()

    def is_unended(self, now: datetime.datetime) -> bool:
        """Whether it began and will not end by itself: its process is gone, or it runs for far too long."""
        return self.state == "running" and (self.is_gone() or hours_between(self.started_at, now) > LONGEST_HOURS)


def read_heartbeat(path: str) -> Heartbeat | None:
    """What the file says; None where there is none, or it cannot be understood.

    Args:
        path: the setting; empty: there is none.
    """
    if not path:
        return None
    try:
        said = json.loads(Path(path).read_text(encoding="utf-8"))
        if said["state"] not in STATES:
            return None
        moments = {
            name: None if said[name] is None else _aware(said[name])
            for name in ("ended_at", "last_success_at", "next_due_by")
        }
        return Heartbeat(
            state=said["state"],
            started_at=_aware(said["started_at"]),
            run_id=str(said["run_id"]),
            program_version=str(said["program_version"]),
            host=str(said["host"]),
            process=int(said["process"]),
            **moments,
        )
    except (OSError, ValueError, KeyError, TypeError):
        return None


def begin(path: str, started_at: datetime.datetime, *, hours: int, warn: Warn) -> bool:
    """Write that a run has begun; False where another one of this machine is under way, whose file it is.

    Args:
        path: the setting; empty: nothing is written.
        hours: setting `nightly_hours`.
        warn: told where the file cannot be written; the run goes on.
    """
    before = read_heartbeat(path)
    if before is not None and before.is_another() and not before.is_unended(started_at):
        return False
    last = before.last_success_at if before else None
    beat = Heartbeat(
        state="running",
        started_at=started_at,
        ended_at=None,
        last_success_at=last,
        next_due_by=_due(last, hours),
        run_id="",
        program_version=version("daytwo"),
        host=socket.gethostname(),
        process=os.getpid(),
    )
    _write(path, beat, warn)
    return True


def end(path: str, state: State, ended_at: datetime.datetime, *, run_id: str, hours: int, warn: Warn) -> None:
    """Write how the run ended that `begin` wrote of. Arguments as there."""
    beat = read_heartbeat(path)
    if beat is None:
        # It could not be written then, or was taken away since.
        if not path or not begin(path, ended_at, hours=hours, warn=lambda said: None):
            return
        beat = read_heartbeat(path)
    if beat is None:
        warn(f"The heartbeat could not be written: {path}.")
        return
    last = ended_at if state in SUCCESS else beat.last_success_at
    ended = replace(
        beat, state=state, ended_at=ended_at, last_success_at=last, next_due_by=_due(last, hours), run_id=run_id
    )
    _write(path, ended, warn)


def hours_between(earlier: datetime.datetime, later: datetime.datetime) -> float:
    """Hours that passed, whatever the clocks did: two moments of one time zone are not simply subtracted."""
    return (later.astimezone(datetime.UTC) - earlier.astimezone(datetime.UTC)).total_seconds() / 3600


def _due(last: datetime.datetime | None, hours: int) -> datetime.datetime | None:
    return None if last is None else last.astimezone(datetime.UTC) + datetime.timedelta(hours=hours)


def _write(path: str, beat: Heartbeat, warn: Warn) -> None:
    """Write it whole or not at all: a monitor may read at any moment."""
    if not path:
        return
    target = Path(path)
    partial = target.with_name(f".{target.name}.{os.getpid()}.partial")
    try:
        with partial.open("w", encoding="utf-8") as file:
            file.write(json.dumps(_as_json(beat), indent=2, sort_keys=True) + "\n")
            file.flush()
            os.fsync(file.fileno())
        os.replace(partial, target)
    except OSError as error:
        warn(f"The heartbeat could not be written ({os.strerror(error.errno or 0)}): {path}.")
        with suppress(OSError):
            partial.unlink()


def _as_json(beat: Heartbeat) -> dict[str, Any]:
    return {
        name: value.astimezone(datetime.UTC).isoformat(timespec="seconds")
        if isinstance(value, datetime.datetime)
        else value
        for name, value in asdict(beat).items()
    }


def _aware(said: str) -> datetime.datetime:
    at = datetime.datetime.fromisoformat(said)
    if at.tzinfo is None:
        raise ValueError
    return at
