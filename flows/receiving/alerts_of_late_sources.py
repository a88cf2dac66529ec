"""Alerts about late sources, open until the source is delivered."""

from __future__ import annotations

import datetime
from pathlib import Path

from flows.alerts.alert import Alert, Kind, day_and_time, long_day
from flows.alerts.memory import Observation
from flows.callbacks import Warn
from flows.receiving.sources import Late, late_sources, read_sources
from flows.safe_errors import without_values
from flows.settings import Settings
from warehouse.problem import Problem
from warehouse.store.evidence_store import EvidenceStore
from warehouse.store.ledger import Entry, Ledger


def observe_late_sources(store: EvidenceStore, settings: Settings, now: datetime.datetime, warn: Warn) -> Observation:
    """Find the sources that are late now, and those that are no longer late.

    Args:
        now: aware.
        warn: called if the sources or the ledger cannot be read; then no alert is opened or resolved.
    """
    if not settings.sources:
        return Observation(
            resolved_because=lambda kind, subject: _not_expected(subject) if kind == "source_late" else ""
        )

    def read() -> tuple[list[Late], list[Entry]]:
        entries = Ledger(store).entries()
        return late_sources(read_sources(Path(settings.sources)), entries, now), entries

    try:
        late, entries = without_values(read)
    except Problem as problem:
        warn(f"Daytwo could not check whether a source is late: {problem.what}")
        return Observation()

    def resolved_because(kind: Kind, subject: str) -> str:
        if kind != "source_late":
            return ""
        came = [entry for entry in entries if entry.kind == "received" and entry.body.get("source") == subject]
        return f"{subject} was delivered on {day_and_time(came[-1].at)}." if came else _not_expected(subject)

    return Observation(tuple(source_late(one) for one in late), resolved_because)


def source_late(late: Late) -> Alert:
    """The alert for a late source."""
    last = f"Last received on {day_and_time(late.last_received)}" if late.last_received else "Never received"
    as_at = f", as at {long_day(late.newest_as_at.isoformat())}" if late.newest_as_at else ""
    return Alert(
        "source_late",
        late.source,
        f"{late.source} is late: it was due by {day_and_time(late.due)}.",
        (f"{last}{as_at}.", "Until it arrives, its figures use the previous delivery and are marked stale."),
        f"Contact whoever delivers {late.source}. Once it arrives, the next nightly run uses it.",
    )


def _not_expected(source: str) -> str:
    return f"{source} is no longer expected."
