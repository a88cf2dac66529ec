"""Visits to children in need."""

from warehouse.columns_of_a_child import child_id
from warehouse.contract import Table, date, text, yes_no

TABLE = Table(
    name="records.child_in_need_visits",
    one_row_is="One CIN visit.",
    key=("visit_id",),
    file="ssd_cin_visits",
    source="case_management",
    team="case system reporting",
    columns=(
        text("visit_id", "Visit key.", "cinv_cin_visit_id", required=True),
        child_id("cinv_person_id", "Child visited."),
        date("visited_on", "Day of the visit.", "cinv_cin_visit_date", required=True, event_date=True),
        yes_no("is_seen", "Whether the child was seen.", "cinv_cin_visit_seen"),
        yes_no("is_seen_alone", "Whether the child was seen alone.", "cinv_cin_visit_seen_alone"),
        yes_no("is_bedroom_seen", "Whether the bedroom was seen.", "cinv_cin_visit_bedroom"),
    ),
)
