"""Days and moments as people in England say them: Europe/London, its summer time included."""

from __future__ import annotations

import datetime
from zoneinfo import ZoneInfo

LONDON = ZoneInfo("Europe/London")

KnownOn = datetime.date | datetime.datetime | int
"""What a rebuild may be asked for: a day (its end, Europe/London), a moment, or a ledger number."""


def day(text: str) -> datetime.date:
    """An ISO day."""
    return datetime.date.fromisoformat(text)


def moment(text: str) -> datetime.datetime:
    """An ISO moment; without an offset it is Europe/London's clock."""
    read = datetime.datetime.fromisoformat(text)
    return read if read.tzinfo else read.replace(tzinfo=LONDON)


def known_on(text: str) -> KnownOn:
    """A day (its end), a moment, or a ledger number."""
    if text.isdecimal() and len(text) < 8:
        return int(text)
    return moment(text) if "T" in text else day(text)


def in_london(moment: datetime.datetime) -> datetime.datetime:
    """A moment by Europe/London's clock.

    Args:
        moment: aware; a naive one is read as London's clock already.
    """
    return moment.astimezone(LONDON) if moment.tzinfo else moment.replace(tzinfo=LONDON)
