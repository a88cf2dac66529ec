"""What people decided about partner rows that waited, rebuilt from the ledger with every build."""

from warehouse.contract import Table, moment, text, whole_number

TABLE = Table(
    name="quality.decisions",
    one_row_is="One decision in force about one partner row.",
    key=("source_table", "key"),
    columns=(
        text("source_table", "The table's name in the drop."),
        text("key", "Primary key of the row."),
        text("decision", "matched to a child, or rightly no child of ours."),
        text("child_ids", "The child it was matched to; several, parted by semicolons, only for LADO; NULL for no child of ours."),
        text("decided_by", "Name of the member of staff who decided."),
        moment("decided_at", "When, UTC."),
        text("because", "Why, in that person's words."),
        whole_number("ledger_sequence", "The ledger entry that says so."),
        text(
            "outcome",
            "What became of it in this build: applied; waits: the child is not in ssd_person; not needed or overtaken: the row no longer waits, and is"
            " matched as decided or otherwise; or the row is not in this delivery.",
        ),
    ),
)
