"""Extra CMS table."""

from warehouse.contract import Table, date, text, yes_no

TABLE = Table(
    name="records.core_groups",
    one_row_is="One core group meeting.",
    key=("core_group_id",),
    file="core_group",
    source="case_management",
    team="case system reporting",
    sourced="proposed; basis: gap in SSD",
    columns=(
        text("core_group_id", "Reference of the core group.", "core_group_id", required=True),
        text("plan_id", "Reference of the plan.", "cp_plan_id", required=True, refers_to="records.child_protection_plans.plan_id", about=True),
        date("due_on", "Due date.", "date_due", may_lie_ahead=True),
        date("held_on", "Date held.", "date_held"),
        date("minuted_on", "Date of the minutes (seed 002 A4-A5).", "minutes_date"),
        yes_no("is_quorate", "Whether it was quorate.", "quorate"),
    ),
)
