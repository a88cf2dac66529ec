"""Opens an untrusted workbook in a sandboxed child process, with limits on memory and time.

A hostile or broken workbook can crash a parser, fill the memory or never end; here it ends a child process and nothing
else. The child runs `sandbox_child.py` in an interpreter that sees neither the environment nor the checkout, and leaves
the cells as Arrow files in a folder that is removed afterwards. The request, which may hold a passphrase, goes through
a pipe: never on a command line, never to a disk.
"""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow

from transforms.landing import sandbox_child
from warehouse.problem import Problem

MEMORY_LIMIT = 1 << 30
"""Bytes of address space the child may have."""
TIME_LIMIT = 60.0
"""Seconds the child may take."""


@dataclass(frozen=True, slots=True)
class SheetCells:
    """One sheet of a workbook, as text.

    Attributes:
        name: as the workbook has it.
        is_visible: False for one that Excel hides.
        cells: columns `c0`, `c1` ... (A, B ... of the sheet; a column without cells is absent) of text, and `_row`, the
            row number Excel shows.
        filled_rows: rows from the heading row on that hold anything but blanks, counted in the sheet's XML, not by the
            parser.
        merged: ranges of merged cells as (first row, first column, last row, last column), rows from 1, columns from 0.
        errors: (row, column) of cells with an Excel error such as #N/A, at most 1,000 of them.
    """

    name: str
    is_visible: bool
    cells: pyarrow.Table
    filled_rows: int
    merged: tuple[tuple[int, int, int, int], ...]
    errors: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class Workbook:
    """What was read of a workbook.

    Attributes:
        sheets: those that were asked for, in that order.
        not_read: of every other sheet of cells its name and how many of its rows hold anything but blanks.
        was_protected: a passphrase opened it.
    """

    sheets: tuple[SheetCells, ...]
    not_read: tuple[tuple[str, int], ...]
    was_protected: bool


def read_sheets(
    path: Path,
    *,
    named: str,
    only_named: bool = False,
    sheets: Sequence[str] = (),
    header_row: int | None = None,
    passphrase: str | None = None,
    memory_limit: int = MEMORY_LIMIT,
    time_limit: float = TIME_LIMIT,
) -> Workbook:
    """Sheets of an xlsx workbook, read in a sandboxed child process.

    Args:
        named: the sheet of this name is read, hidden or not; without one the first sheet is, if it is visible.
        only_named: without a sheet of that name, refuse.
        sheets: names, or patterns with `*` and `?`, of the sheets to read instead of `named`; hidden or not, in the
            order of the patterns and under each in the workbook's. Each must be there.
        header_row: rows above it are not looked at; None: the first that is filled.
        passphrase: opens a workbook that is protected by one.
        memory_limit: bytes the child may have.
        time_limit: seconds it may take.

    Raises:
        Problem: the workbook is refused, by what is found in it or because the child did not survive it.
    """
    asked = {
        "path": str(path.resolve()),
        "named": named,
        "only_named": only_named,
        "sheets": list(sheets),
        "header_row": header_row or 1,
        # Ordinary workbooks are opened without it.
        "passphrase": passphrase if _may_be_protected(path) else None,
    }
    with tempfile.TemporaryDirectory(prefix="sandbox_") as folder:
        code = _run_child(Path(folder), asked, memory_limit, time_limit)
        answer = Path(folder) / "answer.json"
        if code != 0 or not answer.exists():
            out_of_memory = b"memory" in (Path(folder) / "stderr").read_bytes()[-4000:].lower()
            raise _did_not_survive(code, out_of_memory, memory_limit, time_limit)
        found = json.loads(answer.read_text(encoding="utf-8"))
        if "refused" in found:
            raise Problem(**found["refused"])
        return Workbook(
            sheets=tuple(_sheet(sheet, Path(folder)) for sheet in found["sheets"]),
            not_read=tuple((name, rows) for name, rows in found["not_read"]),
            was_protected=found["was_protected"],
        )


def _run_child(folder: Path, asked: dict[str, Any], memory_limit: int, time_limit: float) -> int | None:
    """Run the child to its end, or to its time limit; its exit code, None where it had to be killed."""
    with (folder / "stderr").open("wb") as stderr:
        child = subprocess.Popen(
            [sys.executable, "-I", sandbox_child.__file__, str(folder), str(memory_limit), str(time_limit)],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=stderr,
            env={"ARROW_DEFAULT_MEMORY_POOL": "system", "RAYON_NUM_THREADS": "1"},
            cwd=folder,
            start_new_session=True,
        )
        try:
            with suppress(subprocess.TimeoutExpired):
                child.communicate(json.dumps(asked).encode(), timeout=time_limit)
            return child.poll()
        finally:
            if child.poll() is None:
                child.kill()
                child.wait()


def _may_be_protected(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(len(sandbox_child.OLE)) == sandbox_child.OLE


def _sheet(found: dict[str, Any], folder: Path) -> SheetCells:
    with pyarrow.OSFile(str(folder / found["cells"]), "rb") as file:
        cells = pyarrow.ipc.open_file(file).read_all()
    return SheetCells(
        name=found["name"],
        is_visible=found["is_visible"],
        cells=cells,
        filled_rows=found["filled_rows"],
        merged=tuple(tuple(edge) for edge in found["merged"]),
        errors=tuple(tuple(place) for place in found["errors"]),
    )


def _did_not_survive(code: int | None, out_of_memory: bool, memory_limit: int, time_limit: float) -> Problem:
    """What became of the child. `code` is None when it was stopped for taking too long."""
    if code is None or code == -signal.SIGXCPU:
        what = f"the workbook took longer than {time_limit:g} seconds to open"
    elif out_of_memory or code in (-signal.SIGKILL, -signal.SIGXFSZ):
        what = f"the workbook needs more memory to open than the {memory_limit // 1_000_000:,} MB it may have"
    else:
        what = "the workbook crashed the program that reads workbooks"
    return Problem(
        what,
        why="a workbook that cannot be opened safely is not opened at all; the rest of the drop is not affected",
        fix=sandbox_child.SAVE_AGAIN,
    )
