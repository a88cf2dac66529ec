"""`daytwo watch`, run by cron or a timer without Prefect: is a nightly run missing or hanging, or a source late?

It sends what is new and what could not be sent before. It reads and imports little, because it runs often.
"""

from __future__ import annotations

import datetime
import json
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from flows.alerts.alert import FOR_INFORMATION, NIGHTLY, Alert, Kind, day_and_time
from flows.alerts.heartbeat import Heartbeat, hours_between, read_heartbeat, unended
from flows.alerts.memory import AlertMemory, News, Observation, RememberedAlert, read_memory
from flows.alerts.message import lines_of
from flows.alerts.send import SendOutcome, send_news
from flows.receiving.alerts_of_late_sources import observe_late_sources
from flows.settings import Settings
from warehouse.store.evidence_store import EvidenceStore
from warehouse.store.keys import STATUS


@dataclass(frozen=True, slots=True)
class Watched:
    """What the watch found: every open alert, what was sent now, and what could not be checked or sent."""

    open_alerts: tuple[RememberedAlert, ...]
    sent_now: tuple[tuple[str, str], ...]
    failed_channels: tuple[str, ...]
    warnings: tuple[str, ...]

    @property
    def is_urgent(self) -> bool:
        """Whether something needs attention."""
        return any(one.alert.kind not in FOR_INFORMATION for one in self.open_alerts)

    def lines(self) -> list[str]:
        """For a terminal."""
        lines = []
        for one in self.open_alerts:
            alert = one.alert
            for_whom = "For information" if alert.kind in FOR_INFORMATION else "Needs attention"
            lines.append(f"{for_whom}: {alert.headline}")
            lines += [f"  {line}" for line in _lines_of(one)]
            lines += [f"  What to do: {alert.what_to_do}", f"  Open since {day_and_time(one.open_since)}.", ""]
        lines += [f"Sent now by {channel}: {subject}" for channel, subject in self.sent_now]
        if not self.open_alerts:
            lines.append("No alert is open.")
        return lines

    def as_json(self) -> dict[str, Any]:
        """For machines: `--json`."""
        return {
            "open": [
                {
                    "kind": one.alert.kind,
                    "subject": one.alert.subject,
                    "headline": one.alert.headline,
                    "detail": _lines_of(one),
                    "what_to_do": one.alert.what_to_do,
                    "open_since": one.open_since.isoformat(),
                    "sent": {channel: sent.at.isoformat() for channel, sent in one.sent.items()},
                }
                for one in self.open_alerts
            ],
            "sent_now": [{"channel": channel, "subject": subject} for channel, subject in self.sent_now],
            "failed_channels": list(self.failed_channels),
            "warnings": list(self.warnings),
        }


def watch(store: EvidenceStore, settings: Settings, now: datetime.datetime) -> Watched:
    """Check the nightly run and the sources, send what is new, and list every open alert.

    Args:
        now: aware.

    Raises:
        Problem: the store cannot be read.
    """
    warnings: list[str] = []
    memory, _ = read_memory(store)
    nightly = _observe_nightly(store, settings, memory, now)
    late = observe_late_sources(store, settings, now, warnings.append)
    result: SendOutcome = send_news(store, settings, nightly.and_also(late), now, warn=warnings.append)
    return Watched(tuple(result.memory.open_alerts()), result.sent, result.failed_channels, tuple(warnings))


def nightly_missing(last_success: datetime.datetime | None, hours: int, last_run: str = "") -> Alert:
    """The alert that no nightly run has succeeded for too long.

    Args:
        last_success: when the last one succeeded; None: never.
        hours: setting `nightly_hours`.
        last_run: a sentence on what is known about the last one that started.
    """
    since = f"since {day_and_time(last_success)}" if last_success else "yet"
    return Alert(
        "nightly_missing",
        NIGHTLY,
        f"No nightly run has succeeded {since}; one is expected every {hours} hours.",
        (last_run or "No run is known to have started since.",),
        "Check that whatever starts it is working (Prefect's server and worker, cron, the timer), then run it:"
        " daytwo nightly.",
    )


def _observe_nightly(
    store: EvidenceStore, settings: Settings, memory: AlertMemory, now: datetime.datetime
) -> Observation:
    """Whether a nightly run hangs, was killed or is missing, and whether one that was missing has ended since."""
    beat = read_heartbeat(settings.heartbeat)
    alerts = unended(store, beat, now)
    last = _latest(beat.last_success_at if beat else None, memory.last_success_at, _published_at(store))
    ended = _latest(beat.ended_at if beat else None, memory.last_ended_at, last)
    # If none ever succeeded, count from the first watch: a new installation is not at fault.
    since = last or memory.watched_since or now
    if hours_between(since, now) > settings.nightly_hours:
        # A run that failed or stopped has an alert of its own: it is not missing.
        has_own = memory.is_open("nightly_failed") or memory.is_open("nightly_stopped")
        if not (has_own and ended is not None and hours_between(ended, now) <= settings.nightly_hours):
            alerts.append(nightly_missing(last, settings.nightly_hours, _last_run(beat, ended, last)))
    is_under_way = beat is not None and beat.state == "running" and not alerts

    def resolved_because(kind: Kind, subject: str) -> str:
        return "A nightly run has ended since." if kind == "nightly_missing" and not is_under_way else ""

    return Observation(tuple(alerts), resolved_because, is_watching=True)


def _last_run(beat: Heartbeat | None, ended: datetime.datetime | None, last: datetime.datetime | None) -> str:
    if beat is not None and beat.state not in ("published", "nothing new"):
        how = {"running": "has not ended", "stopped": "stopped before publishing", "failed": "failed"}
        return f"The last run started on {day_and_time(beat.started_at)} and {how[beat.state]}."
    if ended is not None and ended != last:
        return f"The last run ended on {day_and_time(ended)} without success."
    return ""


def _published_at(store: EvidenceStore) -> datetime.datetime | None:
    """When the published files were last published, from the mark next to them; None if it does not say."""
    with suppress(ValueError, KeyError, TypeError):
        if store.exists(STATUS):
            at = datetime.datetime.fromisoformat(json.loads(store.read(STATUS))["published_at"])
            return at if at.tzinfo else None
    return None


def _latest(*moments: datetime.datetime | None) -> datetime.datetime | None:
    return max((at for at in moments if at is not None), default=None)


def _lines_of(one: RememberedAlert) -> list[str]:
    return lines_of(News(one.alert, one.open_since, one.alert.parts))
