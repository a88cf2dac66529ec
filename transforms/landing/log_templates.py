"""Fill-in workbooks for the logs people keep by hand, built from the contracts: a filled-in workbook needs no mapping.

The log's own sheets come first, then "How to fill this in" and "Codes". A cell has a drop-down or a rule. When it is
selected, it says what goes in it and whether it must be filled: in words, because a screen reader does not read out a
colour.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import xlsxwriter
from xlsxwriter.utility import xl_col_to_name
from xlsxwriter.worksheet import Worksheet

from transforms.evidence.documents.workbook import MARKING
from transforms.landing.unread_sheets import TEMPLATE_SHEETS
from warehouse import catalogue
from warehouse.codes import code_list
from warehouse.contract import Column, Table

TEMPLATES: Mapping[str, tuple[str, ...]] = {
    "lado": ("lado_log",),
    "private_fostering": ("private_fostering", "pf_visits"),
    "complaints": ("complaints",),
    "audits": ("audits",),
    "action_plan": ("action_plan",),
}
"""The tables of each template, by their names in the drop; the file has the name of the first."""

LAST_ROW = 1_048_575
"""The last row of a sheet, counted from 0."""
EARLIEST = datetime.date(1900, 1, 1)
LATEST = datetime.date(2199, 12, 31)
MADE = datetime.datetime(2026, 1, 1)  # noqa: DTZ001 (a label, not a moment: the template is the same every day)
GUIDE, CODES = TEMPLATE_SHEETS
_LONGEST_TITLE, _LONGEST_MESSAGE = 32, 255  # Excel's limits for the message of a cell
_YES_NO = {"Y": "yes", "N": "no"}


@dataclass(frozen=True, slots=True)
class CodeListRows:
    """The rows of a code list on the sheet Codes: the first and the last, as Excel shows them."""

    first: int
    last: int


def file_name(template: str) -> str:
    """The name of a template's file in a drop."""
    return f"{TEMPLATES[template][0]}.xlsx"


def write_template(path: Path, template: str) -> None:
    """Write a template; the same bytes each time.

    Args:
        template: one of TEMPLATES.
    """
    tables = [catalogue.by_file()[name] for name in TEMPLATES[template]]
    options = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(str(path), options) as book:
        title = f"Fill-in log: {' and '.join(table.one_row_is.rstrip('.').lower() for table in tables)}"
        book.set_properties({"title": title, "author": "Daytwo", "comments": MARKING, "created": MADE})
        formats = {
            "heading": book.add_format({"bold": True, "text_wrap": True, "valign": "top"}),
            "wrapped": book.add_format({"text_wrap": True, "valign": "top"}),
            "date": book.add_format({"num_format": "dd/mm/yyyy", "align": "left"}),
            # Text stays as typed: a reference keeps its leading zeros, and the code 1 does not become a number.
            "text": book.add_format({"num_format": "@"}),
            "whole_number": book.add_format({"num_format": "0", "align": "left"}),
        }
        codes = _codes(tables)
        places = _places(codes)
        for number, table in enumerate(tables):
            _write_log(book.add_worksheet(str(table.file)), table, places, formats, f"log_{number}")
        _write_rows(
            book.add_worksheet(GUIDE),
            ("Sheet", "Column", "Must it be filled?", "What goes in", "How it is written"),
            list(_guide(tables)),
            formats,
            "guide",
        )
        rows = [(name, code, label) for name, labels in codes.items() for code, label in labels.items()]
        _write_rows(book.add_worksheet(CODES), ("List", "Code", "What it means"), rows, formats, "codes")


def _columns(table: Table) -> list[Column]:
    return [column for column in table.columns if column.heading]


def _list_name(column: Column) -> str | None:
    """The list behind a column's drop-down: its code list, or yes and no."""
    return "yes_no" if column.kind == "yes_no" else column.codes


def _codes(tables: Sequence[Table]) -> dict[str, Mapping[str, str]]:
    """Labels by code for every list the tables use, by the list's name."""
    names = sorted({name for table in tables for column in _columns(table) if (name := _list_name(column))})
    return {name: _YES_NO if name == "yes_no" else code_list(name).values for name in names}


def _places(codes: Mapping[str, Mapping[str, str]]) -> dict[str, CodeListRows]:
    places: dict[str, CodeListRows] = {}
    row = 2
    for name, labels in codes.items():
        places[name] = CodeListRows(row, row + len(labels) - 1)
        row += len(labels)
    return places


def must_be_filled(table: Table, column: Column) -> str:
    """Whether a column must be filled, and what happens to the row if it is blank."""
    if column.name in table.key or column.about or column.event_date:
        return "Must be filled: without it the row is set aside"
    return "Must be filled: a blank is reported" if column.required else "May be blank"


def how_it_is_written(column: Column) -> str:
    """How to write a value in a cell of this column."""
    match column.kind:
        case "date":
            return "A date, as dd/mm/yyyy. If it is not known yet, leave it blank"
        case "whole_number":
            return "A whole number"
        case "yes_no":
            return "Y or N, from the drop-down"
        case "code" if column.codes:
            return f"A code from the drop-down; the sheet {CODES} explains the list {column.codes}"
        case _:
            return "Text"


def _guide(tables: Sequence[Table]) -> Iterator[tuple[str, str, str, str, str]]:
    for table in tables:
        sheet = str(table.file)
        yield (
            sheet,
            "(the sheet)",
            "",
            f"{table.one_row_is.rstrip('.')}: one row each.",
            "Keep the sheet's name and its headings. You may move columns. Do not merge cells. Save it as .xlsx.",
        )
        for column in _columns(table):
            yield (
                sheet,
                str(column.heading),
                must_be_filled(table, column),
                column.description,
                how_it_is_written(column),
            )


def _write_log(
    sheet: Worksheet, table: Table, places: Mapping[str, CodeListRows], formats: Mapping[str, Any], table_name: str
) -> None:
    columns = _columns(table)
    for at, column in enumerate(columns):
        style = formats[column.kind] if column.kind in ("date", "whole_number") else formats["text"]
        sheet.set_column(at, at, max(12, min(len(str(column.heading)) + 4, 30)), style)
        message = {
            "input_title": str(column.heading)[:_LONGEST_TITLE],
            "input_message": _message(table, column),
        }
        sheet.data_validation(0, at, 0, at, {"validate": "any", **message})
        sheet.data_validation(1, at, LAST_ROW, at, {**_rule(column, places), **message, "ignore_blank": True})
    sheet.add_table(
        0,
        0,
        1,
        len(columns) - 1,
        {
            "name": table_name,
            "style": "Table Style Light 1",
            "banded_rows": False,
            "columns": [{"header": column.heading, "header_format": formats["heading"]} for column in columns],
        },
    )
    sheet.freeze_panes(1, 1)
    _set_page(sheet)


def _message(table: Table, column: Column) -> str:
    """The message shown when the cell is selected."""
    parts = (must_be_filled(table, column), column.description.rstrip("."), how_it_is_written(column))
    return (". ".join(part for part in parts if part) + ".")[:_LONGEST_MESSAGE]


def _rule(column: Column, places: Mapping[str, CodeListRows]) -> dict[str, Any]:
    """The validation of a column's cells, as xlsxwriter takes it."""
    if column.kind == "date":
        return {
            "validate": "date",
            "criteria": "between",
            "minimum": EARLIEST,
            "maximum": LATEST,
            "error_title": "Not a date",
            "error_message": "Write a date as dd/mm/yyyy. If it is not known yet, leave the cell blank.",
        }
    if column.kind == "whole_number":
        return {
            "validate": "integer",
            "criteria": ">=",
            "value": 0,
            "error_title": "Not a whole number",
            "error_message": "Write a whole number, or leave the cell blank.",
        }
    if name := _list_name(column):
        place = places[name]
        letter = xl_col_to_name(1)
        return {
            "validate": "list",
            "source": f"={CODES}!${letter}${place.first}:${letter}${place.last}",
            "error_title": "Not in the list",
            "error_message": f"Choose a code from the drop-down. The sheet {CODES} explains each code.",
        }
    return {"validate": "any"}


def _write_rows(
    sheet: Worksheet,
    headings: Sequence[str],
    rows: Sequence[Sequence[str]],
    formats: Mapping[str, Any],
    table_name: str,
) -> None:
    """Writes an explanatory sheet: one table of text."""
    for at, heading in enumerate(headings):
        longest = max((len(row[at]) for row in rows), default=0)
        sheet.set_column(at, at, max(len(heading) + 4, min(longest + 2, 60)))
        for number, row in enumerate(rows, start=1):
            sheet.write_string(number, at, row[at], formats["wrapped"])
    sheet.add_table(
        0,
        0,
        max(len(rows), 1),
        len(headings) - 1,
        {
            "name": table_name,
            "style": "Table Style Light 1",
            "banded_rows": False,
            "columns": [{"header": heading, "header_format": formats["heading"]} for heading in headings],
        },
    )
    sheet.freeze_panes(1, 0)
    _set_page(sheet)


def _set_page(sheet: Worksheet) -> None:
    sheet.set_landscape()
    sheet.set_paper(9)  # A4
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0)
    sheet.set_header(f"&C{MARKING}")
    sheet.set_footer("&L&A&RPage &P of &N")
