"""Recommendations."""

from warehouse.contract import Table, code, date, text

TABLE = Table(
    name="records.independent_visit_recommendations",
    one_row_is="One recommendation of an independent visit.",
    key=("recommendation_id",),
    file="reg_recommendations",
    source="council",
    team="residential services",
    sourced="proposed",
    columns=(
        text("recommendation_id", "Reference of the recommendation.", "rec_id", required=True),
        text("visit_id", "Reference of the visit.", "visit_id", required=True, refers_to="records.independent_visits.visit_id", about=True),
        date("due_on", "Due date.", "due", may_lie_ahead=True),
        date("closed_on", "Day it was closed; blank while open.", "closed", closes=True),
        code("rag_code", "RAG rating.", "rag", "rag"),
    ),
)
