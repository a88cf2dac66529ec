"""Inspection action plan."""

from warehouse.contract import Table, code, date, text, yes_no

TABLE = Table(
    name="records.inspection_actions",
    one_row_is="One action of the inspection action plan.",
    key=("action_id",),
    file="action_plan",
    source="council",
    team="performance team",
    sourced="proposed; basis: seed 002",
    columns=(
        text("action_id", "Plan ref such as A1, C20, D9.", "action_id", required=True),
        text("inspection_id", "Reference of the inspection.", "inspection_id", required=True),
        code("priority_band_code", "Priority band.", "priority_band", "priority_band", required=True),
        yes_no("is_formal", "Formal or 'softer'.", "formal", required=True),
        text("area", "Wording of the area for improvement.", "area", required=True),
        code("agency_code", "Agency.", "action_agency", "agency", required=True),
        text("owner_id", "Reference of the owner.", "owner_id", required=True),
        code("rag_code", "RAG rating.", "rag", "rag", required=True),
        text("rag_rule", "Reason for the rating.", "rag_rule"),
        date("due_on", "Due date.", "due", required=True, may_lie_ahead=True),
        date("done_on", "Completion date.", "done", closes=True),
        text("indicator_codes", "Semicolon list of indicator ids.", "indicator_ids"),
        text("progress_note", "Progress note.", "progress_note", identifies=True),
        date("progress_on", "Date of the progress note.", "progress_date", required=True),
    ),
)
