"""Finds the sheets of a workbook that were not read for any table: rows kept there would be missing unnoticed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from transforms.landing.read_extract import Arrival

TEMPLATE_SHEETS = ("How to fill this in", "Codes")
"""Sheets of our templates with instructions; they hold no rows of a log."""


def note_unread_sheets(arrivals: Sequence[Arrival]) -> tuple[Arrival, ...]:
    """The arrivals of one file, the first opened one with a note of the sheets that no table was read from.

    That arrival also has them in `sheets_not_read`; the others have none there. Blank sheets and TEMPLATE_SHEETS are
    left out.
    """
    opened = [arrival for arrival in arrivals if arrival.sheets_read]
    if not opened:
        return tuple(arrivals)
    read = {sheet for arrival in opened for sheet in arrival.sheets_read}
    not_read = tuple(
        (sheet, rows)
        for sheet, rows in opened[0].sheets_not_read
        if rows and sheet not in read and sheet not in TEMPLATE_SHEETS
    )
    return tuple(_with_note(arrival, not_read if arrival is opened[0] else ()) for arrival in arrivals)


def _with_note(arrival: Arrival, not_read: tuple[tuple[str, int], ...]) -> Arrival:
    notes = arrival.notes
    if not_read:
        sheets = ", ".join(f"{sheet} ({rows:,} filled {'row' if rows == 1 else 'rows'})" for sheet, rows in not_read)
        notes = (
            *notes,
            f"Sheets that were not read: {sheets}. If they hold rows of the log, name them under sheets in a mapping;"
            " if not, under other_sheets.",
        )
    return replace(arrival, notes=notes, sheets_not_read=not_read)
