"""What changed between a table's newest delivery and the one before: rows gone, events whose date is another now."""

from warehouse.contract import Table, date, text, whole_number

GONE, GONE_WHILE_OPEN, EVENT_DATE_CHANGED = "gone", "gone while open", "event date changed"

TABLE = Table(
    name="quality.changes",
    one_row_is="One row of a table that is gone since the delivery before, or whose event date is another now.",
    columns=(
        text("source_table", "The table's name in the drop."),
        text("change", "gone, gone while open (its closing date was blank), or event date changed (it had happened by the day of the delivery before). New rows are counted in quality.comparisons."),
        text("key", "Primary key of the row, parts joined by ' | '."),
        text("sheet", "Sheet of this delivery's workbook; NULL where the row is gone."),
        whole_number("row_number", "Row of this delivery's file, as Excel shows it; NULL where it is gone."),
        text("sheet_before", "Sheet of the workbook of the delivery before."),
        whole_number("row_number_before", "Row of the file of the delivery before, as Excel shows it."),
        text("column_name", "Column of the record: the event date, or the closing date that was blank; NULL where it is the whole row."),
        date("as_at", "The day this delivery is true for."),
        date("as_at_before", "The day the delivery before is true for."),
    ),
)
