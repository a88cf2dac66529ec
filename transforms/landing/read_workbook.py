"""Lands one sheet of a workbook, or a stack of sheets of one layout, read as text by a sandboxed child process."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import replace

from transforms.landing.landing_table import (
    STACKED,
    LandingPart,
    Reading,
    filled_without_heading,
    heading_not_there,
    is_filled,
    no_heading_row,
    one,
    registered,
)
from transforms.landing.match_headings import column_letter, heading_key, join_matches
from transforms.landing.sandboxed_workbook import SheetCells, read_sheets
from warehouse.problem import Problem


def read_workbook(
    reading: Reading, shared_workbook: bool, passphrase: str | None, memory_limit: int, time_limit: float
) -> None:
    mapping = reading.mapping
    header_row = mapping.header_row if mapping else None
    workbook = read_sheets(
        reading.path,
        named=str(reading.table.file),
        only_named=shared_workbook,
        sheets=mapping.sheets if mapping else (),
        header_row=header_row,
        passphrase=passphrase,
        memory_limit=memory_limit,
        time_limit=time_limit,
    )
    reading.sheets_read = tuple(sheet.name for sheet in workbook.sheets)
    reading.sheets_not_read = tuple(
        (sheet, rows) for sheet, rows in workbook.not_read if not (mapping and mapping.holds_no_rows(sheet))
    )
    if workbook.was_protected:
        reading.notes.append("The workbook is protected; it was opened with the passphrase in the secret store.")
    sheets = [sheet for sheet in workbook.sheets if sheet.filled_rows or len(workbook.sheets) == 1]
    several = len(workbook.sheets) > 1
    if not sheets:
        raise no_heading_row()
    parts: list[LandingPart] = []
    with ExitStack() as stack:
        for number, sheet in enumerate(sheets):
            relation = stack.enter_context(registered(reading.connection, sheet.cells, f"incoming_{number}"))
            reading.sheet = sheet.name
            parts.append(replace(_part(reading, sheet, relation, header_row, several), raised=number * STACKED))
        reading.sheet = " / ".join(sheet.name for sheet in sheets)
        if several:
            _stack(reading, sheets, parts)
            reading.notes += [
                f"Sheet {sheet.name} has no headings and no rows." for sheet in workbook.sheets if sheet not in sheets
            ]
        reading.rows_landed = reading.create_landing_of(parts)
        reading.blank_rows -= reading.rows_landed


def _part(reading: Reading, sheet: SheetCells, relation: str, header_row: int | None, several: bool) -> LandingPart:
    """Matches the headings of one sheet and counts its rows.

    Until the rows have landed, `reading.blank_rows` counts every row below the headings.
    """
    connection = reading.connection
    places = [int(name[1:]) for name in sheet.cells.column_names if name != "_row"]
    if not places:
        raise no_heading_row()
    filled = is_filled(f"c{place}" for place in places)
    first, last = one(
        connection, f"SELECT min(_row), max(_row) FROM {relation} WHERE {filled} AND _row >= {header_row or 1}"
    )
    if header_row and first != header_row:
        raise Problem(
            f"Row {header_row}, the heading row in the mapping, is blank.",
            where=reading.place,
            why="Columns are matched by heading.",
            fix="Correct header_row in the mapping, under a new valid_from, or move the headings.",
        )
    if first is None:
        raise no_heading_row()
    reading.rows_received += sheet.filled_rows - 1
    columns = ", ".join(f"c{place}" for place in places)
    cells = one(connection, f"SELECT {columns} FROM {relation} WHERE _row = {first}")
    by_place = dict(zip(places, cells, strict=True))
    rightmost = max(place for place in places if heading_key(by_place[place]))
    received = [by_place.get(place) or "" for place in range(rightmost + 1)]
    matched = reading.match(received, is_one_of_several=several)
    for top, left, bottom, right in sheet.merged:
        if bottom >= first and top <= last and left <= rightmost and (top, left) != (bottom, right):
            raise Problem(
                "Cells are merged.",
                where=f"{reading.place}, {column_letter(left)}{top} to {column_letter(right)}{bottom}",
                why="Only the first of the merged cells has the value; the others are blank.",
                fix="Unmerge them and fill every cell, then send the file again.",
            )
    rows = f"{relation} WHERE _row > {first} AND {filled}"
    for place in by_place.keys() & matched.without_heading:
        if one(connection, f"SELECT count(*) FROM {rows} AND {is_filled([f'c{place}'])}")[0]:
            # A mapping names its columns, so a column without a heading is not one of them.
            if reading.mapping is None:
                raise filled_without_heading(reading, place)
            _note(reading, several, f"Column {column_letter(place)} has no heading and was not loaded.")
    _note_cells_outside(reading, several, rows, [place for place in places if place > rightmost])
    errors = [(row, place) for row, place in sheet.errors if row > first and place in matched.landed.values()]
    if errors:
        row, place = errors[0]
        _note(
            reading,
            several,
            f"{len(errors)} cells have an Excel error such as #N/A, the first in {column_letter(place)}{row}.",
        )
    reading.blank_rows += int(last) - int(first)
    return LandingPart(matched, rows, _as_text(by_place), sheet.name)


def _as_text(by_place: dict[int, str | None]) -> Callable[[int], str]:
    """SQL for a cell; the parser writes a day with midnight as its time."""
    return lambda place: (
        rf"nullif(regexp_replace(c{place}, '^(\d{{4}}-\d{{2}}-\d{{2}}) 00:00:00$', '\1'), '')"
        if place in by_place
        else "NULL::VARCHAR"
    )


def _stack(reading: Reading, sheets: Sequence[SheetCells], parts: Sequence[LandingPart]) -> None:
    """Notes which sheets were stacked, and joins the matches of their headings into one for the file."""
    rows = ", ".join(f"{sheet.name} ({sheet.filled_rows - 1:,} rows)" for sheet in sheets)
    reading.notes.append(f"Sheets stacked: {rows}.")
    joined = join_matches(reading.table, [part.matched for part in parts])
    if joined.not_there:
        raise heading_not_there(reading, joined.not_there[0])
    keys = [reading.table.column(name).heading for name in reading.table.key]
    for sheet, part in zip(sheets, parts, strict=True):
        if not sheet.is_visible:
            reading.notes.append(f"Sheet {sheet.name} is hidden; it was read.")
        there = {heading for heading, _ in part.matched.headings}
        for heading, _ in joined.headings:
            if heading in keys and heading not in there:
                reading.sheet = sheet.name
                raise heading_not_there(reading, heading)
            if heading not in there:
                reading.notes.append(f"Sheet {sheet.name} has no column {heading}, so it is blank in these rows.")
    reading.matched = joined


def _note_cells_outside(reading: Reading, several: bool, rows: str, places: Sequence[int]) -> None:
    """Notes cells to the right of the last heading: they have no column and are not loaded."""
    for place in places:
        outside = f"SELECT count(*), min(_row) FROM {rows} AND {is_filled([f'c{place}'])}"
        count, row = one(reading.connection, outside)
        if count:
            _note(
                reading,
                several,
                f"{count} cells to the right of the last heading were not loaded, the first in "
                f"{column_letter(place)}{row}.",
            )


def _note(reading: Reading, several: bool, sentence: str) -> None:
    """Adds a note about the current sheet."""
    reading.notes.append(f"Sheet {reading.sheet}: {sentence}" if several else sentence)
