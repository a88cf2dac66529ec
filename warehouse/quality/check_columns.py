"""The columns each check reads: join to profile.indicator_columns for the figures that a broken check affects."""

from warehouse.contract import Table, text

TABLE = Table(
    name="quality.check_columns",
    one_row_is="One column that one check reads.",
    columns=(
        text("check_code", "The check."),
        text("source_table", "The table checked, by its name in the drop."),
        text("table_name", "Records table it reads."),
        text("column_name", "Column of that table."),
    ),
)
