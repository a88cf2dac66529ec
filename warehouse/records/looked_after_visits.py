"""Statutory visits to looked-after children."""

from warehouse.columns_of_a_child import child_id
from warehouse.contract import Table, date, text, yes_no

TABLE = Table(
    name="records.looked_after_visits",
    one_row_is="One visit.",
    key=("visit_id",),
    file="ssd_cla_visits",
    source="case_management",
    team="case system reporting",
    columns=(
        text("visit_id", "Visit key.", "clav_cla_visit_id", required=True),
        text("looked_after_period_id", "Period of care.", "clav_cla_id", refers_to="records.looked_after_episodes.looked_after_period_id"),
        child_id("clav_person_id"),
        date("visited_on", "Day of the visit.", "clav_cla_visit_date", required=True, event_date=True),
        yes_no("is_seen", "Whether the child was seen.", "clav_cla_visit_seen"),
        yes_no("is_seen_alone", "Whether the child was seen alone.", "clav_cla_visit_seen_alone"),
    ),
)
