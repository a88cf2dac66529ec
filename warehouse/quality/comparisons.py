"""What comparing each table's newest delivery with the one before it came to."""

from warehouse.contract import Table, date, text, whole_number

COMPARED, FIRST_RUN, SAME_FILE, NOT_COMPARED = "compared", "first run", "same file", "could not be compared"
FAILED = "the comparison failed"
"""How `because` begins where the program is at fault, not a delivery."""

TABLE = Table(
    name="quality.comparisons",
    one_row_is="One table of two deliveries of its source: the newest, and the newest one before it.",
    key=("source_table",),
    columns=(
        text("source_table", "The table's name in the drop; one that never arrived, or bears no day (the register), is not here."),
        date("as_at", "The day this delivery is true for; NULL where the table is absent from it."),
        date("as_at_before", "The day the delivery before it is true for; NULL at the first run."),
        whole_number("rows_now", "Rows received in this delivery."),
        whole_number("rows_before", "Rows received in the one before."),
        whole_number("rows_new", "Keys that were not in the one before."),
        whole_number("rows_recorded_late", "Of those, rows whose event had happened by the day of the delivery before; NULL where the table has no event date or it is absent from this file."),
        whole_number("rows_gone", "Keys of the one before that are gone: quality.changes lists them."),
        whole_number("rows_gone_while_open", "Of those, rows whose closing date was blank; NULL where the table has none or it was absent."),
        whole_number("event_dates_changed", "Rows in both whose event date, past at the delivery before, is another now or blank: quality.changes lists them; NULL where the table has no event date or it is absent from either file."),
        text("outcome", "compared, first run, same file (not a byte has changed), or could not be compared."),
        text("because", "Why it could not be compared."),
        text("extract_id", "SHA-256 of this delivery's file."),
        text("extract_id_before", "SHA-256 of the file of the delivery before."),
        text("file_name_before", "Name of that file as received."),
    ),
)
