"""Changes between a table's newest delivery and the previous one: rows that are gone, changed event dates."""

from warehouse.contract import Table, date, text, whole_number

GONE, GONE_WHILE_OPEN, EVENT_DATE_CHANGED = "gone", "gone while open", "event date changed"

TABLE = Table(
    name="quality.changes",
    one_row_is="One row of a table that is gone since the previous delivery, or has a different event date.",
    columns=(
        text("source_table", "The table's name in the drop."),
        text("change", "gone, gone while open (its closing date was blank), or event date changed (the event had happened by the day of the previous delivery). New rows are counted in quality.comparisons."),
        text("key", "Primary key of the row, with parts joined by ' | '."),
        text("sheet", "Sheet of this delivery's workbook; NULL if the row is gone."),
        whole_number("row_number", "Row of this delivery's file, as Excel shows it; NULL if it is gone."),
        text("sheet_before", "Sheet of the previous delivery's workbook."),
        whole_number("row_number_before", "Row of the previous delivery's file, as Excel shows it."),
        text("column_name", "Column of the record: the event date, or the closing date that was blank; NULL for the whole row."),
        date("as_at", "The day this delivery is true for."),
        date("as_at_before", "The day the previous delivery is true for."),
    ),
)
