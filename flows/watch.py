"""`daytwo watch`: run by cron or a timer, without Prefect: is a nightly run missing or hanging, is a source late?

What it finds, and what could not be told before, is told. It reads little and imports little: it runs often.
"""

from __future__ import annotations

import datetime
import json
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from flows.alerts.alert import WORTH_KNOWING, Alert, Kind, moment, nightly_missing, nightly_unended
from flows.alerts.heartbeat import LONGEST_HOURS, Heartbeat, hours_between, read_heartbeat
from flows.alerts.memory import News, RememberedAlert, State, read_state
from flows.alerts.message import lines_of
from flows.alerts.send import Observation, SendOutcome, late_now, tell
from flows.settings import Settings
from warehouse.store.evidence_store import EvidenceStore
from warehouse.store.keys import STATUS

WRITER = "writer"


@dataclass(frozen=True, slots=True)
class Watched:
    """What a look came to: all that stands, what was told now, and what could not be looked at or told."""

    standing: tuple[RememberedAlert, ...]
    told: tuple[tuple[str, str], ...]
    not_told: tuple[str, ...]
    warnings: tuple[str, ...]

    @property
    def is_urgent(self) -> bool:
        """Whether something stands that a person has to see to."""
        return any(one.alert.kind not in WORTH_KNOWING for one in self.standing)

    def lines(self) -> list[str]:
        """For a terminal."""
        lines = []
        for one in self.standing:
            alert = one.alert
            lines.append(f"{'Worth knowing' if alert.kind in WORTH_KNOWING else 'Stands'}: {alert.headline}")
            lines += [f"  {line}" for line in lines_of(News(alert, one.since, alert.parts))]
            lines += [f"  What to do: {alert.what_to_do}", f"  Since {moment(one.since)}.", ""]
        lines += [f"Told now by {channel}: {subject}" for channel, subject in self.told]
        if not self.standing:
            lines.append("Nothing stands.")
        return lines

    def as_json(self) -> dict[str, Any]:
        """For machines: `--json`."""
        return {
            "stands": [
                {
                    "kind": one.alert.kind,
                    "subject": one.alert.subject,
                    "headline": one.alert.headline,
                    "detail": lines_of(News(one.alert, one.since, one.alert.parts)),
                    "what_to_do": one.alert.what_to_do,
                    "standing_since": one.since.isoformat(),
                    "told": {channel: told.at.isoformat() for channel, told in one.told.items()},
                }
                for one in self.standing
            ],
            "told_now": [{"channel": channel, "subject": subject} for channel, subject in self.told],
            "not_told": list(self.not_told),
            "warnings": list(self.warnings),
        }


def watch(store: EvidenceStore, settings: Settings, now: datetime.datetime) -> Watched:
    """Look, tell what is new, and say what stands.

    Args:
        now: aware.

    Raises:
        Problem: the store cannot be read.
    """
    warnings: list[str] = []
    state, _ = read_state(store)
    beat = read_heartbeat(settings.heartbeat)
    alerts, is_known = _nightly(store, settings, state, beat, now)
    late, late_over = late_now(store, settings, now, warnings.append)

    def over(kind: Kind, subject: str) -> str:
        if kind == "nightly_missing" and is_known:
            return "A nightly run has ended since."
        return late_over(kind, subject)

    result: SendOutcome = tell(
        store, settings, Observation((*alerts, *late), over, is_watching=True), now, warn=warnings.append
    )
    return Watched(tuple(result.state.in_order()), result.told, result.not_told, tuple(warnings))


def unended(store: EvidenceStore, beat: Heartbeat | None, now: datetime.datetime) -> list[Alert]:
    """A nightly run that began and will not end by itself: by its heartbeat, else by who holds the store's lock."""
    if beat is not None and beat.is_unended(now):
        return [nightly_unended(beat.started_at, is_gone=beat.is_gone(), hours=LONGEST_HOURS)]
    for holder in store.holders():
        if holder.lock == WRITER and hours_between(holder.since, now) > LONGEST_HOURS:
            return [nightly_unended(holder.since, is_gone=False, hours=LONGEST_HOURS, run="run that holds the store")]
    return []


def _nightly(
    store: EvidenceStore, settings: Settings, state: State, beat: Heartbeat | None, now: datetime.datetime
) -> tuple[list[Alert], bool]:
    """What stands of the nightly run, and whether it can be said that what stood before is over."""
    alerts = unended(store, beat, now)
    last = _latest(beat.last_success_at if beat else None, state.last_success_at, _published_at(store))
    ended = _latest(beat.ended_at if beat else None, state.last_ended_at, last)
    # Where none ever ended well, the time runs from the first look: a new installation is no fault.
    since = last or state.watched_since or now
    if hours_between(since, now) > settings.nightly_hours:
        # A run that failed or stopped was told as such: that it was not there would be wrong.
        is_told = state.stands("nightly_failed") or state.stands("nightly_stopped")
        if not (is_told and ended is not None and hours_between(ended, now) <= settings.nightly_hours):
            alerts.append(nightly_missing(last, settings.nightly_hours, _said_of(beat, ended, last)))
    is_under_way = beat is not None and beat.state == "running" and not alerts
    return alerts, not is_under_way


def _said_of(beat: Heartbeat | None, ended: datetime.datetime | None, last: datetime.datetime | None) -> str:
    if beat is not None and beat.state not in ("published", "nothing new"):
        how = {"running": "and has not ended", "stopped": "and stopped before publishing", "failed": "and failed"}
        return f"The last one began on {moment(beat.started_at)} {how[beat.state]}."
    if ended is not None and ended != last:
        return f"The last one ended on {moment(ended)}, and not well."
    return ""


def _published_at(store: EvidenceStore) -> datetime.datetime | None:
    """When something was last published, as the mark beside the files says; None where it does not."""
    with suppress(ValueError, KeyError, TypeError):
        if store.exists(STATUS):
            at = datetime.datetime.fromisoformat(json.loads(store.read(STATUS))["published_at"])
            return at if at.tzinfo else None
    return None


def _latest(*moments: datetime.datetime | None) -> datetime.datetime | None:
    return max((at for at in moments if at is not None), default=None)
