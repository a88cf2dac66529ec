"""People's decisions about waiting partner rows, rebuilt from the ledger with every build."""

from warehouse.contract import Table, moment, text, whole_number

TABLE = Table(
    name="quality.decisions",
    one_row_is="One current decision about one partner row.",
    key=("source_table", "key"),
    columns=(
        text("source_table", "The table's name in the drop."),
        text("key", "Primary key of the row."),
        text("decision", "Whether the row belongs to a child, or not to one of our children."),
        text("child_ids", "The child it was matched to; several, separated by semicolons, only for LADO; NULL if not one of our children."),
        text("decided_by", "Name of the member of staff who decided."),
        moment("decided_at", "When, UTC."),
        text("because", "Why, in that person's words."),
        whole_number("ledger_sequence", "The ledger entry with the decision."),
        text(
            "outcome",
            "Its outcome in this build: applied; waits: the child is not in ssd_person; not needed or overtaken: the row no longer waits, and is"
            " matched as decided or otherwise; or the row is not in this delivery.",
        ),
    ),
)
