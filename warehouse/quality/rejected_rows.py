"""Rows set aside, kept whole so that they can be corrected."""

from warehouse.contract import Table, json, text, whole_number

TABLE = Table(
    name="quality.rejected_rows",
    one_row_is="One row of a file that was set aside.",
    columns=(
        text("source_table", "The table's name in the drop."),
        text("extract_id", "SHA-256 of the file."),
        text("sheet", "Sheet of the workbook."),
        whole_number("row_number", "Row as Excel shows it."),
        text("key", "Primary key as received, with parts joined by ' | '."),
        text("rule", "The rule that set it aside."),
        text("reason", "Why: the column and the first cause; never a value."),
        json("content", "The row as received, as JSON; absent from every wider copy.", identifies=True, hidden_where="true"),
    ),
)
