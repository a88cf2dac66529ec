"""Rows that break a promise but are not set aside."""

from warehouse.contract import Table, text, whole_number

TABLE = Table(
    name="quality.issues",
    one_row_is="One row that breaks one check.",
    columns=(
        text("check_code", "The check."),
        text("severity", "critical, warning or info."),
        text("source_table", "The table's name in the drop."),
        text("extract_id", "SHA-256 of the file."),
        text("sheet", "Sheet of the workbook."),
        whole_number("row_number", "Row as Excel shows it."),
        text("key", "Primary key of the row."),
        text("column_name", "Column of the record; NULL for the whole row."),
        text("message", "What is wrong; never a value."),
    ),
)
