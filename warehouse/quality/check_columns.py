"""What each check reads: joined to profile.indicator_columns it says which figures a broken check touches."""

from warehouse.contract import Table, text

TABLE = Table(
    name="quality.check_columns",
    one_row_is="One column that one check reads.",
    columns=(
        text("check_code", "The check."),
        text("source_table", "The table checked, by its name in the drop."),
        text("table_name", "Table of records it reads."),
        text("column_name", "Column of that table."),
    ),
)
