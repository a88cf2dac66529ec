"""Days and moments in England: Europe/London, including summer time."""

from __future__ import annotations

import datetime
from zoneinfo import ZoneInfo

LONDON = ZoneInfo("Europe/London")

KnownOn = datetime.date | datetime.datetime | int
"""What a rebuild can be "as known on": a day (its end, Europe/London), a moment, or a ledger number."""


def day(text: str) -> datetime.date:
    """An ISO day."""
    return datetime.date.fromisoformat(text)


def moment(text: str) -> datetime.datetime:
    """An ISO moment; without an offset, Europe/London time."""
    read = datetime.datetime.fromisoformat(text)
    return read if read.tzinfo else read.replace(tzinfo=LONDON)


def known_on(text: str) -> KnownOn:
    """A day (its end), a moment, or a ledger number."""
    if text.isdecimal() and len(text) < 8:
        return int(text)
    return moment(text) if "T" in text else day(text)


def in_london(moment: datetime.datetime) -> datetime.datetime:
    """A moment in Europe/London time.

    Args:
        moment: aware; a naive one is already in London time.
    """
    return moment.astimezone(LONDON) if moment.tzinfo else moment.replace(tzinfo=LONDON)
