"""Learning actions."""

from warehouse.contract import Table, code, date, text

TABLE = Table(
    name="records.complaint_learning",
    one_row_is="One learning action.",
    key=("learning_id",),
    file="complaint_learning",
    source="council",
    handling="restricted",
    keeps_unknown_columns=False,
    team="complaints team",
    sourced="proposed; basis: seed 002 B1",
    columns=(
        text("learning_id", "Reference of the learning.", "learning_id", required=True),
        text("complaint_id", "Reference of the complaint.", "complaint_id", required=True, refers_to="records.complaints.complaint_id", about=True),
        code("theme_code", "Theme.", "complaint_theme", "theme", required=True),
        date("due_on", "Due date.", "action_due", required=True, may_lie_ahead=True),
        date("done_on", "Completion date.", "action_done", closes=True),
        text("evidence_id", "Reference of the evidence.", "evidence_id"),
    ),
)
