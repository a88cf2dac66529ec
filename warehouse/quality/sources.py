"""Which delivery of each source was used."""

from warehouse.contract import Table, date, moment, text, whole_number, yes_no

TABLE = Table(
    name="quality.sources",
    one_row_is="One source of the drop.",
    key=("source",),
    columns=(
        text("source", "Folder of the drop."),
        date("as_at", "The day the delivery is true for; NULL for documents and benchmarks."),
        moment("received_at", "When its newest file was received, UTC."),
        whole_number("files", "Files used."),
        yes_no("is_stale", "A week or more older than the newest source."),
        whole_number("days_older", "Days from its date to the as-at date."),
    ),
)
