"""Partner rows that match no child, waiting for a person: the review list of health, LADO and private fostering."""

from warehouse.contract import Table, date, text, whole_number

TABLE = Table(
    name="quality.unmatched_rows",
    one_row_is="One partner row that matches no child and that nobody has decided.",
    columns=(
        text("source_table", "The table's name in the drop."),
        text("extract_id", "SHA-256 of the file."),
        text("sheet", "Sheet of the workbook."),
        whole_number("row_number", "Row as Excel shows it."),
        text("key", "Primary key of the row."),
        text("reason", "Why it matched no child, as far as can be told: one of the sentences under transforms/records/review_list.py."),
        date("happened_on", "The row's event date, or where its table has none the first other date it carries; NULL where it has none."),
        text("ids_not_found", "The child ids a LADO or private-fostering row names that are not in ssd_person, parted by semicolons."),
        text("suggested_child_id", "The one plausible child, for a person to look at; never matched by itself. Several, parted by semicolons, only where a LADO row names several."),
        text("suggested_because", "What the row and that child have in common."),
    ),
)
