"""Visits to children in need."""

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
        text("child_id", "Child visited.", "cinv_person_id", required=True, refers_to="records.children.child_id", about=True),
        date("visited_on", "Day of the visit.", "cinv_cin_visit_date", required=True, event_date=True),
        yes_no("is_seen", "Whether the child was seen.", "cinv_cin_visit_seen"),
        yes_no("is_seen_alone", "Whether the child was seen alone.", "cinv_cin_visit_seen_alone"),
        yes_no("is_bedroom_seen", "Whether the bedroom was seen.", "cinv_cin_visit_bedroom"),
    ),
)
