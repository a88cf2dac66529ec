"""Opens an untrusted workbook in a sandboxed child process, with limits on memory and time.

A hostile or broken workbook can crash a parser, fill the memory or run for ever; here it can only stop a child process.
The child runs `sandbox_child.py` in an interpreter that sees neither the environment nor the checkout, and writes the
cells as Arrow files to a folder that is removed afterwards. The request, which may hold a passphrase, goes through a
pipe: never on a command line, never to a disk.
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
"""Bytes of address space the child may use."""
TIME_LIMIT = 60.0
"""Seconds the child may run."""


@dataclass(frozen=True, slots=True)
class SheetCells:
    """One sheet of a workbook, as text.

    Attributes:
        name: as in the workbook.
        is_visible: False if Excel hides it.
        cells: columns `c0`, `c1` ... (A, B ... of the sheet; a column without cells is absent) of text, and `_row`, the
            row number Excel shows.
        filled_rows: rows from the heading row on that are not blank, counted in the sheet's XML, not by the parser.
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
    """What was read from a workbook.

    Attributes:
        sheets: the sheets asked for, in that order.
        not_read: name and number of filled rows of every other sheet of cells.
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
    """Reads sheets of an xlsx workbook in a sandboxed child process.

    Args:
        named: the sheet with this name is read, hidden or not; if it is missing, the first sheet, if visible.
        only_named: refuse the workbook if it has no sheet with that name.
        sheets: names, or patterns with `*` and `?`, of the sheets to read instead of `named`; hidden or not, in the
            order of the patterns and, for each pattern, of the workbook. Each must match a sheet.
        header_row: rows above it are ignored; None: the first filled row.
        passphrase: opens a protected workbook.
        memory_limit: bytes the child may use.
        time_limit: seconds it may run.

    Raises:
        Problem: the workbook is refused, because of its content or because the child was stopped or crashed.
    """
    asked = {
        "path": str(path.resolve()),
        "named": named,
        "only_named": only_named,
        "sheets": list(sheets),
        "header_row": header_row or 1,
        # Other workbooks are opened without it.
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
    """Run the child until it ends or reaches its time limit; its exit code, or None if it had to be killed."""
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
    """Why the child did not finish. `code` is None if it was stopped for taking too long."""
    if code is None or code == -signal.SIGXCPU:
        what = f"The workbook took longer than {time_limit:g} seconds to open."
    elif out_of_memory or code in (-signal.SIGKILL, -signal.SIGXFSZ):
        what = f"The workbook needs more than {memory_limit // 1_000_000:,} MB of memory to open, the most allowed."
    else:
        what = "The workbook crashed the program that reads workbooks."
    return Problem(
        what,
        why="A workbook that cannot be opened safely is not opened. The rest of the drop is not affected.",
        fix=sandbox_child.SAVE_AGAIN,
    )
