"""People are told of sources that could not be fetched, once, and once more when they could."""

from __future__ import annotations

import datetime
from collections.abc import Callable

from flows.alerts.alert import WHOLE_RUN, Kind, moment, of_pull
from flows.alerts.memory import cannot_tell
from flows.alerts.send import as_problem, tell_of_run
from flows.receiving.pull_extracts import Pulled
from flows.settings import Settings
from warehouse.problem import Busy


def tell_of_pull(
    result: Pulled | Exception, settings: Settings, now: datetime.datetime, *, warn: Callable[[str], None]
) -> None:
    """Tell what a pull came to, also where it fetched nothing at all. Whatever fails here is a warning.

    Args:
        now: aware.
        warn: told, without secrets, what could not be told.
    """
    if isinstance(result, Exception):
        problem = as_problem(result)
        # Refused because another pull is under way: that one tells of itself.
        alerts = [] if isinstance(problem, Busy) else [of_pull(WHOLE_RUN, problem)]
        tell_of_run(settings, alerts, cannot_tell, now, warn=warn)
        return
    fetched = {source.name for source in result.sources if source.problem is None}

    def over(kind: Kind, subject: str) -> str:
        if kind == "pull_failed" and subject == WHOLE_RUN:
            return f"The pull ran on {moment(now)}."
        return f"{subject} was fetched on {moment(now)}." if kind == "pull_failed" and subject in fetched else ""

    alerts = [of_pull(source.name, source.problem) for source in result.sources if source.problem]
    tell_of_run(settings, alerts, over, now, warn=warn)
