"""One message a run: all its news, the most urgent first, as plain text for people and as JSON for programs."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flows.alerts.alert import DROP, TRIAL, UNENDED, WHOLE_RUN, Kind, moment
from flows.alerts.memory import News

MOST_LINES = 10
"""Parts of one alert that are named; the report has the rest."""

_SHORT: dict[Kind, str] = {
    "nightly_failed": "the nightly run failed",
    "nightly_missing": "no nightly run has ended well",
    "nightly_stopped": "the nightly run stopped, nothing was published",
    "rehearsal_failed": "the rehearsal of {subject} failed",
    "pull_failed": "{subject} could not be fetched",
    "source_late": "{subject} is late",
    "file_refused": "files of {subject} were refused",
    "published_with_warnings": "published, with warnings",
}
_OVER: dict[Kind, str] = {
    "nightly_failed": "the nightly run no longer fails",
    "nightly_missing": "the nightly run is there again",
    "nightly_stopped": "the nightly run no longer stops",
    "rehearsal_failed": "the rehearsal of {subject} makes its pack again",
    "pull_failed": "{subject} can be fetched again",
    "source_late": "{subject} is no longer late",
    "file_refused": "files of {subject} are no longer refused",
    "published_with_warnings": "published without warnings",
}
_END = (
    "What stands is told once, and once more when it is over; daytwo watch lists all of it.\n"
    "Written by a program: nobody reads a reply."
)


@dataclass(frozen=True, slots=True)
class Message:
    """What one channel is told at once.

    Attributes:
        subject: one line that says the worst of it.
        text: the whole, plain.
        alerts: each piece of news as JSON values.
        at: the moment it is sent.
    """

    subject: str
    text: str
    council: str
    alerts: tuple[dict[str, Any], ...]
    at: datetime.datetime

    def as_json(self) -> dict[str, Any]:
        """For a webhook: the worst of it under its own names, all of it as `alerts`, and `text` for chat programs."""
        return {
            "source": "daytwo",
            "council": self.council,
            **self.alerts[0],
            "alerts": list(self.alerts),
            "text": f"{self.subject}\n\n{self.text}",
        }


def compose(news: Sequence[News], *, council: str, at: datetime.datetime, notes: Sequence[str] = ()) -> Message:
    """The message of some news.

    Args:
        news: the most urgent first; at least one.
        council: its name; empty where it is not set.
        notes: sentences about the telling itself.
    """
    whose = f"Daytwo{', ' + council if council else ''}"
    more = f", and {len(news) - 1} more" if len(news) > 1 else ""
    blocks = [f"{whose}, {moment(at)}"]
    blocks += [f"Note: {note}" for note in notes]
    blocks += [_block(number, one) for number, one in enumerate(news, start=1)]
    blocks.append(f"-- \n{_END}")
    return Message(
        # One line, whatever the settings hold: a header must not be broken into two.
        subject=" ".join(f"{whose}: {_short(news[0])}{more}".split()),
        text="\n\n".join(blocks) + "\n",
        council=council,
        alerts=tuple(_as_json(one) for one in news),
        at=at,
    )


def lines_of(news: News) -> list[str]:
    """What an alert is, line by line, without its headline: its parts, as many as are read, and the rest of it."""
    lines = []
    if news.parts and news.since_told:
        lines.append(f"New since it was told on {moment(news.since_told)}:")
    lines += [f"- {part.line}" for part in news.parts[:MOST_LINES]]
    if len(news.parts) > MOST_LINES:
        lines.append(f"- and {len(news.parts) - MOST_LINES:,} more")
    return lines + list(news.alert.detail)


def _short(news: News) -> str:
    alert = news.alert
    if alert.subject == TRIAL:
        return TRIAL
    if alert.subject == UNENDED:
        said = "a nightly run did not end"
    elif alert.subject == WHOLE_RUN:
        said = {"pull_failed": "the pull failed", "rehearsal_failed": "the rehearsal failed"}[alert.kind]
    elif alert.subject == DROP:
        said = "files of the drop were left alone"
    else:
        said = (_OVER if news.over else _SHORT)[alert.kind].format(subject=alert.subject)
    return f"over: {said}" if news.over else said


def _block(number: int, news: News) -> str:
    if news.over:
        return f"{number}. OVER: {news.over}\n   It had stood since {moment(news.since)}: {news.alert.headline}"
    lines = [f"{number}. {news.alert.headline}", *(f"   {line}" for line in lines_of(news))]
    lines.append(f"   What to do: {news.alert.what_to_do}")
    lines.append(f"   Stands since {moment(news.since)}.")
    return "\n".join(lines)


def _as_json(news: News) -> dict[str, Any]:
    alert = news.alert
    return {
        "kind": alert.kind,
        "subject": alert.subject,
        "state": "over" if news.over else "stands",
        "headline": news.over or alert.headline,
        "detail": [] if news.over else lines_of(news),
        "what_to_do": "Nothing." if news.over else alert.what_to_do,
        "standing_since": news.since.astimezone(datetime.UTC).isoformat(timespec="seconds"),
    }
