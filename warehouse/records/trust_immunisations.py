"""Immunisation status."""

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
        text("nhs_number", "NHS number, for matching only.", "nhs_number", required=True, identifies=True, is_nhs_number=True),
        code("status_code", "Status as coded.", "imm_status", "status", required=True),
        date("status_on", "Day: status.", "status_date", required=True, event_date=True),
        text("missing_antigens", "Codes, optional.", "missing_antigens"),
        text("matched_child_id", "The child the row was matched to by NHS number, or by local id with date of birth; NULL where none was."),
    ),
)
