"""Writes a weekly drop of the invented council in the layout the nightly run receives: a folder for each source."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

import polars as pl
import xlsxwriter

from flows.demo.invented_council import (
    care_records,
    child_protection,
    council_records,
    front_door,
    health,
    leaving_care,
    looked_after,
    partner_logs,
    people,
    staff,
)
from flows.demo.invented_council.as_known import cut, headings
from flows.demo.invented_council.council import Council, ExtractAsKnown, found_council
from flows.demo.invented_council.days import day_number
from flows.demo.invented_council.faults import LEFT_OUT, Fault, plant
from flows.demo.invented_council.looked_after import lived_through
from flows.demo.invented_council.narrative_documents import document_files
from flows.demo.invented_council.workforce import staffed
from warehouse.catalogue import by_file
from warehouse.contract import Table
from warehouse.problem import Problem

LEAST, MOST = 200, 100_000
WORKBOOKS = {"lado_log": "lado_log", "private_fostering": "private_fostering", "pf_visits": "private_fostering"}
"""Tables that come as a sheet of a workbook, and which workbook."""


@dataclass(frozen=True)
class DropSummary:
    """What was written.

    Attributes:
        folder: the drop.
        as_at: the day of the extracts.
        children: people in `ssd_person` when the world ends.
        rows: rows written by table, including faulty ones.
        files: paths under the folder.
        faults: the faults planted in this drop; empty for a clean council.
    """

    folder: Path
    as_at: date
    children: int
    rows: dict[str, int]
    files: tuple[str, ...]
    faults: tuple[Fault, ...]


def write_drop(
    folder: Path,
    *,
    children: int,
    as_at: date,
    seed: int,
    world_ends: date | None = None,
    faults: bool = True,
    authority_code: str = "E06999999",
) -> DropSummary:
    """Writes `<folder>/<source>/<as_at>/<table>` for every table of a drop, and `<folder>/documents/`.

    The seed decides everything that happens up to `world_ends`; the drop shows what was known on `as_at`. Drops of one
    seed, number of children and `world_ends` are the same council on different days.

    Args:
        folder: the drop; created if it does not exist.
        children: people on file when the world ends, 200 to 100,000; about 28 rows each over six years.
        as_at: the day of the extracts.
        seed: the same seed gives the same bytes.
        world_ends: the last day of the invented world, on or after `as_at` (default: `as_at`). For drops a week apart,
            give each of them the day of the last one.
        faults: plants the known set of faults (`faults.py`).
        authority_code: nine-character code in `population.csv`; a real council's code brings its published figures.

    Raises:
        Problem: the number of children or the days are out of range.
    """
    last_day = world_ends or as_at
    _check(children, as_at, last_day)
    council = found_council(children, seed, last_day)
    extract = ExtractAsKnown(council, day_number(as_at))
    contracts = {name: contract for name, contract in by_file().items() if contract.source != "documents"}
    rows: dict[str, int] = {}
    files: list[str] = []
    planted: list[Fault] = []
    sheets: dict[str, list[tuple[Table, pl.DataFrame]]] = {}
    for name, frame in _tables(extract, authority_code):
        contract = contracts[name]
        known, found = _as_extracted(frame, contract, extract, faults)
        planted += found
        rows[name] = known.height
        if name in WORKBOOKS:
            sheets.setdefault(WORKBOOKS[name], []).append((contract, _as_text(known)))
        else:
            files.append(_write_csv(folder, contract, known, as_at, faults))
    for name in sorted(set(contracts) - set(rows)):
        rows[name] = 0
        files.append(_write_csv(folder, contracts[name], _no_rows(contracts[name]), as_at, faults=False))
    files += [_write_workbook(folder, workbook, tables, as_at) for workbook, tables in sheets.items()]
    files += _write_documents(folder, council)
    return DropSummary(folder, as_at, children, dict(sorted(rows.items())), tuple(sorted(files)), tuple(planted))


def _check(children: int, as_at: date, last_day: date) -> None:
    if not LEAST <= children <= MOST:
        raise Problem(
            f"an invented council has {LEAST} to {MOST:,} children",
            where="children",
            fix="choose a number in that range",
        )
    if last_day < as_at:
        raise Problem("the world ends before the extract's day", where="world_ends", fix="give the last drop's day")


def _as_extracted(
    frame: pl.DataFrame, contract: Table, extract: ExtractAsKnown, faults: bool
) -> tuple[pl.DataFrame, list[Fault]]:
    """The rows known on the extract's day under the file's headings, with the faults planted among them."""
    known = cut(frame, contract, extract.as_at)
    if not faults:
        return known.select(headings(contract)), []
    known, planted = plant(_as_text(known), contract, extract.council, extract.as_at)
    left_out = LEFT_OUT.get(contract.file or "")
    return known.select(heading for heading in headings(contract) if heading != left_out), planted


def _no_rows(contract: Table) -> pl.DataFrame:
    """A placeholder file of the standard: only the headings."""
    return pl.DataFrame(schema=dict.fromkeys(headings(contract), pl.String))


def _write_documents(folder: Path, council: Council) -> list[str]:
    """The register of documents and the documents; returns their paths under the folder."""
    contents = document_files(council.ends)
    (folder / "documents").mkdir(parents=True, exist_ok=True)
    for file, content in contents.items():
        (folder / "documents" / file).write_bytes(content)
    return [f"documents/{file}" for file in contents]


def _tables(extract: ExtractAsKnown, authority_code: str) -> Iterator[tuple[str, pl.DataFrame]]:
    """Every table that has rows, one at a time, so that memory holds only one."""
    workforce = staffed(extract.council)
    care = lived_through(extract.council)
    yield from people.tables(extract)
    yield from front_door.tables(extract, workforce)
    yield from child_protection.tables(extract, workforce)
    yield from looked_after.tables(extract, care)
    yield from care_records.tables(extract, workforce, care)
    yield from leaving_care.tables(extract, workforce, care)
    yield from health.tables(extract, care)
    yield from staff.tables(extract, workforce)
    yield from partner_logs.tables(extract, workforce)
    yield from council_records.tables(extract, authority_code)


def _as_text(frame: pl.DataFrame) -> pl.DataFrame:
    """Every column as text, except RECORDED and WITHDRAWN, which stay numbers."""
    return frame.with_columns(pl.col(name).cast(pl.String) for name in frame.columns if not name.startswith("_"))


def _write_csv(folder: Path, contract: Table, frame: pl.DataFrame, as_at: date, faults: bool) -> str:
    """One table as UTF-8 with ISO dates; if faults are planted, some files are written as other systems do."""
    name = contract.file
    file = f"{name}.csv"
    bom = False
    blank = ""
    if faults:
        if name == "ssd_cin_visits":
            frame = frame.with_columns(cinv_local_note_type=pl.lit("VISIT"))
        elif name == "nhs_registration":
            frame = frame.with_columns(practice_name=pl.lit("Marl Street Practice"))
        elif name == "ssd_cin_plans":
            blank = "NULL"
        elif name == "ssd_legal_status":
            dated = [column.heading for column in contract.columns if column.kind == "date" and column.heading]
            frame = frame.with_columns(pl.col(dated).cast(pl.String) + " 00:00:00.000")
        elif name == "ssd_missing":
            bom = True
            frame = frame.rename({heading: heading.upper() for heading in frame.columns})
        elif name == "ssd_disability":
            file = f"SSD_DISABILITY_{as_at:%Y%m%d}.csv"
    place = f"{contract.source}/{as_at.isoformat()}/{file}"
    path = folder / place
    path.parent.mkdir(parents=True, exist_ok=True)
    frame.write_csv(path, include_bom=bom, date_format="%Y-%m-%d", null_value=blank)
    return place


def _write_workbook(folder: Path, workbook: str, tables: list[tuple[Table, pl.DataFrame]], as_at: date) -> str:
    """One sheet for each table, with real Excel dates, and everything else as text or whole numbers."""
    place = f"{tables[0][0].source}/{as_at.isoformat()}/{workbook}.xlsx"
    path = folder / place
    path.parent.mkdir(parents=True, exist_ok=True)
    book = xlsxwriter.Workbook(path, {"constant_memory": True})
    book.set_properties({"created": datetime(as_at.year, as_at.month, as_at.day)})  # noqa: DTZ001 (a label, not a moment)
    day_format = book.add_format({"num_format": "dd/mm/yyyy"})
    for contract, frame in tables:
        sheet = book.add_worksheet(contract.file)
        kinds = {column.heading: column.kind for column in contract.columns}
        for column, heading in enumerate(frame.columns):
            sheet.write_string(0, column, heading)
        for row, values in enumerate(frame.iter_rows(), start=1):
            for column, (heading, value) in enumerate(zip(frame.columns, values, strict=True)):
                if value is None:
                    continue
                if kinds[heading] == "date":
                    sheet.write_datetime(row, column, datetime.fromisoformat(value), day_format)
                elif kinds[heading] == "whole_number":
                    sheet.write_number(row, column, int(value))
                else:
                    sheet.write_string(row, column, value)
    book.close()
    return place
