"""Which alerts are open, since when, and what was sent to which channel: `runs/alerts.json` of the store.

An alert is sent once while it is open, once more when it is resolved, and again if it comes back. If the file is lost,
every open alert is sent again.
"""

from __future__ import annotations

import datetime
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from flows.alerts.alert import URGENCY, Alert, AlertPart, Kind, urgency
from warehouse.store.evidence_store import EvidenceStore, Missing
from warehouse.store.keys import ALERTS

FORMAT = 2
"""Of the file. Version 0.3.0 wrote format 1, which is still read."""

# An alert is sent again if 12 rows become 25, not if 1 becomes 3: counts change by a few every week.
DOUBLED = 2
AT_LEAST_MORE = 10

ResolvedBecause = Callable[[Kind, str], str]
"""Given the kind and subject of an open alert: a sentence saying why it is resolved; empty if that is not known."""


def nothing_resolved(kind: Kind, subject: str) -> str:
    """For an observation that cannot say whether any alert is resolved."""
    return ""


@dataclass(frozen=True, slots=True)
class Observation:
    """What a run, or `daytwo watch`, found.

    Attributes:
        alerts: those that are open.
        resolved_because: says of every other alert that was open whether it is resolved.
        succeeded_at: now, if a nightly run has just succeeded; `ended_at`: if one has just ended, however it ended.
        is_watching: made by `daytwo watch`.
    """

    alerts: tuple[Alert, ...] = ()
    resolved_because: ResolvedBecause = nothing_resolved
    succeeded_at: datetime.datetime | None = None
    ended_at: datetime.datetime | None = None
    is_watching: bool = False

    def and_also(self, other: Observation) -> Observation:
        """This observation, with the alerts another found and those it knows to be resolved."""
        return replace(
            self,
            alerts=(*self.alerts, *other.alerts),
            resolved_because=lambda kind, subject: (
                self.resolved_because(kind, subject) or other.resolved_because(kind, subject)
            ),
        )


@dataclass(frozen=True, slots=True)
class Sent:
    """What was sent of an alert to one channel: when, and how many rows each part had."""

    at: datetime.datetime
    parts: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class RememberedAlert:
    """An alert that is open, or that is resolved but not yet reported as resolved.

    Attributes:
        open_since: when it was first found.
        sent: by channel.
        resolved: the sentence that says why it is resolved; empty while it is open.
    """

    alert: Alert
    open_since: datetime.datetime
    sent: Mapping[str, Sent] = field(default_factory=dict)
    resolved: str = ""

    def news_for(self, channel: str) -> News | None:
        """What is still to be sent to the channel; None if it has everything."""
        sent = self.sent.get(channel)
        if self.resolved:
            return News(self.alert, self.open_since, resolved=self.resolved) if sent else None
        if sent is None:
            return News(self.alert, self.open_since, parts=self.alert.parts)
        fresh = tuple(part for part in self.alert.parts if part.name not in sent.parts)
        grown = tuple(
            part
            for part in self.alert.parts
            if part.name in sent.parts
            and part.rows > DOUBLED * sent.parts[part.name]
            and part.rows >= sent.parts[part.name] + AT_LEAST_MORE
        )
        if not fresh and not grown:
            return None
        new = (*fresh, *(replace(part, line=f"{part.line}, more than doubled") for part in grown))
        return News(self.alert, self.open_since, parts=new, sent_before=sent.at)

    def after_sending(self, channel: str, news: News, at: datetime.datetime) -> RememberedAlert:
        """The alert after the news was sent to the channel."""
        others = {name: sent for name, sent in self.sent.items() if name != channel}
        if self.resolved:
            return replace(self, sent=others)
        before = self.sent[channel].parts if channel in self.sent else {}
        parts = {**before, **{part.name: part.rows for part in news.parts}}
        return replace(self, sent={**others, channel: Sent(at, parts)})


@dataclass(frozen=True, slots=True)
class News:
    """One thing to send to a channel.

    Attributes:
        parts: the parts of the alert that are new to the channel.
        resolved: the sentence that says why it is resolved; empty while it is open.
        sent_before: when the rest of the alert was sent to the channel; None if all of it is new.
    """

    alert: Alert
    open_since: datetime.datetime
    parts: tuple[AlertPart, ...] = ()
    resolved: str = ""
    sent_before: datetime.datetime | None = None


@dataclass(frozen=True, slots=True)
class AlertMemory:
    """What the store remembers between runs.

    Attributes:
        alerts: by key of the alert.
        last_success_at: when a nightly run last succeeded; None: never, or before this was kept.
        last_ended_at: when one last ended, however it ended.
        watched_since: when `daytwo watch` first ran.
    """

    alerts: Mapping[str, RememberedAlert] = field(default_factory=dict)
    last_success_at: datetime.datetime | None = None
    last_ended_at: datetime.datetime | None = None
    watched_since: datetime.datetime | None = None

    def is_open(self, kind: Kind) -> bool:
        """Whether any alert of the kind is open."""
        return any(one.alert.kind == kind and not one.resolved for one in self.alerts.values())

    def after_observation(self, found: Observation, at: datetime.datetime) -> AlertMemory:
        """The memory after an observation by a run or `daytwo watch` at that moment."""
        alerts: dict[str, RememberedAlert] = {}
        for alert in found.alerts:
            before = self.alerts.get(alert.key)
            names = {part.name for part in alert.parts}
            sent = {
                channel: Sent(one.at, {name: rows for name, rows in one.parts.items() if name in names})
                for channel, one in (before.sent if before else {}).items()
            }
            alerts[alert.key] = RememberedAlert(alert, before.open_since if before else at, sent)
        for key, one in self.alerts.items():
            if key not in alerts:
                resolved = one.resolved or found.resolved_because(one.alert.kind, one.alert.subject)
                # An alert that was never sent is simply dropped when it is resolved.
                if not resolved or one.sent:
                    alerts[key] = replace(one, resolved=resolved)
        return replace(
            self,
            alerts=alerts,
            last_success_at=found.succeeded_at or self.last_success_at,
            last_ended_at=found.ended_at or self.last_ended_at,
            watched_since=self.watched_since or (at if found.is_watching else None),
        )

    def open_alerts(self) -> list[RememberedAlert]:
        """The open alerts, the most urgent first."""
        return sorted(
            (one for one in self.alerts.values() if not one.resolved),
            key=lambda one: urgency(one.alert),
        )

    def news_for(self, channel: str) -> list[News]:
        """What is still to be sent to a channel: open alerts by urgency, then those resolved."""
        news = [found for one in self.alerts.values() if (found := one.news_for(channel))]
        return sorted(news, key=lambda one: (bool(one.resolved), urgency(one.alert)))

    def after_sending(self, channel: str, news: Iterable[News], at: datetime.datetime) -> AlertMemory:
        """The memory after news was sent to a channel."""
        alerts = dict(self.alerts)
        for one in news:
            sent = alerts[one.alert.key].after_sending(channel, one, at)
            alerts[one.alert.key] = sent
            if sent.resolved and not sent.sent:
                del alerts[one.alert.key]
        return replace(self, alerts=alerts)

    def for_channels(self, channels: Iterable[str]) -> AlertMemory:
        """The memory without what was sent to channels that are no longer set."""
        kept = set(channels)
        alerts = {}
        for key, one in self.alerts.items():
            sent = {name: before for name, before in one.sent.items() if name in kept}
            if sent or not one.resolved:
                alerts[key] = replace(one, sent=sent)
        return replace(self, alerts=alerts)


def read_memory(store: EvidenceStore) -> tuple[AlertMemory, str]:
    """What the store remembers, and a sentence if that could not be read and starts empty.

    Raises:
        Problem: the store cannot be reached.
    """
    try:
        kept = store.read(ALERTS)
    except Missing:
        return AlertMemory(), ""
    try:
        return _read(json.loads(kept)), ""
    except (ValueError, KeyError, TypeError, AttributeError):
        return AlertMemory(), (
            f"{ALERTS} could not be read, so it is not known what was sent before: every open alert is sent again."
        )


def as_bytes(memory: AlertMemory) -> bytes:
    """The memory as it is stored; the same memory gives the same bytes."""
    said = {
        "format": FORMAT,
        "last_success_at": _iso(memory.last_success_at),
        "last_ended_at": _iso(memory.last_ended_at),
        "watched_since": _iso(memory.watched_since),
        "alerts": [_alert_as_json(one) for _, one in sorted(memory.alerts.items())],
    }
    return (json.dumps(said, indent=2, sort_keys=True, ensure_ascii=False) + "\n").encode()


def _alert_as_json(one: RememberedAlert) -> dict[str, Any]:
    alert = one.alert
    return {
        "kind": alert.kind,
        "subject": alert.subject,
        "headline": alert.headline,
        "detail": list(alert.detail),
        "what_to_do": alert.what_to_do,
        "parts": [{"name": part.name, "line": part.line, "rows": part.rows} for part in alert.parts],
        "open_since": _iso(one.open_since),
        "resolved": one.resolved,
        "sent": {channel: {"at": _iso(sent.at), "parts": dict(sent.parts)} for channel, sent in one.sent.items()},
    }


def _read(said: dict[str, Any]) -> AlertMemory:
    if said["format"] == 1:
        said = _from_format_1(said)
    elif said["format"] != FORMAT:
        raise ValueError
    alerts = [_read_alert(one) for one in said["alerts"]]
    return AlertMemory(
        {one.alert.key: one for one in alerts},
        _read_moment(said["last_success_at"]),
        _read_moment(said["last_ended_at"]),
        _read_moment(said["watched_since"]),
    )


def _from_format_1(said: dict[str, Any]) -> dict[str, Any]:
    """A file of version 0.3.0 in today's shape, so that what it sent is not sent again."""
    return {
        **said,
        "alerts": [
            {
                **one,
                "open_since": one["since"],
                "resolved": one["over"],
                "parts": [{**part, "name": _name_today(part["name"])} for part in one["parts"]],
                "sent": {
                    channel: {**sent, "parts": {_name_today(name): rows for name, rows in sent["parts"].items()}}
                    for channel, sent in one["told"].items()
                },
            }
            for one in said["standing"]
        ],
    }


def _name_today(part: str) -> str:
    """The name of an alert's part: version 0.3.0 named an unexpected error by another sentence."""
    return part.replace("The run met a fault nobody foresaw (", "The run stopped because of an unexpected error (")


def _read_alert(said: dict[str, Any]) -> RememberedAlert:
    if said["kind"] not in URGENCY:
        raise ValueError
    alert = Alert(
        said["kind"],
        str(said["subject"]),
        str(said["headline"]),
        tuple(str(line) for line in said["detail"]),
        str(said["what_to_do"]),
        tuple(AlertPart(str(part["name"]), str(part["line"]), int(part["rows"])) for part in said["parts"]),
    )
    sent = {
        str(channel): Sent(
            _needed(_read_moment(one["at"])), {str(name): int(rows) for name, rows in one["parts"].items()}
        )
        for channel, one in said["sent"].items()
    }
    return RememberedAlert(alert, _needed(_read_moment(said["open_since"])), sent, str(said["resolved"]))


def _iso(at: datetime.datetime | None) -> str | None:
    return None if at is None else at.astimezone(datetime.UTC).isoformat(timespec="seconds")


def _read_moment(said: str | None) -> datetime.datetime | None:
    """An aware moment."""
    if said is None:
        return None
    at = datetime.datetime.fromisoformat(said)
    if at.tzinfo is None:
        raise ValueError
    return at


def _needed(at: datetime.datetime | None) -> datetime.datetime:
    if at is None:
        raise ValueError
    return at
