"""A filled-in template is read by its contract without a mapping; its drop-downs are the code lists."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import openpyxl
import pytest
from openpyxl.worksheet.datavalidation import DataValidation

from flows.commands.template import LOGS
from tests.landing import empty_landing
from transforms.landing.log_templates import TEMPLATES, file_name, must_be_filled, write_template
from transforms.landing.read_extract import Arrival, read_extract
from transforms.landing.unread_sheets import TEMPLATE_SHEETS, note_unread_sheets
from transforms.records.build_records import build_records
from warehouse import catalogue
from warehouse.codes import code_list
from warehouse.contract import Column, Table

DAY = datetime.date(2026, 2, 3)
EACH = [(template, catalogue.by_file()[name]) for template, names in TEMPLATES.items() for name in names]
OF_EACH_TABLE = pytest.mark.parametrize(("template", "table"), EACH, ids=[str(table.file) for _, table in EACH])


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("templates")
    for template in TEMPLATES:
        write_template(folder / file_name(template), template)
    return folder


@pytest.fixture
def warehouse() -> Iterator[duckdb.DuckDBPyConnection]:
    with empty_landing() as connection:
        yield connection


def columns(table: Table) -> list[Column]:
    return [column for column in table.columns if column.heading]


def rules(sheet: Any, at: int) -> list[DataValidation]:
    """The validation rule of the cells under a heading."""
    cell = f"{openpyxl.utils.get_column_letter(at)}1048576"
    return [rule for rule in sheet.data_validations.dataValidation if cell in rule.sqref]


def filled(column: Column, row: int) -> Any:
    """What a person would select or type for a column."""
    if column.kind == "date":
        return DAY
    if column.kind == "yes_no":
        return "Y"
    if column.kind == "whole_number":
        return 3
    if column.codes:
        return next(iter(code_list(column.codes).values))
    return f"00{row}"


def test_the_command_knows_every_template() -> None:
    assert tuple(TEMPLATES) == LOGS


@OF_EACH_TABLE
def test_the_headings_are_those_of_the_contract_in_its_order(folder: Path, template: str, table: Table) -> None:
    book = openpyxl.load_workbook(folder / file_name(template))
    assert book.sheetnames == [*TEMPLATES[template], *TEMPLATE_SHEETS]
    assert [cell.value for cell in book[str(table.file)][1]] == [column.heading for column in columns(table)]


@OF_EACH_TABLE
def test_every_code_list_is_a_drop_down_of_its_codes_down_to_the_last_row(
    folder: Path, template: str, table: Table
) -> None:
    book = openpyxl.load_workbook(folder / file_name(template))
    coded = 0
    for at, column in enumerate(columns(table), start=1):
        (rule,) = rules(book[str(table.file)], at)
        if column.codes or column.kind == "yes_no":
            assert rule.type == "list"
            sheet, place = str(rule.formula1).lstrip("=").split("!")
            offered = [cell.value for (cell,) in book[sheet][place.replace("$", "")]]
            known = code_list(column.codes).values if column.codes else {"Y": "", "N": ""}
            assert offered == list(known), column.heading
            coded += 1
        elif column.kind == "date":
            assert (rule.type, rule.operator) == ("date", None)  # None is between
            assert rule.errorTitle == "Not a date"
        elif column.kind == "whole_number":
            assert rule.type == "whole"
    assert coded


@OF_EACH_TABLE
def test_what_must_be_filled_is_stated_in_the_cells_message_and_in_the_guide(
    folder: Path, template: str, table: Table
) -> None:
    book = openpyxl.load_workbook(folder / file_name(template))
    guide = {(row[0], row[1]): row[2:] for row in book[TEMPLATE_SHEETS[0]].iter_rows(min_row=2, values_only=True)}
    for at, column in enumerate(columns(table), start=1):
        (rule,) = rules(book[str(table.file)], at)
        wanted = must_be_filled(table, column)
        assert rule.prompt.startswith(wanted)
        assert guide[table.file, column.heading][:2] == (wanted, column.description)
        sets_aside = column.name in table.key or column.about or column.event_date
        assert wanted.startswith("Must be filled") == (sets_aside or column.required)
    for key in table.key:
        assert "set aside" in must_be_filled(table, table.column(key))


@OF_EACH_TABLE
def test_messages_fit_excels_limits(folder: Path, template: str, table: Table) -> None:
    sheet = openpyxl.load_workbook(folder / file_name(template))[str(table.file)]
    for rule in sheet.data_validations.dataValidation:
        assert len(rule.promptTitle or "") <= 32
        assert len(rule.prompt or "") <= 255
        assert len(rule.error or "") <= 225


def fill_in(path: Path, tables: list[Table], rows: int) -> None:
    book = openpyxl.load_workbook(path)
    for table in tables:
        sheet = book[str(table.file)]
        for row in range(2, 2 + rows):
            for at, column in enumerate(columns(table), start=1):
                sheet.cell(row, at).value = filled(column, row)
    book.save(path)


def read(connection: duckdb.DuckDBPyConnection, path: Path, table: Table) -> Arrival:
    return read_extract(
        connection,
        table,
        path,
        extract_id="x",
        file_format="xlsx",
        shared_workbook=table.sheet is not None,
    )


@pytest.mark.parametrize("template", TEMPLATES)
def test_as_filled_in_it_reads_back_by_its_contract(
    tmp_path: Path, warehouse: duckdb.DuckDBPyConnection, template: str
) -> None:
    path = tmp_path / file_name(template)
    write_template(path, template)
    tables = [catalogue.by_file()[name] for name in TEMPLATES[template]]
    fill_in(path, tables, rows=2)
    arrivals = note_unread_sheets([read(warehouse, path, table) for table in tables])
    for table, arrival in zip(tables, arrivals, strict=True):
        assert (arrival.status, arrival.rows_received) == ("loaded", 2), arrival.refused_because
        assert (arrival.missing_headings, arrival.unknown_headings, arrival.notes) == ((), (), ())
        assert arrival.sheet == table.file
        assert arrival.sheets_not_read == ()
    warehouse.execute("DELETE FROM quality.rejected_rows")
    build_records(warehouse)
    assert warehouse.execute("SELECT rule FROM quality.rejected_rows").fetchall() == []
    for table in tables:
        for column in columns(table):
            if column.refers_to and not column.about and not column.refers_to.startswith(tables[0].name):
                continue  # points into a table that did not arrive
            values = warehouse.execute(f"SELECT {column.name} FROM {table.name} ORDER BY received_row").fetchall()
            wanted = [filled(column, row) for row in (2, 3)]
            if column.kind == "yes_no":
                wanted = [True, True]
            assert [value for (value,) in values] == wanted, column.heading


@pytest.mark.parametrize("template", TEMPLATES)
def test_a_template_is_the_same_bytes_each_time(tmp_path: Path, folder: Path, template: str) -> None:
    write_template(tmp_path / "again.xlsx", template)
    assert (tmp_path / "again.xlsx").read_bytes() == (folder / file_name(template)).read_bytes()


@pytest.mark.parametrize("template", TEMPLATES)
def test_nothing_in_it_is_merged_hidden_or_a_formula(folder: Path, template: str) -> None:
    book = openpyxl.load_workbook(folder / file_name(template))
    for sheet in book:
        assert sheet.sheet_state == "visible"
        assert not sheet.merged_cells.ranges
        assert not any(cell.data_type == "f" for row in sheet.iter_rows() for cell in row)
        assert len(sheet.tables) == 1
        assert sheet.freeze_panes
