"""SDQ scores held by the trust or the virtual school."""

from warehouse.columns_of_a_child import matched_child_id, nhs_number_for_matching
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
        nhs_number_for_matching(),
        date("completed_on", "Completion date.", "completed_date"),
        whole_number("score", "Score.", "score"),
        code("reason_code", "Reason as coded.", "sdq_reason", "reason"),
        code("respondent_code", "Respondent; the carer for SSDA903.", "sdq_respondent", "respondent"),
        matched_child_id(),
    ),
)
