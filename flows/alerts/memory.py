"""What stands, since when, and which channel was told: `runs/alerts.json` of the store.

Told once while it stands, once more when it is over, again where it comes back. The file may be lost: what stands then
is told once more.
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

FORMAT = 1
# Told of again: from 12 rows to 25, not from 1 to 3. Counts go up and down by a few every week.
DOUBLED = 2
AT_LEAST_MORE = 10

ResolvedBecause = Callable[[Kind, str], str]
"""Of a kind and subject that stood: the sentence that says why it is over; empty where this run cannot tell."""


def cannot_tell(kind: Kind, subject: str) -> str:
    """For a look that only finds what stands."""
    return ""


@dataclass(frozen=True, slots=True)
class Told:
    """What one channel was told of an alert: when, and how many rows each part had."""

    at: datetime.datetime
    parts: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class RememberedAlert:
    """An alert that stands, or stood and whose end is still to be told.

    Attributes:
        since: when it was first found.
        told: by channel.
        over: the sentence that says that it is over; empty while it stands.
    """

    alert: Alert
    since: datetime.datetime
    told: Mapping[str, Told] = field(default_factory=dict)
    over: str = ""

    def news_for(self, channel: str) -> News | None:
        """What the channel does not know yet; None where it was told everything."""
        told = self.told.get(channel)
        if self.over:
            return News(self.alert, self.since, over=self.over) if told else None
        if told is None:
            return News(self.alert, self.since, parts=self.alert.parts)
        fresh = tuple(part for part in self.alert.parts if part.name not in told.parts)
        grown = tuple(
            part
            for part in self.alert.parts
            if part.name in told.parts
            and part.rows > DOUBLED * told.parts[part.name]
            and part.rows >= told.parts[part.name] + AT_LEAST_MORE
        )
        if not fresh and not grown:
            return None
        said = (*fresh, *(replace(part, line=f"{part.line}, more than doubled") for part in grown))
        return News(self.alert, self.since, parts=said, since_told=told.at)

    def after_telling(self, channel: str, news: News, at: datetime.datetime) -> RememberedAlert:
        """As it is once the channel was told."""
        others = {name: told for name, told in self.told.items() if name != channel}
        if self.over:
            return replace(self, told=others)
        before = self.told[channel].parts if channel in self.told else {}
        parts = {**before, **{part.name: part.rows for part in news.parts}}
        return replace(self, told={**others, channel: Told(at, parts)})


@dataclass(frozen=True, slots=True)
class News:
    """One thing to tell a channel.

    Attributes:
        parts: of the alert, those that are new to it.
        over: the sentence that says that it is over; empty where it stands.
        since_told: when the channel was told of the rest; None where all of it is new.
    """

    alert: Alert
    since: datetime.datetime
    parts: tuple[AlertPart, ...] = ()
    over: str = ""
    since_told: datetime.datetime | None = None


@dataclass(frozen=True, slots=True)
class State:
    """What the store remembers between runs.

    Attributes:
        standing: by key of the alert.
        last_success_at: when a nightly run last ended well; None: never, or before this was kept.
        last_ended_at: when one last ended, however.
        watched_since: the first look of `daytwo watch`.
    """

    standing: Mapping[str, RememberedAlert] = field(default_factory=dict)
    last_success_at: datetime.datetime | None = None
    last_ended_at: datetime.datetime | None = None
    watched_since: datetime.datetime | None = None

    def stands(self, kind: Kind) -> bool:
        return any(one.alert.kind == kind and not one.over for one in self.standing.values())

    def after_look(self, alerts: Iterable[Alert], over: ResolvedBecause, at: datetime.datetime) -> State:
        """As it is once somebody has looked.

        Args:
            alerts: what was found to stand.
            over: what can be said of the rest.
            at: the moment of the look.
        """
        standing: dict[str, RememberedAlert] = {}
        for alert in alerts:
            before = self.standing.get(alert.key)
            names = {part.name for part in alert.parts}
            told = {
                channel: Told(said.at, {name: rows for name, rows in said.parts.items() if name in names})
                for channel, said in (before.told if before else {}).items()
            }
            standing[alert.key] = RememberedAlert(alert, before.since if before else at, told)
        for key, one in self.standing.items():
            if key not in standing:
                said = one.over or over(one.alert.kind, one.alert.subject)
                # What nobody was told of needs no end.
                if not said or one.told:
                    standing[key] = replace(one, over=said)
        return replace(self, standing=standing)

    def in_order(self) -> list[RememberedAlert]:
        """What stands, the most urgent first."""
        return sorted(
            (one for one in self.standing.values() if not one.over),
            key=lambda one: urgency(one.alert),
        )

    def news_for(self, channel: str) -> list[News]:
        """What a channel does not know yet: what stands by urgency, then what is over."""
        news = [found for one in self.standing.values() if (found := one.news_for(channel))]
        return sorted(news, key=lambda one: (bool(one.over), urgency(one.alert)))

    def after_telling(self, channel: str, news: Iterable[News], at: datetime.datetime) -> State:
        """As it is once a channel was told."""
        standing = dict(self.standing)
        for one in news:
            told = standing[one.alert.key].after_telling(channel, one, at)
            standing[one.alert.key] = told
            if told.over and not told.told:
                del standing[one.alert.key]
        return replace(self, standing=standing)

    def for_channels(self, channels: Iterable[str]) -> State:
        """Less what channels were told that are no longer set: nobody waits for their end."""
        kept = set(channels)
        standing = {}
        for key, one in self.standing.items():
            told = {name: said for name, said in one.told.items() if name in kept}
            if told or not one.over:
                standing[key] = replace(one, told=told)
        return replace(self, standing=standing)


def read_state(store: EvidenceStore) -> tuple[State, str]:
    """What the store remembers, and a sentence where that could not be read and starts anew.

    Raises:
        Problem: the store cannot be reached.
    """
    try:
        kept = store.read(ALERTS)
    except Missing:
        return State(), ""
    try:
        return _read(json.loads(kept)), ""
    except (ValueError, KeyError, TypeError, AttributeError):
        return State(), (
            f"{ALERTS} could not be read, so what was told before is forgotten: what stands is told once more."
        )


def as_bytes(state: State) -> bytes:
    """The state as it is kept; the same state, the same bytes."""
    said = {
        "format": FORMAT,
        "last_success_at": _iso(state.last_success_at),
        "last_ended_at": _iso(state.last_ended_at),
        "watched_since": _iso(state.watched_since),
        "standing": [_standing_as_json(one) for _, one in sorted(state.standing.items())],
    }
    return (json.dumps(said, indent=2, sort_keys=True, ensure_ascii=False) + "\n").encode()


def _standing_as_json(one: RememberedAlert) -> dict[str, Any]:
    alert = one.alert
    return {
        "kind": alert.kind,
        "subject": alert.subject,
        "headline": alert.headline,
        "detail": list(alert.detail),
        "what_to_do": alert.what_to_do,
        "parts": [{"name": part.name, "line": part.line, "rows": part.rows} for part in alert.parts],
        "since": _iso(one.since),
        "over": one.over,
        "told": {channel: {"at": _iso(told.at), "parts": dict(told.parts)} for channel, told in one.told.items()},
    }


def _read(said: dict[str, Any]) -> State:
    if said["format"] != FORMAT:
        raise ValueError
    standing = [_read_standing(one) for one in said["standing"]]
    return State(
        {one.alert.key: one for one in standing},
        _read_moment(said["last_success_at"]),
        _read_moment(said["last_ended_at"]),
        _read_moment(said["watched_since"]),
    )


def _read_standing(said: dict[str, Any]) -> RememberedAlert:
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
    told = {
        str(channel): Told(
            _needed(_read_moment(one["at"])), {str(name): int(rows) for name, rows in one["parts"].items()}
        )
        for channel, one in said["told"].items()
    }
    return RememberedAlert(alert, _needed(_read_moment(said["since"])), told, str(said["over"]))


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
