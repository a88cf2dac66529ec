"""Dental checks."""

from warehouse.columns_of_a_child import matched_child_id, nhs_number_for_matching
from warehouse.contract import Table, code, date, text, yes_no

TABLE = Table(
    name="records.trust_dental_checks",
    one_row_is="One dental check.",
    key=("row_id",),
    file="nhs_dental",
    source="health",
    keeps_unknown_columns=False,
    team="health partner",
    sourced="proposed",
    columns=(
        text("row_id", "Reference of the row.", "row_id", required=True),
        nhs_number_for_matching(),
        date("checked_on", "Day of the check.", "check_date"),
        code("status_code", "Status as coded.", "dental_status", "status", required=True),
        yes_no("is_registered", "Whether the child is registered.", "registered"),
        matched_child_id(),
    ),
)
