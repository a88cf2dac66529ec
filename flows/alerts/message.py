"""One message for each run: all its news, the most urgent first, as plain text for people and JSON for programs."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flows.alerts.alert import DROP, TRIAL, UNENDED, WHOLE_RUN, Kind, day_and_time
from flows.alerts.memory import News

MOST_LINES = 10
"""The most parts of one alert to name; the report has the rest."""

_OPEN: dict[Kind, str] = {
    "nightly_failed": "the nightly run failed",
    "nightly_missing": "no recent nightly run has succeeded",
    "nightly_stopped": "the nightly run stopped, nothing was published",
    "rehearsal_failed": "the rehearsal of {subject} failed",
    "pull_failed": "{subject} could not be fetched",
    "source_late": "{subject} is late",
    "file_refused": "files of {subject} were refused",
    "published_with_warnings": "published, with warnings",
}
_RESOLVED: dict[Kind, str] = {
    "nightly_failed": "the nightly run no longer fails",
    "nightly_missing": "nightly runs take place again",
    "nightly_stopped": "the nightly run no longer stops",
    "rehearsal_failed": "the rehearsal of {subject} succeeds again",
    "pull_failed": "{subject} can be fetched again",
    "source_late": "{subject} is no longer late",
    "file_refused": "files of {subject} are no longer refused",
    "published_with_warnings": "published without warnings",
}
_END = (
    "Each alert is sent once when it opens and once when it is resolved; daytwo watch lists every open alert.\n"
    "Sent automatically: replies are not read."
)


@dataclass(frozen=True, slots=True)
class Message:
    """One message to one channel.

    Attributes:
        subject: one line, with the most urgent news.
        text: the whole message, as plain text.
        alerts: each piece of news as JSON values.
        at: the moment it is sent.
    """

    subject: str
    text: str
    council: str
    alerts: tuple[dict[str, Any], ...]
    at: datetime.datetime

    def as_json(self) -> dict[str, Any]:
        """For a webhook: the fields of the most urgent news, all news as `alerts`, and `text` for chat programs."""
        return {
            "source": "daytwo",
            "council": self.council,
            **self.alerts[0],
            "alerts": list(self.alerts),
            "text": f"{self.subject}\n\n{self.text}",
        }


def compose(news: Sequence[News], *, council: str, at: datetime.datetime, notes: Sequence[str] = ()) -> Message:
    """Write the message for some news.

    Args:
        news: the most urgent first; at least one.
        council: its name; empty if it is not set.
        notes: sentences about the sending itself.
    """
    whose = f"Daytwo{', ' + council if council else ''}"
    more = f", and {len(news) - 1} more" if len(news) > 1 else ""
    blocks = [f"{whose}, {day_and_time(at)}"]
    blocks += [f"Note: {note}" for note in notes]
    blocks += [_block(number, one) for number, one in enumerate(news, start=1)]
    blocks.append(f"-- \n{_END}")
    return Message(
        # One line, whatever the settings contain: a header must not break into two.
        subject=" ".join(f"{whose}: {_short(news[0])}{more}".split()),
        text="\n\n".join(blocks) + "\n",
        council=council,
        alerts=tuple(_as_json(one) for one in news),
        at=at,
    )


def lines_of(news: News) -> list[str]:
    """The lines of an alert below its headline: its parts, up to the limit, then the details."""
    lines = []
    if news.parts and news.sent_before:
        lines.append(f"New since the message of {day_and_time(news.sent_before)}:")
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
        said = "files of the drop were not received"
    else:
        said = (_RESOLVED if news.resolved else _OPEN)[alert.kind].format(subject=alert.subject)
    return f"resolved: {said}" if news.resolved else said


def _block(number: int, news: News) -> str:
    since = f"   Open since {day_and_time(news.open_since)}"
    if news.resolved:
        return f"{number}. RESOLVED: {news.resolved}\n{since}: {news.alert.headline}"
    lines = [f"{number}. {news.alert.headline}", *(f"   {line}" for line in lines_of(news))]
    lines.append(f"   What to do: {news.alert.what_to_do}")
    lines.append(f"{since}.")
    return "\n".join(lines)


def _as_json(news: News) -> dict[str, Any]:
    alert = news.alert
    return {
        "kind": alert.kind,
        "subject": alert.subject,
        "state": "resolved" if news.resolved else "open",
        "headline": news.resolved or alert.headline,
        "detail": [] if news.resolved else lines_of(news),
        "what_to_do": "Nothing." if news.resolved else alert.what_to_do,
        "open_since": news.open_since.astimezone(datetime.UTC).isoformat(timespec="seconds"),
    }
