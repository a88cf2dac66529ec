"""Supervision log."""

from warehouse.contract import Table, code, date, text, whole_number

TABLE = Table(
    name="records.supervisions",
    one_row_is="One supervision session.",
    key=("supervision_id",),
    file="supervision",
    source="council",
    handling="restricted",
    keeps_unknown_columns=False,
    team="human resources",
    sourced="proposed; basis: LGA employer standards",
    columns=(
        text("supervision_id", "Reference of the supervision.", "supervision_id", required=True),
        text("staff_id", "The worker.", "staff_id", required=True, refers_to="records.staff.staff_id", about=True),
        code("kind_code", "Kind of supervision: personal or case.", "supervision_kind", "kind", required=True),
        text("child_id", "Child, for case supervision.", "child_id", refers_to="records.children.child_id"),
        date("held_on", "Date held.", "date_held"),
        date("due_on", "Due date.", "date_due", required=True, event_date=True, may_lie_ahead=True),
        code("cancelled_reason_code", "Cancelled reason.", "supervision_cancel", "cancelled_reason"),
        text("supervisor_id", "Reference of the supervisor.", "supervisor_id", required=True),
        whole_number("duration_minutes", "Duration in minutes.", "duration_minutes"),
    ),
)
