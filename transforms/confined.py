"""Opens a workbook nobody vouches for in a child process of its own, with little memory and little time.

A hostile or broken workbook can crash a parser, fill the memory or never end; here it takes a child process with it and
nothing else. The child is this same file, run as a script by an interpreter that sees neither the environment nor the
checkout, so it imports only the standard library, fastexcel and pyarrow. It looks into the zip directory before
anything is unpacked, reads one sheet as text, and leaves the cells as an Arrow file.
"""

from __future__ import annotations

import html
import json
import re
import signal
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree

if TYPE_CHECKING:
    import pyarrow

MEMORY_LIMIT = 1 << 30
"""Bytes of address space the child may have."""
TIME_LIMIT = 60.0
"""Seconds the child may take."""
MOST_EXPANDED, MOST_TIMES, MOST_ENTRIES = 200_000_000, 100, 1_000
"""What a workbook's zip directory may declare: bytes unpacked, times its packed size, files inside."""

_BLANK = " \t\r\n\u00a0"
_SAVE_AGAIN = "Open it in Excel and save it as an Excel workbook (.xlsx), then put it into the drop again."
_ERRORS = {
    "Div0": "#DIV/0!",
    "NA": "#N/A",
    "Name": "#NAME?",
    "Null": "#NULL!",
    "Num": "#NUM!",
    "Ref": "#REF!",
    "Value": "#VALUE!",
    "GettingData": "#GETTING_DATA",
}


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet of a workbook, as text.

    Attributes:
        name: as the workbook has it.
        cells: columns `c0`, `c1` ... (A, B ... of the sheet; a column without cells is absent) of text, and `_row`, the
            row number Excel shows.
        filled_rows: rows that hold anything but blanks, counted in the sheet's XML, not by the parser.
        merged: ranges of merged cells as (first row, first column, last row, last column), rows from 1, columns from 0.
        errors: (row, column) of cells with an Excel error such as #N/A, at most 1,000 of them.
    """

    name: str
    cells: pyarrow.Table
    filled_rows: int
    merged: tuple[tuple[int, int, int, int], ...]
    errors: tuple[tuple[int, int], ...]


def read_sheet(
    path: Path,
    *,
    named: str,
    only_named: bool = False,
    memory_limit: int = MEMORY_LIMIT,
    time_limit: float = TIME_LIMIT,
) -> Sheet:
    """One sheet of an xlsx workbook, read in a confined child process.

    Args:
        named: the sheet of this name is read, hidden or not; without one the first sheet is, if it is visible.
        only_named: without a sheet of that name, refuse.
        memory_limit: bytes the child may have.
        time_limit: seconds it may take.

    Raises:
        Problem: the workbook is refused, by what is found in it or because the child did not survive it.
    """
    import pyarrow

    from warehouse.problem import Problem

    with tempfile.TemporaryDirectory(prefix="confined_") as folder:
        arguments = [str(path.resolve()), folder, named, str(int(only_named)), str(memory_limit), str(time_limit)]
        with (Path(folder) / "stderr").open("wb") as stderr:
            child = subprocess.Popen(
                [sys.executable, "-I", __file__, *arguments],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=stderr,
                env={"ARROW_DEFAULT_MEMORY_POOL": "system", "RAYON_NUM_THREADS": "1"},
                cwd=folder,
                start_new_session=True,
            )
            try:
                code = child.wait(time_limit)
            except subprocess.TimeoutExpired:
                code = None
            finally:
                if child.poll() is None:
                    child.kill()
                    child.wait()
        answer = Path(folder) / "answer.json"
        if code != 0 or not answer.exists():
            out_of_memory = b"memory" in (Path(folder) / "stderr").read_bytes()[-4000:].lower()
            raise _did_not_survive(code, out_of_memory, memory_limit, time_limit)
        found = json.loads(answer.read_text(encoding="utf-8"))
        if "refused" in found:
            raise Problem(**found["refused"])
        with pyarrow.OSFile(str(Path(folder) / "cells.arrow"), "rb") as file:
            cells = pyarrow.ipc.open_file(file).read_all()
    return Sheet(
        found["name"],
        cells,
        found["filled_rows"],
        tuple(tuple(edge) for edge in found["merged"]),
        tuple(tuple(place) for place in found["errors"]),
    )


def _did_not_survive(code: int | None, out_of_memory: bool, memory_limit: int, time_limit: float) -> Exception:
    """The Problem that says what became of the child. `code` is None when it was stopped for taking too long."""
    from warehouse.problem import Problem

    if code is None or code == -signal.SIGXCPU:
        what = f"the workbook took longer than {time_limit:g} seconds to open"
    elif out_of_memory or code in (-signal.SIGKILL, -signal.SIGXFSZ):
        what = f"the workbook needs more memory to open than the {memory_limit // 1_000_000:,} MB it may have"
    else:
        what = "the workbook crashed the program that reads workbooks"
    return Problem(
        what,
        why="a workbook that cannot be opened safely is not opened at all; the rest of the drop is not affected",
        fix=_SAVE_AGAIN,
    )


# What follows runs in the child.


class _Refused(Exception):
    """The workbook must not or cannot be read: what, why, fix."""

    def __init__(self, what: str, why: str = "", fix: str = _SAVE_AGAIN) -> None:
        super().__init__(what)
        self.answer = {"what": what, "why": why, "fix": fix}


def _main(arguments: list[str]) -> None:
    """Limits this process, reads the sheet and leaves the answer in the folder; see read_sheet for the arguments."""
    import resource

    path, folder, named, only_named, memory_limit, time_limit = arguments
    for limit, value in (
        (resource.RLIMIT_AS, int(memory_limit)),
        (resource.RLIMIT_FSIZE, int(memory_limit)),
        (resource.RLIMIT_CPU, int(float(time_limit)) + 1),
        (resource.RLIMIT_CORE, 0),
    ):
        _, most = resource.getrlimit(limit)
        resource.setrlimit(limit, (value, value) if most == resource.RLIM_INFINITY else (min(value, most), most))
    try:
        answer = _read(Path(path), Path(folder), named, only_named == "1")
    except _Refused as refused:
        answer = {"refused": refused.answer}
    except MemoryError:
        print("out of memory", file=sys.stderr)
        sys.exit(1)
    except Exception as error:
        # Only the kind of the error: its words may hold a value of the workbook.
        what = f"the workbook is damaged, or not quite what Excel writes ({type(error).__name__})"
        answer = {"refused": {"what": what, "why": "nothing in it can be relied on", "fix": _SAVE_AGAIN}}
    (Path(folder) / "answer.json").write_text(json.dumps(answer), encoding="utf-8")


def _read(path: Path, folder: Path, named: str, only_named: bool) -> dict[str, Any]:
    _look_at_the_outside(path)
    with zipfile.ZipFile(path) as archive:
        names = _look_into_directory(archive, path.stat().st_size)
        workbook = ElementTree.fromstring(archive.read(names["xl/workbook.xml"]))
        sheet_name, entry = _choose_sheet(archive, names, workbook, named, only_named)
        xml = _without_sections(archive.read(entry))
        strings = archive.read(names["xl/sharedstrings.xml"]) if "xl/sharedstrings.xml" in names else b""
        filled_rows = _count_filled_rows(xml, _blank_strings(_without_sections(strings)))
        merged = list(_merged_ranges(xml))
        source = _with_1904_kept(archive, names, path) if _counts_from_1904(workbook) else str(path)
    del xml, strings

    import fastexcel
    import pyarrow

    sheet = fastexcel.read_excel(source).load_sheet(sheet_name, header_row=None, skip_rows=0, dtypes="string")
    places = [column.absolute_index for column in sheet.available_columns()]
    columns: dict[int, Any] = {}
    errors: list[tuple[int, int, str]] = []
    rows = 0
    if places:
        batch, found = sheet.to_arrow_with_errors()
        rows = batch.num_rows
        columns = dict(zip(places, batch.columns, strict=True))
        errors = [_error_cell(error, places) for error in found.errors] if found else []
        for place, values in _errors_as_text(columns, errors):
            columns[place] = pyarrow.array(values, pyarrow.string())
    table = pyarrow.table(
        {f"c{place}": column for place, column in columns.items()}
        | {"_row": pyarrow.arange(1, rows + 1)}  # pyarrow.array would import pandas, a quarter of a second
    )
    with pyarrow.OSFile(str(folder / "cells.arrow"), "wb") as file, pyarrow.ipc.new_file(file, table.schema) as writer:
        writer.write_table(table)
    places_of_errors = [(row, place) for row, place, _ in errors[:1000]]
    return {"name": sheet_name, "filled_rows": filled_rows, "merged": merged, "errors": places_of_errors}


def _look_at_the_outside(path: Path) -> None:
    """Refuses what is no zip, in words that say what it is instead."""
    with path.open("rb") as file:
        start = file.read(1 << 20)
        file.seek(max(0, path.stat().st_size - (1 << 20)))
        content = start + file.read()
    if not start:
        raise _Refused("the file is empty (0 bytes)", fix="Export it again.")
    if start.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        if "EncryptedPackage".encode("utf-16-le") in content:
            raise _Refused(
                "the workbook is password-protected",
                "what is inside cannot be read",
                "Save it without a password (File, Info, Protect Workbook), then put it into the drop again.",
            )
        raise _Refused("the file is an Excel 97-2003 workbook (.xls), not an Excel workbook (.xlsx)")
    if not start.startswith(b"PK"):
        raise _Refused("the file is not an Excel workbook (.xlsx), whatever its name says")


def _look_into_directory(archive: zipfile.ZipFile, size: int) -> dict[str, str]:
    """Refuses an archive that is no plain workbook. Its entries by lower-case name otherwise."""
    entries = archive.infolist()
    if len(entries) > MOST_ENTRIES:
        raise _Refused(f"the workbook holds {len(entries):,} files inside; at most {MOST_ENTRIES:,} are accepted")
    expanded = sum(entry.file_size for entry in entries)
    if expanded > MOST_EXPANDED:
        raise _Refused(
            f"the workbook unpacks to {expanded / 1e6:,.0f} MB; at most {MOST_EXPANDED // 1_000_000} MB is accepted",
            fix="Send the rows as csv.",
        )
    if expanded > MOST_TIMES * size:
        raise _Refused(f"the workbook unpacks to more than {MOST_TIMES} times its size, as a zip bomb does")
    names: dict[str, str] = {}
    for entry in entries:
        name = entry.filename.replace("\\", "/").lower()
        if name in names:
            raise _Refused("the workbook holds two files of one name inside", "programs disagree on which one counts")
        if entry.flag_bits & 1:
            raise _Refused("the workbook is password-protected", "what is inside cannot be read", "Save it without.")
        names[name] = entry.filename
    if "xl/workbook.bin" in names:
        raise _Refused("the file is a binary Excel workbook (.xlsb), not an Excel workbook (.xlsx)")
    if "xl/workbook.xml" not in names or "[content_types].xml" not in names:
        raise _Refused("the file is a zip archive but not an Excel workbook (.xlsx)")
    types = archive.read(names["[content_types].xml"])
    if b"macroEnabled" in types or any("vbaproject" in name or "macrosheets/" in name for name in names):
        raise _Refused("the workbook holds macros (.xlsm)", "programs inside a file are never let in")
    return names


def _choose_sheet(
    archive: zipfile.ZipFile, names: dict[str, str], workbook: ElementTree.Element, named: str, only_named: bool
) -> tuple[str, str]:
    """The name of the sheet to read and its entry in the archive."""
    kinds: dict[str, tuple[str, str]] = {}
    relations = names.get("xl/_rels/workbook.xml.rels")
    for relation in ElementTree.fromstring(archive.read(relations)) if relations else ():
        target = relation.get("Target", "")
        kinds[relation.get("Id", "")] = (relation.get("Type", ""), str(PurePosixPath("/xl") / target)[1:].lower())
    sheets: list[tuple[str, str, bool]] = []
    for element in workbook.iter():
        if _local(element.tag) == "sheet":
            identifier = next((value for key, value in element.attrib.items() if _local(key) == "id"), "")
            kind, entry = kinds.get(identifier, ("", ""))
            if kind.endswith("/worksheet") and entry in names:
                visible = element.get("state", "visible") == "visible"
                sheets.append((element.get("name", ""), names[entry], visible))
    for name, entry, _ in sheets:
        if name.strip(_BLANK).casefold() == named.casefold():
            return name, entry
    if not sheets:
        raise _Refused("the workbook has no sheet of cells")
    if only_named:
        raise _Refused(
            f"the workbook has no sheet named {named}",
            "it feeds more than one table, each from the sheet of its name",
            f"Name the sheet {named}.",
        )
    name, entry, visible = sheets[0]
    if not visible:
        raise _Refused(
            "the first sheet of the workbook is hidden",
            "which sheet is meant would be a guess",
            f"Delete the hidden sheet, or name the sheet that is meant {named}.",
        )
    return name, entry


def _local(tag: str) -> str:
    return tag.rsplit("}", 1)[-1]


def _counts_from_1904(workbook: ElementTree.Element) -> bool:
    properties = next((element for element in workbook if _local(element.tag) == "workbookPr"), None)
    return properties is not None and properties.get("date1904") in ("1", "true")


def _with_1904_kept(archive: zipfile.ZipFile, names: dict[str, str], path: Path) -> bytes:
    """The workbook less the extension list of its workbook.xml.

    calamine takes the second `workbookPr` Excel writes there for the first and forgets the 1904 date system
    (tafia/calamine issue 706), which would make every date four years too early.
    """
    import io

    copy = io.BytesIO()
    with zipfile.ZipFile(copy, "w", zipfile.ZIP_STORED) as target:
        for entry in archive.namelist():
            content = archive.read(entry)
            if entry == names["xl/workbook.xml"]:
                content = re.sub(rb"<(\w+:)?extLst\b.*</(\w+:)?extLst\s*>", b"", content, flags=re.DOTALL)
            target.writestr(entry, content)
    return copy.getvalue()


_STRING_ITEM = re.compile(rb"<(?:\w+:)?si\b[^>]*?(?:/>|>(.*?)</(?:\w+:)?si\s*>)", re.DOTALL)
_TEXT = re.compile(rb"<(?:\w+:)?t\b[^>]*(?<!/)>([^<]*)<")
_ROW = re.compile(rb"<(?:\w+:)?row\b")
_CELL = re.compile(rb"<(?:\w+:)?c(\s[^>]*)?(?<!/)>(.*?)</(?:\w+:)?c\s*>", re.DOTALL)
_VALUE = re.compile(rb"<(?:\w+:)?v\b[^>]*(?<!/)>([^<]*)<")
_IS_SHARED = re.compile(rb"""\st\s*=\s*["']s["']""")
_MERGED = re.compile(rb"""<(?:\w+:)?mergeCell\s[^>]*?ref\s*=\s*["']([A-Z]{1,3})(\d+):([A-Z]{1,3})(\d+)["']""")


def _without_sections(xml: bytes) -> bytes:
    """XML less the marks of CDATA sections, whose text then stands as any other."""
    return xml.replace(b"<![CDATA[", b"").replace(b"]]>", b"") if b"<![CDATA[" in xml else xml


def _is_blank(text: bytes) -> bool:
    return not html.unescape(text.decode("utf-8", "replace")).strip(_BLANK)


def _blank_strings(xml: bytes) -> set[bytes]:
    """Numbers of the shared strings that are blank."""
    blank: set[bytes] = set()
    for number, item in enumerate(_STRING_ITEM.finditer(xml)):
        if all(_is_blank(text) for text in _TEXT.findall(item.group(1) or b"")):
            blank.add(str(number).encode())
    return blank


def _count_filled_rows(xml: bytes, blank_strings: set[bytes]) -> int:
    """Rows of a sheet's XML with a cell that is not blank: looked for in the bytes, so no parser's view of them."""
    starts = [match.start() for match in _ROW.finditer(xml)]
    count = 0
    for start, end in pairwise([*starts, len(xml)]):
        for cell in _CELL.finditer(xml, start, end):
            attributes, content = cell.group(1) or b"", cell.group(2)
            value = _VALUE.search(content)
            if value and _IS_SHARED.search(attributes):
                filled = value.group(1).strip() not in blank_strings
            else:
                texts = [value.group(1)] if value else _TEXT.findall(content)
                filled = not all(_is_blank(text) for text in texts)
            if filled:
                count += 1
                break
    return count


def _merged_ranges(xml: bytes) -> Iterator[tuple[int, int, int, int]]:
    for left, top, right, bottom in _MERGED.findall(xml):
        yield int(top), _column_number(left), int(bottom), _column_number(right)


def _column_number(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number - 1


def _error_cell(error: Any, places: list[int]) -> tuple[int, int, str]:
    """Row from 1, column from 0, and what Excel shows in a cell that holds an error: the reader leaves it blank."""
    kind = re.search(r"Error\((\w+)\)", error.detail)
    row, column = error.position
    return row + 1, places[column], _ERRORS.get(kind.group(1) if kind else "", "#ERROR!")


def _errors_as_text(columns: dict[int, Any], errors: list[tuple[int, int, str]]) -> Iterator[tuple[int, list[Any]]]:
    """The columns that hold errors, with the text of each in its place."""
    for place in sorted({place for _, place, _ in errors}):
        values = columns[place].to_pylist()
        for row, column, text in errors:
            if column == place:
                values[row - 1] = text
        yield place, values


if __name__ == "__main__":
    _main(sys.argv[1:])
