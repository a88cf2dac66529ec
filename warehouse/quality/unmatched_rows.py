"""Partner rows that match no child and wait for a person: the review list of health, LADO and private fostering."""

from warehouse.contract import Table, date, text, whole_number

TABLE = Table(
    name="quality.unmatched_rows",
    one_row_is="One partner row that matches no child and has no decision yet.",
    columns=(
        text("source_table", "The table's name in the drop."),
        text("extract_id", "SHA-256 of the file."),
        text("sheet", "Sheet of the workbook."),
        whole_number("row_number", "Row as Excel shows it."),
        text("key", "Primary key of the row."),
        text("reason", "Why it matched no child, as far as known: one of the reasons in transforms/records/review_list.py."),
        date("happened_on", "The row's event date, or its first other date if its table has no event date; NULL if it has none."),
        text("ids_not_found", "The child ids of a LADO or private-fostering row that are not in ssd_person, separated by semicolons."),
        text("suggested_child_id", "The one plausible child, for a person to check; never matched automatically. Several, separated by semicolons, only if a LADO row names several."),
        text("suggested_because", "What the row and that child have in common."),
    ),
)
