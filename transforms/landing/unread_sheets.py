"""Which sheets of a workbook no table was read from: rows people keep there would be missing without a word."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from transforms.landing.read_extract import Arrival

TEMPLATE_SHEETS = ("How to fill this in", "Codes")
"""Sheets of the templates that explain; they hold no rows of a log."""


def account_for_sheets(arrivals: Sequence[Arrival]) -> tuple[Arrival, ...]:
    """The arrivals of one file, told of the sheets that none of its tables was read from.

    The first one that was opened keeps them in `sheets_not_read`, with a note; of the others it is empty. Blank sheets
    are left out, and those of a template that explain.
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
    told = {id(opened[0]): not_read}
    return tuple(_told(arrival, told.get(id(arrival), ())) for arrival in arrivals)


def _told(arrival: Arrival, not_read: tuple[tuple[str, int], ...]) -> Arrival:
    notes = arrival.notes
    if not_read:
        sheets = ", ".join(f"{sheet} ({rows:,} filled {'row' if rows == 1 else 'rows'})" for sheet, rows in not_read)
        notes = (
            *notes,
            f"Sheets that were not read: {sheets}. If rows of the log are kept there, name them under sheets in a"
            " mapping; if not, under other_sheets.",
        )
    return replace(arrival, notes=notes, sheets_not_read=not_read)
