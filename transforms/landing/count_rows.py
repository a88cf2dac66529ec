"""Counts the rows of a csv a second way, sharing nothing with the readers that load it.

We can say that nothing is lost because two independent counts agree. `count_regular` reads bytes and counts only a file
without surprises; `count_filled_rows` reads text and counts any file.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy
from numpy.typing import NDArray

BLANK = " \t\r\n\u00a0"
"""A cell with only these characters is blank: space, tab, line ends, the no-break space of web pages."""

_UTF8_BOM = b"\xef\xbb\xbf"
_LINE_FEED, _CARRIAGE_RETURN, _QUOTE, _COMMA = b'\n\r",'
_LONGEST_LINE = 1 << 24  # bytes


def _is_one_of(several: bytes) -> NDArray[numpy.bool_]:
    """A table with an entry for each of the 256 byte values: whether it is one of `several`."""
    table = numpy.zeros(256, dtype=numpy.bool_)
    table[list(several)] = True
    return table


_BESIDE_A_QUOTE = _is_one_of(b'\n\r,"')  # a cell's edge, or the other one of a doubled quote
_BEGINS_AN_EMPTY_LINE = _is_one_of(b"\n\r")
_MAY_BEGIN_A_BLANK_ROW = _is_one_of(b' \t,"' + "\u00a0".encode()[:1])

# A quoted cell: from a quote at the start of a cell to the next quote that is not doubled, or to the end of the text.
_QUOTED_CELL = re.compile(r'(?<![^,\r\n])"(?:[^"]++|"")*+(?:"|\Z)')
_LINE_END = re.compile(r"\r\n|\r|\n")


@dataclass(frozen=True, slots=True)
class RegularFile:
    """A csv without surprises.

    Attributes:
        rows: heading and data rows; none of them is an empty line.
        newline: the line end of every row.
        has_line_ends_in_cells: a quoted cell spans several lines.
        may_hold_blank_rows: False if no row begins like a row without values (`,,`).
    """

    rows: int
    newline: str
    has_line_ends_in_cells: bool
    may_hold_blank_rows: bool


class _Irregular(Exception):
    """The bytes hold something that needs the careful reader."""


def count_regular(path: Path, chunk_size: int = 1 << 20) -> RegularFile | None:
    """Counts the rows of a regular file; returns None for any other.

    Regular: UTF-8 with or without a byte order mark, no NUL, one kind of line end (LF or CRLF), no empty line, every
    quotation mark around a whole cell or doubled inside one. A line end inside a quoted cell does not end a row.

    Args:
        chunk_size: bytes read at once; each chunk is extended to the end of its line.
    """
    feeds = returns = 0
    inside = has_line_ends_in_cells = may_hold_blank_rows = False
    last = b""
    try:
        with path.open("rb") as file:
            if file.read(3) != _UTF8_BOM:
                file.seek(0)
            while chunk := file.read(chunk_size) + file.readline(_LONGEST_LINE):
                if b"\0" in chunk or last not in (b"", b"\n"):
                    return None
                if not chunk.isascii():
                    chunk.decode("utf-8")
                seen = _look_at(chunk, inside)
                feeds, returns, inside = feeds + seen.feeds, returns + seen.returns, seen.ends_inside
                has_line_ends_in_cells |= seen.has_line_ends_in_cells
                may_hold_blank_rows |= seen.may_hold_blank_rows
                last = chunk[-1:]
    except (_Irregular, UnicodeDecodeError):
        return None
    if inside or not last or returns not in (0, feeds):
        return None
    newline = "\r\n" if returns else "\n"
    return RegularFile(feeds + (last != b"\n"), newline, has_line_ends_in_cells, may_hold_blank_rows)


@dataclass(frozen=True, slots=True)
class _Seen:
    """Counts for some lines: line feeds and carriage returns outside quoted cells; whether a quoted cell is open."""

    feeds: int
    returns: int
    ends_inside: bool
    has_line_ends_in_cells: bool
    may_hold_blank_rows: bool


def _look_at(chunk: bytes, inside: bool) -> _Seen:
    """Counts whole lines; `inside`: they begin inside a quoted cell."""
    values = numpy.frombuffer(chunk, dtype=numpy.uint8)
    quotes = numpy.flatnonzero(values == _QUOTE) if b'"' in chunk else numpy.zeros(0, dtype=numpy.intp)
    opening, closing = quotes[int(inside) :: 2], quotes[1 - int(inside) :: 2]
    before, after = opening[opening > 0] - 1, closing[closing < len(values) - 1] + 1
    if not (_BESIDE_A_QUOTE[values[before]].all() and _BESIDE_A_QUOTE[values[after]].all()):
        raise _Irregular

    def outside(byte: int) -> NDArray[Any]:
        places: NDArray[Any] = numpy.flatnonzero(values == byte)
        if not len(quotes):
            return places[:0] if inside else places
        outside_quotes: NDArray[Any] = (numpy.searchsorted(quotes, places) + int(inside)) % 2 == 0
        places = places[outside_quotes]
        return places

    feeds = outside(_LINE_FEED)
    returns = outside(_CARRIAGE_RETURN) if b"\r" in chunk else feeds[:0]
    if len(returns) and (returns[-1] == len(values) - 1 or (values[returns + 1] != _LINE_FEED).any()):
        raise _Irregular
    starts = feeds[feeds < len(values) - 1] + 1
    beginnings = values[starts if inside else numpy.append(starts, 0)]
    if _BEGINS_AN_EMPTY_LINE[beginnings].any():
        raise _Irregular
    return _Seen(
        feeds=len(feeds),
        returns=len(returns),
        ends_inside=bool((len(quotes) + int(inside)) % 2),
        has_line_ends_in_cells=bool(len(quotes) or inside) and chunk.count(b"\n") > len(feeds),
        may_hold_blank_rows=bool(_MAY_BEGIN_A_BLANK_ROW[beginnings].any()),
    )


def count_filled_rows(text: str) -> int:
    """Counts the rows of a csv, heading included, that are not blank. CR, LF and CRLF end a row.

    Args:
        text: the whole file, decoded, without byte order mark.
    """
    without_quotes = _QUOTED_CELL.sub(_filled_or_blank, text)
    return sum(1 for line in _LINE_END.split(without_quotes) if line.strip(BLANK + ","))


def _filled_or_blank(cell: re.Match[str]) -> str:
    return "x" if cell.group()[1:-1].strip(BLANK) else ""
