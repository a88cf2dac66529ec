"""Lands a csv: a regular one with DuckDB's reader, any other with care, row by row.

Comma, double quote, doubled quote inside quotes; LF, CRLF or CR. Both ways give the same rows and numbers.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Iterator
from itertools import islice

import duckdb
import pyarrow

from transforms.landing.count_rows import BLANK, RegularFile, count_filled_rows, count_regular
from transforms.landing.landing_table import (
    Reading,
    filled_without_heading,
    is_filled,
    no_heading_row,
    plain_path,
    registered,
)
from transforms.landing.match_headings import Matched, heading_key
from warehouse.database import literal
from warehouse.problem import Problem

_UTF8_BOM, _UTF16LE_BOM, _UTF16BE_BOM = b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff"
_MOST_CAREFUL_BYTES = 500_000_000  # the careful way keeps the whole text in memory
_LONGEST_CELL = 2**31 - 1
_ROWS_AT_ONCE = 50_000


def read_csv(reading: Reading, cp1252_declared: bool) -> None:
    """Lands a csv.

    Args:
        cp1252_declared: a file that is not UTF-8 is read as the Windows code page.

    Raises:
        Problem: the file is refused.
    """
    """DuckDB reads a regular file; any other is read with care, and more slowly."""
    with reading.path.open("rb") as file:
        start = file.read(4)
    if not start:
        raise Problem("The file is empty (0 bytes).", why="It does not even have headings.", fix="Export it again.")
    if start.startswith(b"PK\x03\x04"):
        raise Problem("The file is a workbook or a zip archive, not a csv.", fix="Export it as csv, or name it .xlsx.")
    if not start.startswith((_UTF16LE_BOM, _UTF16BE_BOM)) and (regular := count_regular(reading.path)):
        reading.encoding = "utf-8 with BOM" if start.startswith(_UTF8_BOM) else "utf-8"
        if _read_regular_csv(reading, regular):
            return
    _read_csv_with_care(reading, _decoded(reading, cp1252_declared))


def _read_regular_csv(reading: Reading, regular: RegularFile) -> bool:
    """Loads a csv with DuckDB's reader; False, with nothing landed, if it is not as regular as it looked."""
    with reading.path.open(encoding="utf-8-sig", newline="") as file:
        first_line = file.readline(1 << 20)
    try:
        received = next(csv.reader([first_line], strict=True))
    except csv.Error:  # a heading of more than one line
        return False
    if not first_line.endswith("\n") or not all(heading_key(heading) for heading in received):
        return False
    reading.rows_received = regular.rows - 1
    matched = reading.match(received)
    columns = ", ".join(f"'c{number}': 'VARCHAR'" for number in range(len(received)))
    newline = regular.newline.replace("\r", "\\r").replace("\n", "\\n")
    with plain_path(reading.path) as path:
        relation = (
            f"read_csv({literal(path)}, columns = {{{columns}}}, auto_detect = false, header = true, delim = ',', "
            f"quote = '\"', escape = '\"', comment = '', new_line = '{newline}', compression = 'none', "
            "encoding = 'utf-8', strict_mode = true, null_padding = false, ignore_errors = false, "
            "hive_partitioning = false, "
            # A thread that starts in the middle of a file may take a line end inside a cell for the end of a row.
            f"parallel = {'false' if regular.has_line_ends_in_cells else 'true'})"
        )
        try:
            # Rows are numbered before the blank ones are left out.
            numbered = f"(SELECT *, 1 + row_number() OVER () AS _row FROM {relation})"
            if regular.may_hold_blank_rows:
                numbered += f" WHERE {is_filled(f'c{number}' for number in range(len(received)))}"
            reading.rows_landed = reading.create_landing(matched, numbered, lambda number: f"c{number}")
        except (duckdb.InvalidInputException, duckdb.NotImplementedException):
            return False
    return reading.rows_received == reading.rows_landed


def _decoded(reading: Reading, cp1252_declared: bool) -> str:
    """The text of a csv: by its byte order mark, otherwise strictly as UTF-8, otherwise as cp1252 if declared."""
    size = reading.path.stat().st_size
    if size > _MOST_CAREFUL_BYTES:
        raise Problem(
            f"The file has {size / 1e6:,.0f} MB and is not regular enough to be read in pieces.",
            why=f"Files over {_MOST_CAREFUL_BYTES // 1_000_000} MB would fill the memory.",
            fix="Export it as UTF-8, with as many cells in every row as there are headings, and without blank lines.",
        )
    data = reading.path.read_bytes()
    encoding, codec, skip = "utf-8", "utf-8", 0
    if data.startswith(_UTF8_BOM):
        encoding, skip = "utf-8 with BOM", 3
    elif data.startswith((_UTF16LE_BOM, _UTF16BE_BOM)):
        encoding = codec = "utf-16le" if data.startswith(_UTF16LE_BOM) else "utf-16be"
        skip = 2
    if codec == "utf-8" and (nul := data.find(b"\0")) >= 0:
        raise _unreadable_byte(reading, "has a NUL byte, like a damaged or a binary file", data, nul)
    try:
        text = data[skip:].decode(codec)
    except UnicodeDecodeError as error:
        offset = error.start + skip
        if encoding != "utf-8" or not cp1252_declared:
            raise _unreadable_byte(reading, f"is not {encoding}", data, offset) from None
        encoding = "cp1252"
        try:
            text = data.decode("cp1252")
        except UnicodeDecodeError as second:
            raise _unreadable_byte(reading, "is neither utf-8 nor cp1252", data, second.start) from None
        reading.notes.append(f"Read as cp1252 because it is not UTF-8 (first at byte {offset}).")
    if (nul := text.find("\0")) >= 0:
        raise _unreadable_byte(reading, "has a NUL character", data, skip + 2 * nul)
    reading.encoding = encoding
    return text


def _unreadable_byte(reading: Reading, what: str, data: bytes, offset: int) -> Problem:
    line = data[:offset].count(b"\n") + 1
    return Problem(
        f"The file {what}.",
        where=f"{reading.place}, byte {offset} (counted from 0), line {line}",
        why="Characters that cannot be read would be guessed or lost.",
        fix="Export it again as CSV UTF-8. If the system cannot do that, declare cp1252 for this source.",
    )


def _read_csv_with_care(reading: Reading, text: str) -> None:
    """Loads any csv that has a heading row, a batch of rows at a time."""
    connection = reading.connection
    reading.rows_received = max(0, count_filled_rows(text) - 1)
    reading.rows_landed = 0
    reading.matched = None
    records = _csv_records(text, reading)
    heading_row, received = next(records, (0, []))
    if not heading_row:
        raise no_heading_row()
    matched = reading.match(received)
    names = list(matched.landed)
    reading.create_landing(
        matched,
        "(SELECT 0::BIGINT AS _row) WHERE false",
        lambda _: "NULL::VARCHAR",
    )
    readable = _readable_rows(records, len(received), matched, reading)
    while batch := list(islice(readable, _ROWS_AT_ONCE)):
        incoming = pyarrow.table(
            {
                f"c{number}": pyarrow.array([cells[place] or None for _, cells in batch], pyarrow.string())
                for number, place in enumerate(matched.landed.values())
            }
            | {"_row": pyarrow.array([row for row, _ in batch], pyarrow.int64())}
        )
        columns = ", ".join(f"c{number}" for number in range(len(names)))
        with registered(connection, incoming) as name:
            connection.execute(
                f"INSERT INTO {reading.landing} SELECT {columns}, ?, NULL, _row FROM {name}", [reading.extract_id]
            )
        reading.rows_landed += len(batch)


def _readable_rows(
    records: Iterable[tuple[int, list[str]]], width: int, matched: Matched, reading: Reading
) -> Iterator[tuple[int, list[str]]]:
    """Rows with a cell for every heading. Extra cells may be blank; any other row is set aside."""
    narrowest = width
    while narrowest - 1 in matched.without_heading:
        narrowest -= 1
    for row, cells in records:
        if len(cells) < narrowest or any(cell.strip(BLANK) for cell in cells[width:]):
            content = None if matched.withheld else json.dumps(cells, ensure_ascii=False)
            reason = f"the row has {len(cells)} cells for {width} headings"
            reading.unreadable.append((row, reason, content))
            continue
        for number in matched.without_heading:
            if number < len(cells) and cells[number].strip(BLANK):
                raise filled_without_heading(reading, number)
        yield row, cells


def _csv_records(text: str, reading: Reading) -> Iterator[tuple[int, list[str]]]:
    """The filled rows of a csv, each with its number; blank rows are counted, malformed ones set aside.

    Raises:
        Problem: a quotation mark is never closed.
    """
    lines = _Lines(text)
    former_limit = csv.field_size_limit(_LONGEST_CELL)
    try:
        reader = csv.reader(lines, strict=True)
        row = 0
        heading_seen = False
        while True:
            lines.taken.clear()
            row += 1
            try:
                cells = next(reader)
            except StopIteration:
                return
            except csv.Error:
                if lines.ended:
                    raise Problem(
                        "A quotation mark is opened and never closed.",
                        where=f"{reading.place}, in the row that begins as row {row}",
                        why="Everything after it would be one cell. The file may have been cut off.",
                        fix="Export it again.",
                    ) from None
                if not heading_seen:
                    raise no_heading_row() from None
                withheld = reading.matched is not None and reading.matched.withheld
                content = None if withheld else json.dumps(["".join(lines.taken).rstrip("\r\n")], ensure_ascii=False)
                reason = "text follows the closing quotation mark of a cell"
                reading.unreadable.append((row, reason, content))
                continue
            if any(cell.strip(BLANK) for cell in cells):
                heading_seen = True
                yield row, cells
            elif heading_seen:
                reading.blank_rows += 1
    finally:
        csv.field_size_limit(former_limit)


class _Lines:
    """Lines of a text with their ends; remembers the lines of the current row and whether the text has ended."""

    def __init__(self, text: str) -> None:
        self._lines = io.StringIO(text, newline="")
        self.taken: list[str] = []
        self.ended = False

    def __iter__(self) -> _Lines:
        return self

    def __next__(self) -> str:
        line = self._lines.readline()
        if not line:
            self.ended = True
            raise StopIteration
        self.taken.append(line)
        return line
