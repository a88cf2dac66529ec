"""Writes the heartbeat as a nightly run starts and ends, and sends alerts about its outcome.

Used by the command and by the Prefect flow. Any error here becomes a warning and does not change the run's outcome.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial

from flows.alerts import heartbeat
from flows.alerts.memory import Observation
from flows.alerts.send import as_problem, send_after_run
from flows.callbacks import Clock, Warn
from flows.publishing.alerts_of_a_night import (
    alerts_of_outcome,
    nightly_failed,
    resolved_by_failure,
    resolved_by_outcome,
)
from flows.publishing.run_nightly import Outcome
from flows.receiving.alerts_of_late_sources import observe_late_sources
from flows.settings import Settings
from warehouse.problem import Busy, Problem
from warehouse.store.evidence_store import EvidenceStore


class Night:
    """One nightly run whose alerts are sent. Sends and writes nothing if `is_tonights` is off.

    Args:
        clock: now, aware.
        warn: called with what could not be sent or written; the text holds no secrets.
    """

    def __init__(self, settings: Settings, clock: Clock, warn: Warn, *, is_tonights: bool) -> None:
        self._settings = settings
        self._clock = clock
        self._warn = warn
        self._is_tonights = is_tonights
        self._is_first = False
        self._result: Outcome | Problem | None = None

    def came_to(self, result: Outcome) -> Outcome:
        """Keep the run's outcome, and return it."""
        self._result = result
        return result

    def failed(self, error: Exception) -> None:
        """The run failed."""
        self._result = as_problem(error)

    def begin(self) -> None:
        """Write the heartbeat: the run has started."""
        if self._is_tonights:
            self._is_first = heartbeat.begin(
                self._settings.heartbeat, self._clock(), hours=self._settings.nightly_hours, warn=self._warn
            )

    def end(self) -> None:
        """Write the heartbeat and send alerts: the run has ended."""
        if not self._is_tonights:
            return
        now = self._clock()
        result = self._result or Problem("The run ended without an outcome.")
        if isinstance(result, Outcome):
            self._end_with(result, now)
        elif isinstance(result, Busy) and not self._is_first and self._settings.heartbeat:
            # The nightly run in progress sends its own alerts, unless it hangs.
            self._send(Observation(), now, and_unended=True)
        else:
            self._end_failed(result, now)

    def write(self, state: heartbeat.State, run_id: str = "") -> None:
        """Write the heartbeat alone: the run has ended."""
        if self._is_tonights and self._is_first:
            hours = self._settings.nightly_hours
            heartbeat.end(self._settings.heartbeat, state, self._clock(), run_id=run_id, hours=hours, warn=self._warn)

    def _end_with(self, outcome: Outcome, now: datetime.datetime) -> None:
        state = _state(outcome)
        self.write(state, outcome.run_id)
        succeeded_at = now if state in heartbeat.SUCCESS else None
        resolved = resolved_by_outcome(outcome, now)
        self._send(Observation(alerts_of_outcome(outcome), resolved, succeeded_at, ended_at=now), now)

    def _end_failed(self, problem: Problem, now: datetime.datetime) -> None:
        self.write("failed")
        alert = nightly_failed(
            problem,
            (self._settings.drop, self._settings.store),
            known_by="another run was writing" if isinstance(problem, Busy) else "",
        )
        self._send(Observation((alert,), resolved_by_failure(now), ended_at=now), now)

    def _send(self, found: Observation, now: datetime.datetime, *, and_unended: bool = False) -> None:
        def observe_unended(store: EvidenceStore) -> Observation:
            return Observation(tuple(heartbeat.unended(store, heartbeat.read_heartbeat(self._settings.heartbeat), now)))

        late = partial(observe_late_sources, settings=self._settings, now=now, warn=self._warn)
        and_also = (late, observe_unended) if and_unended else (late,)
        send_after_run(self._settings, found, now, warn=self._warn, and_also=and_also)


@contextmanager
def sending_alerts(settings: Settings, *, clock: Clock, warn: Warn, is_tonights: bool) -> Iterator[Night]:
    """Use around a nightly run that passes its outcome to `came_to`; an error is sent as an alert and raised again.

    Args:
        clock: now, aware.
        warn: called with what could not be sent or written; the text holds no secrets.
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
    except BaseException:  # stopped from the keyboard, or cancelled: whoever did that knows already
        night.write("failed")
        raise
    night.end()


def is_tonights(*, as_known_on: object, received_at: datetime.datetime | None, publishing: bool) -> bool:
    """Whether people wait for this run: they do not if it rebuilds or loads the past, or publishes nothing."""
    return not as_known_on and received_at is None and publishing


def _state(outcome: Outcome) -> heartbeat.State:
    match outcome.state:
        case "published" | "nothing new" | "stopped" as known:
            return known
        case _:
            return "failed"
