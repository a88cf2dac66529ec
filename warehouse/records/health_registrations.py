"""GP/dentist/optician registration."""

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
        text("nhs_number", "NHS number, for matching only.", "nhs_number", required=True, identifies=True, is_nhs_number=True),
        code("service_code", "Service.", "reg_service", "service", required=True),
        yes_no("is_registered", "Registered.", "registered", required=True),
        text("matched_child_id", "The child the row was matched to by NHS number, or by local id with date of birth; NULL where none was."),
    ),
)
