"""A file on the local disk, written as a nightly run starts and ends, for a monitor that does not depend on Daytwo.

Its age is the signal; it also says how the last run ended, and by when the next has to succeed. This module also finds
a run that started and will not end by itself.
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

from flows.alerts.alert import UNENDED, Alert, day_and_time
from flows.callbacks import Warn
from warehouse.store.evidence_store import EvidenceStore
from warehouse.store.keys import WRITER

State = Literal["running", "published", "nothing new", "stopped", "failed"]
STATES: tuple[str, ...] = get_args(State)
SUCCESS: tuple[str, ...] = ("published", "nothing new")

LONGEST_HOURS = 3
"""A run that takes longer is stuck: fifty thousand children take under a minute. Prefect ends a run after this time."""


@dataclass(frozen=True, slots=True)
class Heartbeat:
    """What the file says. Moments are aware.

    Attributes:
        ended_at: None while it runs.
        last_success_at: when a run last published, or found nothing new; None: not recorded.
        next_due_by: by when the next has to succeed; None if no success is recorded.
        run_id: the folder of its report in `runs/`; empty while it runs, or if it failed before it had one.
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
        """Whether it ran on this machine and its process no longer exists."""
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
        """Whether another process of this machine is running."""
        return self.state == "running" and self.host == socket.gethostname() and self.process != os.getpid()

    def is_unended(self, now: datetime.datetime) -> bool:
        """Whether it started and will not end by itself: its process no longer exists, or it has run for too long."""
        return self.state == "running" and (self.is_gone() or hours_between(self.started_at, now) > LONGEST_HOURS)


def read_heartbeat(path: str) -> Heartbeat | None:
    """What the file says; None if there is no file or it cannot be understood.

    Args:
        path: the setting; empty: no file.
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
    """Write that a run has started; False if another run on this machine is under way, to which the file belongs.

    Args:
        path: the setting; empty: nothing is written.
        hours: setting `nightly_hours`.
        warn: called if the file cannot be written; the run continues.
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
    """Write how the run ended that `begin` recorded. Arguments as for `begin`."""
    beat = read_heartbeat(path)
    if beat is None:
        # It could not be written at the start, or has been removed since.
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


def unended(store: EvidenceStore, beat: Heartbeat | None, now: datetime.datetime) -> list[Alert]:
    """Alerts about a run that started and will not end by itself: from its heartbeat, or else from the store's lock."""
    if beat is not None and beat.is_unended(now):
        return [_nightly_unended("The nightly run", beat.started_at, is_gone=beat.is_gone())]
    for holder in store.holders():
        if holder.lock == WRITER and hours_between(holder.since, now) > LONGEST_HOURS:
            return [_nightly_unended("The run that holds the store's lock", holder.since, is_gone=False)]
    return []


def hours_between(earlier: datetime.datetime, later: datetime.datetime) -> float:
    """Hours between two moments, counted in UTC so that a change of the clocks does not matter."""
    return (later.astimezone(datetime.UTC) - earlier.astimezone(datetime.UTC)).total_seconds() / 3600


def _nightly_unended(run: str, started_at: datetime.datetime, *, is_gone: bool) -> Alert:
    if is_gone:
        what = "was killed: its process no longer exists"
        what_to_do = "Run it again: daytwo nightly. It repairs what was left unfinished."
    else:
        what = f"has not ended after more than {LONGEST_HOURS} hours"
        what_to_do = (
            "Check whether it is still working (daytwo status shows who is writing); if not, end it and run it again."
        )
    return Alert(
        "nightly_missing",
        UNENDED,
        f"{run}, started on {day_and_time(started_at)}, {what}.",
        ("The published files are unchanged.",),
        what_to_do,
    )


def _due(last: datetime.datetime | None, hours: int) -> datetime.datetime | None:
    return None if last is None else last.astimezone(datetime.UTC) + datetime.timedelta(hours=hours)


def _write(path: str, beat: Heartbeat, warn: Warn) -> None:
    """Write the whole file or none of it: a monitor may read it at any moment."""
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
