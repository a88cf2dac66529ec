"""Workbooks people open: a "Read me" sheet, then one table per sheet, with no merged cells and no formulas.

Text is always written as text, whatever it begins with, so that no cell of a council's data becomes a live formula or a
link. The workbook's creation time is an argument; the same arguments give the same bytes.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import polars as pl
import xlsxwriter
from xlsxwriter.worksheet import Worksheet

from warehouse.england_time import in_london

MARKING = "OFFICIAL-SENSITIVE"
WIDEST = 60
NARROWEST = 9


@dataclass(frozen=True, slots=True)
class Sheet:
    """One table of a workbook.

    Attributes:
        name: the sheet's name, at most 31 characters.
        frame: its rows; dates and numbers are written as such, booleans as Yes or No, everything else as text.
        headings: the heading shown for a column, by its name in the frame; otherwise the name itself.
    """

    name: str
    frame: pl.DataFrame
    headings: Mapping[str, str] = field(default_factory=dict)


def write_workbook(
    path: Path, *, title: str, about: Sequence[tuple[str, str]], sheets: Sequence[Sheet], created: datetime.datetime
) -> None:
    """Write a workbook.

    Args:
        path: the file to write.
        title: of the workbook, first line of its "Read me".
        about: further lines of the "Read me": a label and its text.
        sheets: one table each, in order.
        created: the creation time written into the workbook.
    """
    stamp = in_london(created).replace(tzinfo=None, microsecond=0)
    options = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(str(path), options) as book:
        book.set_properties({"title": title, "author": "Daytwo", "comments": MARKING, "created": stamp})
        formats = {
            "date": book.add_format({"num_format": "dd/mm/yyyy", "align": "left", "valign": "top"}),
            "text": book.add_format({"valign": "top"}),
            "wrapped": book.add_format({"valign": "top", "text_wrap": True}),
            "heading": book.add_format({"bold": True, "valign": "top", "text_wrap": True}),
        }
        read_me = pl.DataFrame(
            [("Title", title), ("Protective marking", MARKING), *about],
            schema={"About this workbook": pl.String, "Details": pl.String},
            orient="row",
        )
        for at, sheet in enumerate((Sheet("Read me", read_me), *sheets)):
            _write_sheet(book.add_worksheet(sheet_name(sheet.name)), sheet, formats, f"table_{at}")


def sheet_name(name: str) -> str:
    """The name without characters Excel forbids, cut between words to at most 31 characters."""
    words = " ".join(re.sub(r"[\[\]:*?/\\']", " ", name).split())
    return words if len(words) <= 31 else words[:32].rpartition(" ")[0] or words[:31]


def _write_sheet(sheet: Worksheet, content: Sheet, formats: Mapping[str, object], table_name: str) -> None:
    frame = content.frame
    headings = [content.headings.get(name, name) for name in frame.columns]
    for at, (name, heading) in enumerate(zip(frame.columns, headings, strict=True)):
        column = frame.get_column(name)
        values = column.to_list()
        if column.dtype == pl.Date:
            style, width = formats["date"], 12
            for row, day in enumerate(values, 1):
                if day is not None:
                    sheet.write_datetime(row, at, datetime.datetime.combine(day, datetime.time()), style)
        elif column.dtype.is_numeric():
            style, width = formats["text"], NARROWEST
            for row, figure in enumerate(values, 1):
                if figure is not None:
                    sheet.write_number(row, at, figure, style)
        else:
            if column.dtype == pl.Boolean:
                values = ["Yes" if value else "No" if value is not None else None for value in values]
            texts = [None if value is None else str(value) for value in values]
            longest = max((len(text) for text in texts if text), default=0)
            style, width = formats["wrapped" if longest > WIDEST else "text"], min(longest + 2, WIDEST)
            for row, text in enumerate(texts, 1):
                if text:
                    sheet.write_string(row, at, text[:32_767], style)
        sheet.set_column(at, at, max(width, NARROWEST, min(len(heading) + 4, 24)))
    sheet.add_table(
        0,
        0,
        max(frame.height, 1),
        max(frame.width - 1, 0),
        {
            "name": table_name,
            "style": "Table Style Light 1",
            "banded_rows": False,
            "columns": [{"header": heading, "header_format": formats["heading"]} for heading in headings],
        },
    )
    sheet.freeze_panes(1, 0)
    sheet.set_landscape()
    sheet.set_paper(9)  # A4
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0)
    sheet.set_header(f"&C{MARKING}")
    sheet.set_footer("&L&A&RPage &P of &N")
