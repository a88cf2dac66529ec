"""Registrations with a GP, dentist or optician."""

from warehouse.columns_of_a_child import matched_child_id, nhs_number_for_matching
from warehouse.contract import Table, code, text, yes_no

TABLE = Table(
    name="records.health_registrations",
    one_row_is="One child and service.",
    key=("row_id",),
    file="nhs_registration",
    source="health",
    keeps_unknown_columns=False,
    team="health partner",
    sourced="proposed",
    columns=(
        text("row_id", "Reference of the row.", "row_id", required=True),
        nhs_number_for_matching(),
        code("service_code", "Service.", "reg_service", "service", required=True),
        yes_no("is_registered", "Whether the child is registered.", "registered", required=True),
        matched_child_id(),
    ),
)
