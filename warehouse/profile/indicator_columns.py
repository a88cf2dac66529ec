"""The columns each figure reads, directly or through tables derived from others."""

from warehouse.contract import Table, text

TABLE = Table(
    name="profile.indicator_columns",
    one_row_is="One column of records that one indicator reads.",
    columns=(
        text("indicator_code", "The indicator."),
        text("table_name", "Table in records."),
        text("column_name", "Column of that table."),
    ),
)
