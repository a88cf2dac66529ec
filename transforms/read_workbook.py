"""Lands one sheet of a workbook, which a confined child process has read as text."""

from __future__ import annotations

from collections.abc import Sequence

from transforms.confined import read_sheet
from transforms.landing import Reading, filled_without_heading, is_filled, no_heading_row, one, registered
from transforms.match_headings import column_letter, heading_key
from warehouse.problem import Problem


def read_workbook(reading: Reading, shared_workbook: bool, memory_limit: int, time_limit: float) -> None:
    connection = reading.connection
    sheet = read_sheet(
        reading.path,
        named=str(reading.table.file),
        only_named=shared_workbook,
        memory_limit=memory_limit,
        time_limit=time_limit,
    )
    reading.sheet = sheet.name
    places = [int(name[1:]) for name in sheet.cells.column_names if name != "_row"]
    if not places:
        raise no_heading_row()
    filled = is_filled(f"c{place}" for place in places)
    with registered(connection, sheet.cells) as name:
        first, last = one(connection, f"SELECT min(_row), max(_row) FROM {name} WHERE {filled}")
        if first is None:
            raise no_heading_row()
        reading.rows_received = sheet.filled_rows - 1
        columns = ", ".join(f"c{place}" for place in places)
        cells = one(connection, f"SELECT {columns} FROM {name} WHERE _row = {first}")
        by_place = dict(zip(places, cells, strict=True))
        rightmost = max(place for place in places if heading_key(by_place[place]))
        received = [by_place.get(place) or "" for place in range(rightmost + 1)]
        matched = reading.match(received)
        for top, left, bottom, right in sheet.merged:
            if bottom >= first and top <= last and left <= rightmost and (top, left) != (bottom, right):
                raise Problem(
                    "cells are merged",
                    where=f"{reading.place}, {column_letter(left)}{top} to {column_letter(right)}{bottom}",
                    why="only the first of merged cells holds the value; the others are blank",
                    fix="Unmerge them and fill every cell, then send the file again.",
                )
        rows = f"{name} WHERE _row > {first} AND {filled}"
        for place in by_place.keys() & matched.without_heading:
            if one(connection, f"SELECT count(*) FROM {rows} AND {is_filled([f'c{place}'])}")[0]:
                raise filled_without_heading(reading, place)
        _note_cells_outside(reading, rows, [place for place in places if place > rightmost])
        # The parser writes a day as a midnight.
        reading.rows_landed = reading.create_landing(
            matched,
            rows,
            lambda place: (
                rf"nullif(regexp_replace(c{place}, '^(\d{{4}}-\d{{2}}-\d{{2}}) 00:00:00$', '\1'), '')"
                if place in by_place
                else "NULL::VARCHAR"
            ),
        )
    reading.blank_rows = int(last) - int(first) - reading.rows_landed
    errors = [(row, place) for row, place in sheet.errors if row > first and place in matched.landed.values()]
    if errors:
        row, place = errors[0]
        reading.notes.append(
            f"{len(errors)} cells hold an Excel error such as #N/A, the first in {column_letter(place)}{row}."
        )


def _note_cells_outside(reading: Reading, rows: str, places: Sequence[int]) -> None:
    """Notes cells to the right of the last heading: they belong to no column and are not loaded."""
    for place in places:
        outside = f"SELECT count(*), min(_row) FROM {rows} AND {is_filled([f'c{place}'])}"
        count, row = one(reading.connection, outside)
        if count:
            reading.notes.append(
                f"{count} cells stand right of the last heading and were not loaded, the first in "
                f"{column_letter(place)}{row}."
            )
