"""Immunisation position of a looked-after child."""

from warehouse.columns_of_a_child import child_id
from warehouse.contract import Table, date, yes_no

TABLE = Table(
    name="records.immunisations",
    one_row_is="One child.",
    key=("child_id",),
    file="ssd_cla_immunisations",
    source="case_management",
    team="case system reporting",
    columns=(
        child_id("clai_person_id", "Child (also the row key)."),
        yes_no("is_up_to_date", "Whether immunisations are up to date for age.", "clai_immunisations_status"),
        date("status_on", "When that was last confirmed.", "clai_immunisations_status_date", required=True, event_date=True),
    ),
)
