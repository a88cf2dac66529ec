"""Alerts about packs that could not be made in a rehearsal: sent once, and again when they can be made."""

from __future__ import annotations

import datetime
from functools import partial

from flows.alerts.alert import WHOLE_RUN, Alert, AlertPart, Kind, day_and_time, sentence
from flows.alerts.memory import Observation
from flows.alerts.send import as_problem, send_after_run
from flows.callbacks import Warn
from flows.packing.rehearsal_report import Rehearsals
from flows.receiving.alerts_of_late_sources import observe_late_sources
from flows.settings import Settings
from warehouse.problem import Busy, Problem


def send_alerts_of_rehearsals(
    result: Rehearsals | Exception, settings: Settings, now: datetime.datetime, *, warn: Warn
) -> None:
    """Send the alerts of a rehearsal, even one that rehearsed nothing. Any error here becomes a warning.

    Args:
        now: aware.
        warn: called with what could not be sent; the text holds no secrets.
    """
    found = _observed(as_problem(result)) if isinstance(result, Exception) else _rehearsed(result, now)
    late = partial(observe_late_sources, settings=settings, now=now, warn=warn)
    send_after_run(settings, found, now, warn=warn, and_also=(late,))


def rehearsal_failed(framework: str, title: str, problem: Problem | None) -> Alert:
    """The alert for a rehearsal whose pack could not be made."""
    what = problem.what if problem else "The pack could not be made."
    return Alert(
        "rehearsal_failed",
        framework,
        f"{title}: if the call came now, the pack could not be made.",
        (),
        f"{(problem.fix if problem else '') or 'Read the output of the rehearsal.'} Then run: daytwo rehearse.",
        (AlertPart(what, sentence(what)),),
    )


def _observed(problem: Problem) -> Observation:
    # Refused because another rehearsal is running: that one sends its own alerts.
    if isinstance(problem, Busy):
        return Observation()
    return Observation((rehearsal_failed(WHOLE_RUN, "The rehearsal", problem),))


def _rehearsed(rehearsals: Rehearsals, now: datetime.datetime) -> Observation:
    made = {one.framework: one.short_title for one in rehearsals.results if one.state == "made"}

    def resolved_because(kind: Kind, subject: str) -> str:
        if kind == "rehearsal_failed" and subject == WHOLE_RUN:
            return f"The rehearsal ran on {day_and_time(now)}."
        return f"{made[subject]}: the pack can be made again." if kind == "rehearsal_failed" and subject in made else ""

    return Observation(
        tuple(
            rehearsal_failed(one.framework, one.short_title, one.problem)
            for one in rehearsals.failed
            if one.problem is None or not isinstance(one.problem, Busy)
        ),
        resolved_because,
    )
