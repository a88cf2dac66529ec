"""The result of comparing each table's newest delivery with the previous one."""

from warehouse.contract import Table, date, text, whole_number

COMPARED, FIRST_RUN, SAME_FILE, NOT_COMPARED = "compared", "first run", "same file", "could not be compared"
FAILED = "the comparison failed"
"""How `because` begins if the fault is the program's, not a delivery's."""

TABLE = Table(
    name="quality.comparisons",
    one_row_is="One table in two deliveries of its source: the newest and the previous one.",
    key=("source_table",),
    columns=(
        text("source_table", "The table's name in the drop; a table that never arrived or has no date (the register) has no row."),
        date("as_at", "The day this delivery is true for; NULL if the table is absent from it."),
        date("as_at_before", "The day the previous delivery is true for; NULL at the first run."),
        whole_number("rows_now", "Rows received in this delivery."),
        whole_number("rows_before", "Rows received in the previous delivery."),
        whole_number("rows_new", "Keys that were not in the previous delivery."),
        whole_number("rows_recorded_late", "New rows with an event that had happened by the day of the previous delivery; NULL if the table has no event date or it is absent from this file."),
        whole_number("rows_gone", "Keys of the previous delivery that are gone; listed in quality.changes."),
        whole_number("rows_gone_while_open", "Gone rows with a blank closing date; NULL if the table has no closing date or it was absent."),
        whole_number("event_dates_changed", "Rows in both with an event date that was past at the previous delivery and is now different or blank; listed in quality.changes; NULL if the table has no event date or it is absent from either file."),
        text("outcome", "compared, first run, same file (identical bytes), or could not be compared."),
        text("because", "Why it could not be compared."),
        text("extract_id", "SHA-256 of this delivery's file."),
        text("extract_id_before", "SHA-256 of the previous delivery's file."),
        text("file_name_before", "Name of that file as received."),
    ),
)
