"""What an alert is: something a person is asked to look at, and the words that all alerts share.

An alert holds counts, the names of sources, tables and checks, and where to read more. It never holds a value of a
record or the name of a file as received: whoever named the file may have put a child's name in it.
"""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from typing import Literal, get_args

from warehouse.england_time import LONDON

Kind = Literal[
    "nightly_failed",
    "nightly_missing",
    "nightly_stopped",
    "rehearsal_failed",
    "pull_failed",
    "source_late",
    "file_refused",
    "published_with_warnings",
]
URGENCY: tuple[Kind, ...] = get_args(Kind)
"""Every kind, the most urgent first."""

FOR_INFORMATION: tuple[Kind, ...] = ("published_with_warnings",)
"""Kinds that need no immediate action: `daytwo watch` ends with 0 if no other kind is open."""

# Subjects other than the name of a source or a framework. The store remembers alerts by them.
NIGHTLY = "nightly"
DROP = "drop"
WHOLE_RUN = "all of it"
UNENDED = "a run that did not end"
TRIAL = "a test"


@dataclass(frozen=True, slots=True)
class AlertPart:
    """One of several things an alert consists of; sent again only if it is new.

    Attributes:
        name: identifies it from one run to the next.
        line: what people read.
        rows: how many rows (files, ...) it counts; 0 if that does not matter. It is sent again when this has more than
            doubled.
    """

    name: str
    line: str
    rows: int = 0


@dataclass(frozen=True, slots=True)
class Alert:
    """Something a person is asked to look at.

    Attributes:
        subject: a source, a framework or the nightly run. Kind and subject together identify the alert.
        headline: one sentence.
        detail: lines that apply to the whole alert.
        what_to_do: for the person who reads it.
        parts: what it consists of, the most important first.
    """

    kind: Kind
    subject: str
    headline: str
    detail: tuple[str, ...]
    what_to_do: str
    parts: tuple[AlertPart, ...] = ()

    @property
    def key(self) -> str:
        return f"{self.kind}/{self.subject}"


def urgency(alert: Alert) -> tuple[int, bool, str]:
    """The key to sort alerts by, the most urgent first."""
    return (URGENCY.index(alert.kind), alert.subject == DROP, alert.subject)


def trial() -> Alert:
    """A message to test the channels with."""
    return Alert(
        "published_with_warnings",
        TRIAL,
        "This is a test: nothing is wrong.",
        ("Sent by daytwo watch --test, to check that alerts arrive.",),
        "Nothing.",
    )


def day_and_time(at: datetime.datetime) -> str:
    """`2 November 2026, 04:15`, in Europe/London."""
    there = at.astimezone(LONDON)
    return f"{there.day} {there:%B %Y, %H:%M}"


def long_day(iso: str) -> str:
    """`2 November 2026`, from `2026-11-02`."""
    day = datetime.date.fromisoformat(iso)
    return f"{day.day} {day:%B %Y}"


def counted(number: int, what: str) -> str:
    """`1 row`, `2,500 rows`."""
    return f"{number:,} {what if number == 1 else ' or '.join(f'{word}s' for word in what.split(' or '))}"


def sentence(text: str) -> str:
    """The text with a capital letter first and a full stop last."""
    text = text[:1].upper() + text[1:]
    return text if text.endswith((".", "!", "?")) else f"{text}."
