"""Opens an untrusted workbook: the child process that `sandboxed_workbook.py` starts.

It reads its request from standard input and writes its answer to a folder. It runs with `python -I`, so it does not see
the environment and imports only the standard library, fastexcel, pyarrow and, for a workbook with a passphrase,
msoffcrypto. It checks the zip directory before unpacking anything, and reads each sheet as text into an Arrow file. A
workbook with a passphrase is decrypted in memory.
"""

from __future__ import annotations

import fnmatch
import html
import io
import json
import re
import sys
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path, PurePosixPath
from typing import Any
from xml.etree import ElementTree

MOST_EXPANDED, MOST_TIMES, MOST_ENTRIES = 200_000_000, 100, 1_000
"""The most a workbook's zip directory may declare: bytes unpacked, multiple of its packed size, files inside."""

_BLANK = " \t\r\n\u00a0"
SAVE_AGAIN = "Open it in Excel and save it as an Excel workbook (.xlsx), then put it into the drop again."
_SECRET = (
    "Put its passphrase in the folder that DAYTWO_SECRETS names, in the file workbook_passphrase_<source> or"
    " workbook_passphrase, where this program's account can read it. Or save the workbook without a passphrase (File,"
    " Info, Protect Workbook) and send it again."
)
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
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


class _Refused(Exception):
    """The workbook must not be read, or cannot be: what, why, fix."""

    def __init__(self, what: str, why: str = "", fix: str = SAVE_AGAIN) -> None:
        super().__init__(what)
        self.answer = {"what": what, "why": why, "fix": fix}


@dataclass(frozen=True, slots=True)
class _Part:
    """One sheet of cells: its name, its entry in the archive, whether Excel shows it."""

    name: str
    entry: str
    is_visible: bool


def _main(arguments: list[str]) -> None:
    """Limit this process, read the sheets and write the answer to the folder; see sandboxed_workbook.py."""
    import resource

    folder, memory_limit, time_limit = arguments
    for limit, value in (
        (resource.RLIMIT_AS, int(memory_limit)),
        (resource.RLIMIT_FSIZE, int(memory_limit)),
        (resource.RLIMIT_CPU, int(float(time_limit)) + 1),
        (resource.RLIMIT_CORE, 0),
    ):
        _, most = resource.getrlimit(limit)
        resource.setrlimit(limit, (value, value) if most == resource.RLIM_INFINITY else (min(value, most), most))
    try:
        answer = _read(json.loads(sys.stdin.buffer.read()), Path(folder))
    except _Refused as refused:
        answer = {"refused": refused.answer}
    except MemoryError:
        print("out of memory", file=sys.stderr)
        sys.exit(1)
    except Exception as error:
        # Only the kind of error: its text may quote a value of the workbook.
        what = f"The workbook is damaged, or was not written by Excel ({type(error).__name__})."
        answer = {"refused": {"what": what, "why": "Nothing in it can be relied on.", "fix": SAVE_AGAIN}}
    (Path(folder) / "answer.json").write_text(json.dumps(answer), encoding="utf-8")


def _read(asked: dict[str, Any], folder: Path) -> dict[str, Any]:
    path = Path(asked["path"])
    was_protected = _look_at_the_outside(path)
    content = _decrypted(path, asked["passphrase"]) if was_protected else None
    with zipfile.ZipFile(content or path) as archive:
        names = _look_into_directory(archive, len(content.getbuffer()) if content else path.stat().st_size)
        workbook = ElementTree.fromstring(archive.read(names["xl/workbook.xml"]))
        parts = _parts(archive, names, workbook)
        chosen = _choose_sheets(parts, asked)
        strings = archive.read(names["xl/sharedstrings.xml"]) if "xl/sharedstrings.xml" in names else b""
        blank_strings = _blank_strings(_without_sections(strings))
        del strings
        sheets: list[dict[str, Any]] = []
        for part in chosen:
            xml = _without_sections(archive.read(part.entry))
            sheets.append(
                {
                    "name": part.name,
                    "is_visible": part.is_visible,
                    "filled_rows": _count_filled_rows(xml, blank_strings, asked["header_row"]),
                    "merged": list(_merged_ranges(xml)),
                }
            )
        not_read = [
            (part.name, _count_filled_rows(_without_sections(archive.read(part.entry)), blank_strings))
            for part in parts
            if part not in chosen
        ]
        source: bytes | str
        if _counts_from_1904(workbook):
            source = _with_1904_kept(archive, names)
        else:
            source = content.getvalue() if content else str(path)

    import fastexcel

    reader = fastexcel.read_excel(source)
    for number, sheet in enumerate(sheets):
        sheet["cells"] = f"cells_{number}.arrow"
        sheet["errors"] = _leave_cells(reader, sheet["name"], folder / sheet["cells"])
    return {"sheets": sheets, "not_read": not_read, "was_protected": was_protected}


def _leave_cells(reader: Any, sheet_name: str, path: Path) -> list[tuple[int, int]]:
    """Writes the cells of a sheet as an Arrow file; returns row and column of the cells with an error."""
    import pyarrow

    sheet = reader.load_sheet(sheet_name, header_row=None, skip_rows=0, dtypes="string")
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
    with pyarrow.OSFile(str(path), "wb") as file, pyarrow.ipc.new_file(file, table.schema) as writer:
        writer.write_table(table)
    return [(row, place) for row, place, _ in errors[:1000]]


def _look_at_the_outside(path: Path) -> bool:
    """Refuses a file that is not a zip, and says what it is. True: the content is protected by a passphrase."""
    with path.open("rb") as file:
        start = file.read(1 << 20)
        file.seek(max(0, path.stat().st_size - (1 << 20)))
        content = start + file.read()
    if not start:
        raise _Refused("The file is empty (0 bytes).", fix="Export it again.")
    if start.startswith(OLE):
        if "EncryptedPackage".encode("utf-16-le") in content:
            return True
        raise _Refused("The file is an Excel 97-2003 workbook (.xls), not an Excel workbook (.xlsx).")
    if not start.startswith(b"PK"):
        raise _Refused("The file is not an Excel workbook (.xlsx), whatever its name says.")
    return False


def _decrypted(path: Path, passphrase: str | None) -> io.BytesIO:
    """The content of a protected workbook, in memory."""
    if not passphrase:
        raise _Refused(
            "The workbook is password-protected and its passphrase is not in the secret store.",
            "Its content cannot be read. The file is kept as received.",
            _SECRET,
        )
    import msoffcrypto

    content = io.BytesIO()
    with path.open("rb") as file:
        protected = msoffcrypto.OfficeFile(file)
        try:
            protected.load_key(password=passphrase, verify_password=True)
        except msoffcrypto.exceptions.InvalidKeyError:
            raise _Refused(
                "The workbook is password-protected and the passphrase in the secret store does not open it.",
                "Its content cannot be read. The file is kept as received.",
                _SECRET,
            ) from None
        # The passphrase is right: any error from here on means that the file is damaged.
        protected.decrypt(content)
    return content


def _look_into_directory(archive: zipfile.ZipFile, size: int) -> dict[str, str]:
    """The entries of a plain workbook by lower-case name; refuses any other archive."""
    entries = archive.infolist()
    if len(entries) > MOST_ENTRIES:
        raise _Refused(f"The workbook has {len(entries):,} files inside; at most {MOST_ENTRIES:,} are accepted.")
    expanded = sum(entry.file_size for entry in entries)
    if expanded > MOST_EXPANDED:
        raise _Refused(
            f"The workbook unpacks to {expanded / 1e6:,.0f} MB; at most {MOST_EXPANDED // 1_000_000} MB is accepted.",
            fix="Send the rows as csv.",
        )
    if expanded > MOST_TIMES * size:
        raise _Refused(f"The workbook unpacks to more than {MOST_TIMES} times its size, like a zip bomb.")
    names: dict[str, str] = {}
    for entry in entries:
        name = entry.filename.replace("\\", "/").lower()
        if name in names:
            raise _Refused("The workbook has two files of one name inside.", "Programs differ in which one they read.")
        if entry.flag_bits & 1:
            raise _Refused(
                "The workbook is password-protected.", "Its content cannot be read.", "Save it without a password."
            )
        names[name] = entry.filename
    if "xl/workbook.bin" in names:
        raise _Refused("The file is a binary Excel workbook (.xlsb), not an Excel workbook (.xlsx).")
    if "xl/workbook.xml" not in names or "[content_types].xml" not in names:
        raise _Refused("The file is a zip archive but not an Excel workbook (.xlsx).")
    types = archive.read(names["[content_types].xml"])
    if b"macroEnabled" in types or any("vbaproject" in name or "macrosheets/" in name for name in names):
        raise _Refused("The workbook has macros (.xlsm).", "A file that contains programs is never accepted.")
    return names


def _parts(archive: zipfile.ZipFile, names: dict[str, str], workbook: ElementTree.Element) -> list[_Part]:
    """The sheets of cells, in the order of the workbook."""
    kinds: dict[str, tuple[str, str]] = {}
    relations = names.get("xl/_rels/workbook.xml.rels")
    for relation in ElementTree.fromstring(archive.read(relations)) if relations else ():
        target = relation.get("Target", "")
        kinds[relation.get("Id", "")] = (relation.get("Type", ""), str(PurePosixPath("/xl") / target)[1:].lower())
    parts: list[_Part] = []
    for element in workbook.iter():
        if _local(element.tag) == "sheet":
            identifier = next((value for key, value in element.attrib.items() if _local(key) == "id"), "")
            kind, entry = kinds.get(identifier, ("", ""))
            if kind.endswith("/worksheet") and entry in names:
                visible = element.get("state", "visible") == "visible"
                parts.append(_Part(element.get("name", ""), names[entry], visible))
    if not parts:
        raise _Refused("The workbook has no sheet of cells.")
    return parts


def _choose_sheets(parts: list[_Part], asked: dict[str, Any]) -> list[_Part]:
    """The sheets to read: those that match the patterns, otherwise the one with the name, otherwise the first."""
    folded = {part: _folded(part.name) for part in parts}
    if asked["sheets"]:
        chosen: list[_Part] = []
        for pattern in asked["sheets"]:
            found = [part for part in parts if fnmatch.fnmatchcase(folded[part], _folded(pattern))]
            if not found:
                raise _Refused(
                    f"The mapping names the sheet {pattern}, but the workbook has no sheet of that name.",
                    "Its rows would be missing and nobody would be alerted.",
                    "Correct `sheets` in the mapping, under a new valid_from, or the name of the sheet.",
                )
            chosen += [part for part in found if part not in chosen]
        return chosen
    named = asked["named"]
    for part in parts:
        if folded[part] == _folded(named):
            return [part]
    if asked["only_named"]:
        raise _Refused(
            f"The workbook has no sheet named {named}.",
            "It fills more than one table, each from the sheet with the table's name.",
            f"Name the sheet {named}.",
        )
    if not parts[0].is_visible:
        raise _Refused(
            "The first sheet of the workbook is hidden.",
            "Choosing a sheet would be a guess.",
            f"Delete the hidden sheet, or name the right sheet {named}.",
        )
    return parts[:1]


def _folded(name: str) -> str:
    return name.strip(_BLANK).casefold()


def _local(tag: str) -> str:
    return tag.rsplit("}", 1)[-1]


def _counts_from_1904(workbook: ElementTree.Element) -> bool:
    properties = next((element for element in workbook if _local(element.tag) == "workbookPr"), None)
    return properties is not None and properties.get("date1904") in ("1", "true")


def _with_1904_kept(archive: zipfile.ZipFile, names: dict[str, str]) -> bytes:
    """The workbook without the extension list of its workbook.xml.

    calamine reads the second `workbookPr` that Excel writes there instead of the first, and loses the 1904 date system
    (tafia/calamine issue 706): every date would be four years too early.
    """
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
_ROW = re.compile(rb"<(?:\w+:)?row\b([^>]*)")
_ROW_NUMBER = re.compile(rb"""\sr\s*=\s*["'](\d+)["']""")
_CELL = re.compile(rb"<(?:\w+:)?c(\s[^>]*)?(?<!/)>(.*?)</(?:\w+:)?c\s*>", re.DOTALL)
_VALUE = re.compile(rb"<(?:\w+:)?v\b[^>]*(?<!/)>([^<]*)<")
_IS_SHARED = re.compile(rb"""\st\s*=\s*["']s["']""")
_MERGED = re.compile(rb"""<(?:\w+:)?mergeCell\s[^>]*?ref\s*=\s*["']([A-Z]{1,3})(\d+):([A-Z]{1,3})(\d+)["']""")


def _without_sections(xml: bytes) -> bytes:
    """XML without the marks of CDATA sections: their text becomes ordinary text."""
    return xml.replace(b"<![CDATA[", b"").replace(b"]]>", b"") if b"<![CDATA[" in xml else xml


def _is_blank(text: bytes) -> bool:
    return not html.unescape(text.decode("utf-8", "replace")).strip(_BLANK)


def _blank_strings(xml: bytes) -> set[bytes]:
    """The numbers of the blank shared strings."""
    blank: set[bytes] = set()
    for number, item in enumerate(_STRING_ITEM.finditer(xml)):
        if all(_is_blank(text) for text in _TEXT.findall(item.group(1) or b"")):
            blank.add(str(number).encode())
    return blank


def _count_filled_rows(xml: bytes, blank_strings: set[bytes], first: int = 1) -> int:
    """Counts the rows of a sheet's XML, from row `first`, with a cell that is not blank.

    Counted in the bytes, independently of any parser.
    """
    starts = [(match.start(), match.group(1)) for match in _ROW.finditer(xml)]
    count = row = 0
    for (start, attributes), (end, _) in pairwise([*starts, (len(xml), b"")]):
        number = _ROW_NUMBER.search(attributes)
        row = int(number.group(1)) if number else row + 1
        if row < first:
            continue
        for cell in _CELL.finditer(xml, start, end):
            content = cell.group(2)
            value = _VALUE.search(content)
            if value and _IS_SHARED.search(cell.group(1) or b""):
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
    """Row from 1, column from 0, and what Excel shows in a cell with an error, which the reader leaves blank."""
    kind = re.search(r"Error\((\w+)\)", error.detail)
    row, column = error.position
    return row + 1, places[column], _ERRORS.get(kind.group(1) if kind else "", "#ERROR!")


def _errors_as_text(columns: dict[int, Any], errors: list[tuple[int, int, str]]) -> Iterator[tuple[int, list[Any]]]:
    """The columns with errors, with each error replaced by its text."""
    for place in sorted({place for _, place, _ in errors}):
        values = columns[place].to_pylist()
        for row, column, text in errors:
            if column == place:
                values[row - 1] = text
        yield place, values


if __name__ == "__main__":
    _main(sys.argv[1:])
