"""Alerts about sources that could not be fetched: sent once, and again when they are resolved."""

from __future__ import annotations

import datetime
from functools import partial

from flows.alerts.alert import WHOLE_RUN, Alert, AlertPart, Kind, day_and_time, sentence
from flows.alerts.memory import Observation
from flows.alerts.send import as_problem, send_after_run
from flows.callbacks import Warn
from flows.receiving.alerts_of_late_sources import observe_late_sources
from flows.receiving.pull_extracts import Pulled
from flows.settings import Settings
from warehouse.problem import Busy, Problem


def send_alerts_of_pull(result: Pulled | Exception, settings: Settings, now: datetime.datetime, *, warn: Warn) -> None:
    """Send the alerts of a pull, even one that fetched nothing. Any error here becomes a warning.

    Args:
        now: aware.
        warn: called with what could not be sent; the text holds no secrets.
    """
    found = _observed(as_problem(result)) if isinstance(result, Exception) else _pulled(result, now)
    late = partial(observe_late_sources, settings=settings, now=now, warn=warn)
    send_after_run(settings, found, now, warn=warn, and_also=(late,))


def pull_failed(source: str, problem: Problem) -> Alert:
    """The alert for a source that could not be fetched, or (`WHOLE_RUN`) for a pull that fetched nothing."""
    return Alert(
        "pull_failed",
        source,
        "The pull failed: nothing could be fetched." if source == WHOLE_RUN else f"{source} could not be fetched.",
        (problem.why,) if problem.why else (),
        f"{problem.fix or 'Read the output of the pull.'} Then run: daytwo pull.",
        (AlertPart(problem.what, sentence(problem.what)),),
    )


def _observed(problem: Problem) -> Observation:
    # Refused because another pull is running: that one sends its own alerts.
    return Observation() if isinstance(problem, Busy) else Observation((pull_failed(WHOLE_RUN, problem),))


def _pulled(pulled: Pulled, now: datetime.datetime) -> Observation:
    fetched = {source.name for source in pulled.sources if source.problem is None}

    def resolved_because(kind: Kind, subject: str) -> str:
        if kind == "pull_failed" and subject == WHOLE_RUN:
            return f"The pull ran on {day_and_time(now)}."
        return f"{subject} was fetched on {day_and_time(now)}." if kind == "pull_failed" and subject in fetched else ""

    return Observation(
        tuple(pull_failed(source.name, source.problem) for source in pulled.sources if source.problem),
        resolved_because,
    )
