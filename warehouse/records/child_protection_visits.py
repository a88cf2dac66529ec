"""Statutory visits under a plan."""

from warehouse.columns_of_a_child import child_id
from warehouse.contract import Table, date, text, yes_no

TABLE = Table(
    name="records.child_protection_visits",
    one_row_is="One child protection visit.",
    key=("visit_id",),
    file="ssd_cp_visits",
    source="case_management",
    needed=True,
    team="case system reporting",
    columns=(
        text("visit_id", "Visit key (case note).", "cppv_cp_visit_id", required=True),
        child_id("cppv_person_id"),
        text("plan_id", "Plan.", "cppv_cp_plan_id", refers_to="records.child_protection_plans.plan_id"),
        date("visited_on", "Day of the visit.", "cppv_cp_visit_date", required=True, event_date=True),
        yes_no("is_seen", "Whether the child was seen.", "cppv_cp_visit_seen"),
        yes_no("is_seen_alone", "Whether the child was seen alone.", "cppv_cp_visit_seen_alone"),
        yes_no("is_bedroom_seen", "Whether the bedroom was seen.", "cppv_cp_visit_bedroom"),
    ),
)
