"""Strengths and Difficulties scores."""

from warehouse.columns_of_a_child import child_id
from warehouse.contract import Table, code, date, text

TABLE = Table(
    name="records.sdq_scores",
    one_row_is="One SDQ.",
    key=("sdq_score_id",),
    file="ssd_sdq_scores",
    source="case_management",
    team="case system reporting",
    columns=(
        text("sdq_score_id", "Surrogate row key.", "csdq_table_id", required=True),
        child_id("csdq_person_id"),
        date("completed_on", "Completion date.", "csdq_sdq_completed_date"),
        code("reason_code", "Why there is no score.", "sdq_reason", "csdq_sdq_reason"),
        text("score", "Total difficulties 0-40 as text.", "csdq_sdq_score"),
    ),
)
