"""Dental checks."""

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
        text("nhs_number", "NHS number, for matching only.", "nhs_number", required=True, identifies=True, is_nhs_number=True),
        date("checked_on", "Day of the check.", "check_date"),
        code("status_code", "Status as coded.", "dental_status", "status", required=True),
        yes_no("is_registered", "Registered.", "registered"),
        text("matched_child_id", "The child the row was matched to by NHS number, or by local id with date of birth; NULL where none was."),
    ),
)
