"""Matches the headings of a received file to the columns of its contract."""

from __future__ import annotations

import difflib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from transforms.landing.count_rows import BLANK
from warehouse.contract import Table
from warehouse.problem import Problem

OWN_COLUMNS = ("_extract_id", "_sheet", "_row")
"""The columns that every landing table has in addition to those received."""


@dataclass(frozen=True, slots=True)
class Matched:
    """Which received column is which column of the contract.

    Attributes:
        landed: position in the file of each column that lands, by its name in the landing table.
        without_heading: positions with a blank heading.
        withheld: the file has columns that must not be loaded.
        headings: (heading of the contract, heading as received), in the contract's order.
        missing: headings of the contract that are missing, except those that may be absent.
        unknown: headings as received that the contract does not know.
        notes: a sentence for each missing column, and one for the unknown columns.
        not_there: headings of the mapping that the file does not have, as the contract's headings.
    """

    landed: dict[str, int]
    without_heading: tuple[int, ...]
    withheld: bool
    headings: tuple[tuple[str, str], ...]
    missing: tuple[str, ...]
    unknown: tuple[str, ...]
    notes: tuple[str, ...]
    not_there: tuple[str, ...] = ()


def match_headings(
    table: Table,
    received: Sequence[str],
    place: str = "",
    own: Mapping[str, str] | None = None,
    not_loaded: Collection[str] = (),
) -> Matched:
    """Finds the contract's columns among the headings received: by name, never by position or similarity.

    Case, blanks around a heading and a byte order mark are ignored. If the contract's own heading and another spelling
    of it both arrive, the contract's heading is used and the other column is unknown.

    Args:
        own: the contract's heading for each `plain` heading of the council's own layout, from a mapping.
        not_loaded: headings that a mapping leaves out on purpose.

    Raises:
        Problem: no heading is known, two are the same, or two match one column.
    """
    if own is not None:
        return _match_own(table, received, place, own, not_loaded)
    keys = [heading_key(heading) for heading in received]
    places = _first_places(keys)
    found = _known(table, places)
    if not found:
        raise _none_known(place, _hint_on_headings(received, table))
    if repeated := [number for number, key in enumerate(keys) if key and places[key] != number]:
        raise _twice(received, place, places[keys[repeated[0]]], repeated[0])
    return _matched(table, received, keys, found)


def _match_own(
    table: Table, received: Sequence[str], place: str, own: Mapping[str, str], not_loaded: Collection[str]
) -> Matched:
    """Matches by the mapping; a heading it does not name still matches if it is the contract's own."""
    left_out = {plain(heading) for heading in not_loaded}
    keys = [plain(heading) for heading in received]
    places = _first_places(keys)
    found = {ours: places[theirs] for theirs, ours in own.items() if theirs in places}
    rest = {key: number for key, number in places.items() if key not in own and key not in left_out}
    for ours, number in _known(table, rest).items():
        if ours in own.values():
            raise Problem(
                f"Two headings match one column, {ours}.",
                where=f"{place}, {shown(received[number])} in column {column_letter(number)}"
                " and the one that the mapping names",
                why="Choosing one of them would be a guess.",
                fix="Name the wrong one under not_loaded in the mapping, or rename it.",
            )
        found[ours] = number
    if not found:
        raise _none_known(place, "Correct header_row or [columns] in the mapping, under a new valid_from.")
    for number, key in enumerate(keys):
        if key and places[key] != number and places[key] in found.values():
            raise _twice(received, place, places[key], number)
    known = ["" if key in left_out else key for key in keys]
    matched = _matched(table, received, known, found)
    blank = tuple(number for number, key in enumerate(keys) if not key)
    not_there = tuple(ours for theirs, ours in own.items() if theirs not in places)
    notes = _notes_beside_a_mapping(table, matched.missing, matched.unknown)
    return replace(matched, without_heading=blank, not_there=not_there, notes=notes)


def _first_places(keys: Sequence[str]) -> dict[str, int]:
    places: dict[str, int] = {}
    for number, key in enumerate(keys):
        if key:
            places.setdefault(key, number)
    return places


def _known(table: Table, places: Mapping[str, int]) -> dict[str, int]:
    """The position of each column of the contract, by its heading: found by that or by another spelling of it."""
    columns = [column for column in table.columns if column.heading]
    found = {str(column.heading): places[key] for column in columns if (key := heading_key(column.heading)) in places}
    for column in columns:
        taken = set(found.values())
        spellings = (places.get(heading_key(spelling.heading)) for spelling in column.also)
        first = next((number for number in spellings if number is not None and number not in taken), None)
        if str(column.heading) not in found and first is not None:
            found[str(column.heading)] = first
    return found


def _none_known(place: str, fix: str) -> Problem:
    return Problem(
        "None of the file's headings is a heading of this table.",
        where=place,
        why="Columns are matched by name, so no column can be identified.",
        fix=fix,
    )


def _twice(received: Sequence[str], place: str, first: int, second: int) -> Problem:
    return Problem(
        f"Two columns have the heading {shown(received[second])}.",
        where=f"{place}, columns {column_letter(first)} and {column_letter(second)}",
        why="Choosing one of them would be a guess.",
        fix="Rename or remove one of them and send the file again.",
    )


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
    notes += _notes_on_unknown(table, list(unknown.values()))
    landed = dict(in_order)
    if table.keeps_unknown_columns:
        used = {name.lower() for name in (*landed, *OWN_COLUMNS)}
        for number, name in unknown.items():
            unused = _unused(name, used)
            used.add(unused.lower())
            landed[unused] = number
    return Matched(
        landed=landed,
        without_heading=tuple(number for number, key in enumerate(keys) if not key),
        withheld=bool(unknown) and not table.keeps_unknown_columns,
        headings=tuple((heading, shown(received[number])) for heading, number in in_order.items()),
        missing=missing,
        unknown=tuple(unknown.values()),
        notes=tuple(notes),
    )


def join_matches(table: Table, matches: Sequence[Matched]) -> Matched:
    """Joins the matches of several sheets read with one mapping into one; positions are those of the first sheet."""
    headings = {ours: theirs for match in reversed(matches) for ours, theirs in match.headings}
    in_order = [str(column.heading) for column in table.columns if column.heading in headings]
    missing = tuple(heading for heading in matches[0].missing if heading not in headings)
    unknown = tuple(dict.fromkeys(heading for match in matches for heading in match.unknown))
    return replace(
        matches[0],
        withheld=any(match.withheld for match in matches),
        headings=tuple((heading, headings[heading]) for heading in in_order),
        missing=missing,
        unknown=unknown,
        notes=_notes_beside_a_mapping(table, missing, unknown),
        not_there=tuple(heading for heading in matches[0].not_there if heading not in headings),
    )


def _notes_beside_a_mapping(table: Table, missing: Sequence[str], unknown: Sequence[str]) -> tuple[str, ...]:
    without = [f"The mapping has no heading for: {', '.join(missing)}."] if missing else []
    return (*without, *_notes_on_unknown(table, unknown))


def _notes_on_unknown(table: Table, unknown: Sequence[str]) -> list[str]:
    if not unknown:
        return []
    if table.keeps_unknown_columns:
        return [f"Not in the contract, kept in landing: {', '.join(unknown)}."]
    return [
        f"Not in the contract, so not loaded: {', '.join(unknown)}. "
        "The owner of the file accepts this or sends the file without them."
    ]


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
    return f"Put the headings in the first filled row, spelt as in the contract ({first} ...)."


def heading_key(heading: str | None) -> str:
    return (heading or "").strip(BLANK + "\ufeff").casefold()


def plain(text: str) -> str:
    """A heading or word as a mapping compares it: case is ignored, a run of blanks and line ends is one space."""
    return " ".join(heading_key(text).split())


def shown(heading: str) -> str:
    """A heading as shown in a message or used as a column name: on one line, at most 100 characters."""
    one_line = "".join(letter if letter.isprintable() else " " for letter in heading.strip(BLANK + "\ufeff"))
    return one_line[:100]


def _unused(name: str, used: Collection[str]) -> str:
    candidate, number = name, 1
    while candidate.lower() in used:
        number += 1
        candidate = f"{name}_{number}"
    return candidate


def column_letter(number: int) -> str:
    """The letter Excel shows above a column; the first column is number 0."""
    letters = ""
    number += 1
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(65 + rest) + letters
    return letters
