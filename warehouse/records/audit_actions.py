"""Actions from audit."""

from warehouse.contract import Table, date, text

TABLE = Table(
    name="records.audit_actions",
    one_row_is="One action from an audit.",
    key=("action_id",),
    file="audit_actions",
    source="council",
    team="quality assurance",
    sourced="proposed",
    columns=(
        text("action_id", "Reference of the action.", "action_id", required=True),
        text("audit_id", "Reference of the audit.", "audit_id", required=True, refers_to="records.audits.audit_id", about=True),
        date("due_on", "Due date.", "due", required=True, may_lie_ahead=True),
        date("done_on", "Completion date.", "done", closes=True),
        text("owner_id", "Reference of the owner.", "owner_id"),
    ),
)
