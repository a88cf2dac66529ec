"""Matches the headings a file arrived with to the columns of its contract."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from dataclasses import dataclass

from transforms.count_rows import BLANK
from warehouse.contract import Table
from warehouse.problem import Problem

OWN_COLUMNS = ("_extract_id", "_sheet", "_row")
"""What every landing table has beside the columns that arrived."""


@dataclass(frozen=True, slots=True)
class Matched:
    """Which received column is which.

    Attributes:
        landed: place in the file of each column that lands, by its name in the landing table.
        without_heading: places whose heading is blank.
        withheld: the file holds columns that must not be loaded.
        headings: (heading of the contract, heading as received), in the contract's order.
        missing: headings of the contract, less those that may be absent.
        unknown: headings as received.
        notes: a sentence for each column that is missing, one for those unknown.
    """

    landed: dict[str, int]
    without_heading: tuple[int, ...]
    withheld: bool
    headings: tuple[tuple[str, str], ...]
    missing: tuple[str, ...]
    unknown: tuple[str, ...]
    notes: tuple[str, ...]


def match_headings(table: Table, received: Sequence[str], place: str = "") -> Matched:
    """Finds the contract's columns among the headings received: by name, never by position or likeness.

    Upper and lower case, blanks around a heading and a byte order mark make no difference. A heading of the contract
    wins over its other spellings, whose column is then unknown.

    Raises:
        Problem: no heading is known, or two are the same.
    """
    keys = [heading_key(heading) for heading in received]
    places: dict[str, int] = {}
    for number, key in enumerate(keys):
        if key:
            places.setdefault(key, number)
    columns = [column for column in table.columns if column.heading]
    found = {str(column.heading): places[key] for column in columns if (key := heading_key(column.heading)) in places}
    for column in columns:
        taken = set(found.values())
        spellings = (places.get(heading_key(spelling.heading)) for spelling in column.also)
        first = next((number for number in spellings if number is not None and number not in taken), None)
        if str(column.heading) not in found and first is not None:
            found[str(column.heading)] = first
    if not found:
        raise Problem(
            "none of its headings is one of this table's",
            where=place,
            why="columns are matched by name, so nothing in it can be told apart",
            fix=_hint_on_headings(received, table),
        )
    repeated = [number for number, key in enumerate(keys) if key and places[key] != number]
    if repeated:
        number = repeated[0]
        raise Problem(
            f"two columns have the heading {shown(received[number])}",
            where=f"{place}, columns {column_letter(places[keys[number]])} and {column_letter(number)}",
            why="which of them is meant would be a guess",
            fix="Rename or remove one of them and send the file again.",
        )
    return _matched(table, received, keys, found)


def _matched(table: Table, received: Sequence[str], keys: Sequence[str], found: dict[str, int]) -> Matched:
    in_order = {str(column.heading): found[column.heading] for column in table.columns if column.heading in found}
    taken = set(found.values())
    unknown = {number: shown(received[number]) for number, key in enumerate(keys) if key and number not in taken}
    missing = tuple(
        column.heading
        for column in table.columns
        if column.heading and column.heading not in found and not column.optional
    )
    notes = [_note_on_missing(heading, unknown, keys) for heading in missing]
    landed = dict(in_order)
    if unknown and table.keeps_unknown_columns:
        notes.append(f"Not in the contract, kept in landing: {', '.join(unknown.values())}.")
        used = {name.lower() for name in (*landed, *OWN_COLUMNS)}
        for number, name in unknown.items():
            landed[_unused(name, used)] = number
    elif unknown:
        notes.append(
            f"Not in the contract, so not loaded: {', '.join(unknown.values())}. "
            "The owner of the file accepts them or sends it without them."
        )
    return Matched(
        landed=landed,
        without_heading=tuple(number for number, key in enumerate(keys) if not key),
        withheld=bool(unknown) and not table.keeps_unknown_columns,
        headings=tuple((heading, shown(received[number])) for heading, number in in_order.items()),
        missing=missing,
        unknown=tuple(unknown.values()),
        notes=tuple(notes),
    )


def _note_on_missing(heading: str, unknown: dict[int, str], keys: Sequence[str]) -> str:
    near = difflib.get_close_matches(heading_key(heading), [keys[number] for number in unknown], n=1, cutoff=0.6)
    if not near:
        return f"Column {heading} is missing."
    number = list(keys).index(near[0])
    return (
        f"Column {heading} is missing; the nearest heading received is {unknown[number]} "
        f"(column {column_letter(number)})."
    )


def _hint_on_headings(received: Sequence[str], table: Table) -> str:
    if len(received) == 1 and any(mark in received[0] for mark in ";\t|"):
        return "Export it with commas between the cells."
    first = ", ".join([column.heading for column in table.columns if column.heading][:2])
    return f"The headings belong in the first row that is filled, spelt as the contract has them ({first} ...)."


def heading_key(heading: str | None) -> str:
    return (heading or "").strip(BLANK + "\ufeff").casefold()


def shown(heading: str) -> str:
    """A heading as it may stand in a message or as a column name: one line, not endless."""
    one_line = "".join(letter if letter.isprintable() else " " for letter in heading.strip(BLANK + "\ufeff"))
    return one_line[:100]


def _unused(name: str, used: set[str]) -> str:
    candidate, number = name, 1
    while candidate.lower() in used:
        number += 1
        candidate = f"{name}_{number}"
    used.add(candidate.lower())
    return candidate


def column_letter(number: int) -> str:
    """The letter Excel shows over a column; the first is number 0."""
    letters = ""
    number += 1
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(65 + rest) + letters
    return letters
