"""Immunisation status."""

from warehouse.columns_of_a_child import matched_child_id, nhs_number_for_matching
from warehouse.contract import Table, code, date, text

TABLE = Table(
    name="records.trust_immunisations",
    one_row_is="One status.",
    key=("row_id",),
    file="nhs_immunisations",
    source="health",
    keeps_unknown_columns=False,
    team="health partner",
    sourced="proposed",
    columns=(
        text("row_id", "Reference of the row.", "row_id", required=True),
        nhs_number_for_matching(),
        code("status_code", "Status as coded.", "imm_status", "status", required=True),
        date("status_on", "Date of the status.", "status_date", required=True, event_date=True),
        text("missing_antigens", "Codes of missing antigens; optional.", "missing_antigens"),
        matched_child_id(),
    ),
)
