"""The check that every sheet of a workbook that has rows was read. It warns, because nobody notices missing rows."""

from __future__ import annotations

from collections.abc import Sequence

import duckdb

from warehouse import catalogue
from warehouse.contract import Table
from warehouse.database import insert

CODE = "sheets_read"
TITLE = "every sheet of the workbook that has rows was read"
FIX = "Name the sheet in the mapping: under sheets if it holds rows of the log, otherwise under other_sheets."


def check_every_sheet_read(
    connection: duckdb.DuckDBPyConnection,
    table: Table,
    extract_id: str,
    rows_read: int,
    not_read: Sequence[tuple[str, int]],
) -> None:
    """Add the check to quality.checks, and each sheet that was not read to quality.issues.

    The check covers every column of the table, because whole rows may be missing.

    Args:
        table: the table that was read from the workbook.
        rows_read: rows received from the sheets that were read.
        not_read: every other sheet with rows, and how many filled rows it has.
    """
    rows = sum(count for _, count in not_read)
    connection.execute(
        "INSERT INTO quality.checks"
        " (check_code, title, severity, source_table, outcome, rows_checked, rows_broken, team, kind, source,"
        " coverage, fix) VALUES (?, ?, 'warning', ?, ?, ?, ?, ?, 'promised', 'contract', 'ran', ?)",
        [CODE, TITLE, table.file, "broken" if not_read else "met", rows_read + rows, rows, table.team, FIX],
    )
    insert(
        connection,
        catalogue.by_name()["quality.check_columns"],
        [[CODE, table.file, table.name, column.name] for column in table.columns],
    )
    for sheet, count in not_read:
        connection.execute(
            "INSERT INTO quality.issues (check_code, severity, source_table, extract_id, sheet, key, message)"
            " VALUES (?, 'warning', ?, ?, ?, ?, ?)",
            [
                CODE,
                table.file,
                extract_id,
                sheet,
                f"sheet {sheet}",
                f"the sheet has {count:,} filled rows and was not read",
            ],
        )
