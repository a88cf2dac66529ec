"""Permanence option held before the current entry to care."""

from warehouse.columns_of_a_child import child_id
from warehouse.contract import Table, code, text

TABLE = Table(
    name="records.previous_permanence",
    one_row_is="One previous permanence option.",
    key=("previous_permanence_id",),
    file="ssd_cla_previous_permanence",
    source="case_management",
    team="case system reporting",
    columns=(
        text("previous_permanence_id", "Surrogate row key.", "lapp_table_id", required=True),
        child_id("lapp_person_id"),
        text("order_date_text", "Date of the order as text; unknown parts are zz (zz/MM/YYYY).", "lapp_previous_permanence_order_date"),
        code("previous_permanence_code", "The permanence option.", "previous_permanence", "lapp_previous_permanence_option"),
        text("previous_authority", "Authority that arranged it.", "lapp_previous_permanence_la"),
    ),
)
