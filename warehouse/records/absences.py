"""Sickness."""

from warehouse.contract import Table, code, date, number, text

TABLE = Table(
    name="records.absences",
    one_row_is="One absence.",
    key=("row_id",),
    file="hr_absence",
    source="council",
    handling="restricted",
    keeps_unknown_columns=False,
    team="human resources",
    sourced="proposed",
    columns=(
        text("row_id", "Reference of the row.", "row_id", required=True),
        text("staff_id", "The worker.", "staff_id", required=True, refers_to="records.staff.staff_id", about=True),
        date("started_on", "Start date.", "start_date", required=True, event_date=True),
        date("ended_on", "End date.", "end_date", closes=True),
        code("absence_reason_code", "Absence reason.", "csww_absence", "absence_reason", required=True),
        number("days_lost", "Days lost.", "days_lost_fte"),
    ),
)
