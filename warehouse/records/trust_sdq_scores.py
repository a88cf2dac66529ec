"""SDQ scores, when the trust or virtual school holds them."""

from warehouse.contract import Table, code, date, text, whole_number

TABLE = Table(
    name="records.trust_sdq_scores",
    one_row_is="One score.",
    key=("row_id",),
    file="nhs_sdq",
    source="health",
    keeps_unknown_columns=False,
    team="health partner",
    sourced="proposed",
    columns=(
        text("row_id", "Reference of the row.", "row_id", required=True),
        text("nhs_number", "NHS number, for matching only.", "nhs_number", required=True, identifies=True, is_nhs_number=True),
        date("completed_on", "Day: completed.", "completed_date"),
        whole_number("score", "Score.", "score"),
        code("reason_code", "Reason as coded.", "sdq_reason", "reason"),
        code("respondent_code", "Carer for 903.", "sdq_respondent", "respondent"),
        text("matched_child_id", "The child the row was matched to by NHS number, or by local id with date of birth; NULL where none was."),
    ),
)
