"""People are told of packs that could not be made as if the call came now, once, and once more when they can."""

from __future__ import annotations

import datetime
from collections.abc import Callable

from flows.alerts.alert import WHOLE_RUN, Kind, moment, of_rehearsal
from flows.alerts.memory import cannot_tell
from flows.alerts.send import as_problem, tell_of_run
from flows.packing.rehearsal_report import Rehearsals
from flows.settings import Settings
from warehouse.problem import Busy


def tell_of_rehearsals(
    result: Rehearsals | Exception, settings: Settings, now: datetime.datetime, *, warn: Callable[[str], None]
) -> None:
    """Tell what a rehearsal came to, also where it rehearsed nothing at all. Whatever fails here is a warning.

    Args:
        now: aware.
        warn: told, without secrets, what could not be told.
    """
    if isinstance(result, Exception):
        problem = as_problem(result)
        # Refused because another rehearsal is under way: that one tells of itself.
        alerts = [] if isinstance(problem, Busy) else [of_rehearsal(WHOLE_RUN, "The rehearsal", problem)]
        tell_of_run(settings, alerts, cannot_tell, now, warn=warn)
        return
    made = {one.framework: one.short_title for one in result.results if one.state == "made"}

    def over(kind: Kind, subject: str) -> str:
        if kind == "rehearsal_failed" and subject == WHOLE_RUN:
            return f"The rehearsal ran on {moment(now)}."
        return f"{made[subject]}: the pack can be made again." if kind == "rehearsal_failed" and subject in made else ""

    alerts = [
        of_rehearsal(one.framework, one.short_title, one.problem)
        for one in result.failed
        if one.problem is None or not isinstance(one.problem, Busy)
    ]
    tell_of_run(settings, alerts, over, now, warn=warn)
