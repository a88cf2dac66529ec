"""Around a nightly run: the heartbeat as it starts and ends, and people told what it came to.

Used by the command and by the Prefect flow. Whatever fails here is a warning: the run's outcome is the run's own.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from contextlib import contextmanager

from flows.alerts import heartbeat
from flows.alerts.alert import DROP, NIGHTLY, Kind, moment, of_outcome, of_problem
from flows.alerts.heartbeat import SUCCESS
from flows.alerts.memory import ResolvedBecause, cannot_tell
from flows.alerts.send import as_problem, tell_of_run
from flows.callbacks import Clock, Warn
from flows.publishing.run_nightly import Outcome
from flows.settings import Settings
from flows.watch import unended
from warehouse.problem import Busy, Problem


class Night:
    """One nightly run as people are told of it. Says nothing where `is_tonights` is off.

    Args:
        clock: now, aware.
        warn: told, without secrets, what could not be told or written.
    """

    def __init__(self, settings: Settings, clock: Clock, warn: Warn, *, is_tonights: bool) -> None:
        self._settings = settings
        self._clock = clock
        self._warn = warn
        self._is_tonights = is_tonights
        self._is_first = False
        self._result: Outcome | Problem | None = None

    def came_to(self, result: Outcome) -> Outcome:
        """What the run came to; handed back."""
        self._result = result
        return result

    def failed(self, error: Exception) -> None:
        """The run came to nothing."""
        self._result = as_problem(error)

    def begin(self) -> None:
        """Write the heartbeat: it has begun."""
        if self._is_tonights:
            self._is_first = heartbeat.begin(
                self._settings.heartbeat, self._clock(), hours=self._settings.nightly_hours, warn=self._warn
            )

    def end(self) -> None:
        """Write the heartbeat and tell people: it has ended."""
        if not self._is_tonights:
            return
        now = self._clock()
        result = self._result or Problem("The run ended without saying what it came to.")
        if isinstance(result, Outcome):
            state = _state(result)
            self.write(state, result.run_id)
            tell_of_run(
                self._settings,
                of_outcome(result),
                _over(result, now),
                now,
                warn=self._warn,
                succeeded=state in SUCCESS,
                ended=True,
            )
        elif isinstance(result, Busy) and not self._is_first and self._settings.heartbeat:
            # The nightly run under way tells of itself; only one that hangs does not.
            tell_of_run(
                self._settings,
                (),
                cannot_tell,
                now,
                warn=self._warn,
                and_also=lambda store: unended(store, heartbeat.read_heartbeat(self._settings.heartbeat), now),
            )
        else:
            self.write("failed")
            alert = of_problem(
                result,
                (self._settings.drop, self._settings.store),
                known_by="another run was writing" if isinstance(result, Busy) else "",
            )
            tell_of_run(self._settings, (alert,), _over_by_failing(now), now, warn=self._warn, ended=True)

    def write(self, state: heartbeat.State, run_id: str = "") -> None:
        """Write the heartbeat alone: it has ended."""
        if self._is_tonights and self._is_first:
            hours = self._settings.nightly_hours
            heartbeat.end(self._settings.heartbeat, state, self._clock(), run_id=run_id, hours=hours, warn=self._warn)


@contextmanager
def told(settings: Settings, *, clock: Clock, warn: Warn, is_tonights: bool) -> Iterator[Night]:
    """Around a nightly run, which hands its outcome to `came_to`; what it raises is told, and raised on.

    Args:
        clock: now, aware.
        warn: told, without secrets, what could not be told or written.
        is_tonights: see `is_tonights`.
    """
    night = Night(settings, clock, warn, is_tonights=is_tonights)
    night.begin()
    try:
        yield night
    except Exception as error:
        night.failed(error)
        night.end()
        raise
    except BaseException:  # from the keyboard, or cancelled: whoever did that knows
        night.write("failed")
        raise
    night.end()


def is_tonights(*, as_known_on: object, received_at: datetime.datetime | None, publishing: bool) -> bool:
    """Whether people wait for this run: not for one that looks at the past, loads it, or publishes nothing."""
    return not as_known_on and received_at is None and publishing


def _state(outcome: Outcome) -> heartbeat.State:
    match outcome.state:
        case "published" | "nothing new" | "stopped" as known:
            return known
        case _:
            return "failed"


def _over(outcome: Outcome, ended_at: datetime.datetime) -> ResolvedBecause:
    """What is over, now that a run came to this outcome."""
    when = moment(ended_at)
    is_success = outcome.state in SUCCESS
    how = "published" if outcome.state == "published" else "found nothing new, and what is published stands"

    def over(kind: Kind, subject: str) -> str:
        match kind:
            case "nightly_failed":
                said = how if is_success else "ended, and stopped before publishing"
                return f"The nightly run of {when} {said}."
            case "nightly_missing" if is_success or subject != NIGHTLY:
                return f"A nightly run ended on {when}."
            case "nightly_stopped" if is_success:
                return f"The nightly run of {when} {how}."
            case "file_refused" if subject == DROP:
                return "Nothing of the drop is left alone any more." if outcome.receipt is not None else ""
            case "file_refused" if outcome.report is not None:
                return f"No file of {subject} that is in use was refused in the run of {when}."
            case "published_with_warnings" if outcome.state == "published":
                return f"The nightly run of {when} published without a warning."
            case _:
                return ""

    return over


def _over_by_failing(ended_at: datetime.datetime) -> ResolvedBecause:
    """A run that failed is no run that is missing; what else stands stays."""

    def over(kind: Kind, subject: str) -> str:
        return f"A nightly run ended on {moment(ended_at)}; it failed." if kind == "nightly_missing" else ""

    return over
