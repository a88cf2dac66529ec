"""Partner rows that match no child, waiting for a person."""

from warehouse.contract import Table, text, whole_number

TABLE = Table(
    name="quality.unmatched_rows",
    one_row_is="One partner row that matches no child.",
    columns=(
        text("source_table", "The table's name in the drop."),
        text("extract_id", "SHA-256 of the file."),
        text("sheet", "Sheet of the workbook."),
        whole_number("row_number", "Row as Excel shows it."),
        text("key", "Primary key of the row."),
        text("reason", "Why it matched no child."),
    ),
)
