"""Health assessments, dental and other checks."""

from warehouse.columns_of_a_child import child_id
from warehouse.contract import Table, code, date, text

TABLE = Table(
    name="records.health_checks",
    one_row_is="One health event.",
    key=("health_check_id",),
    file="ssd_cla_health",
    source="case_management",
    team="case system reporting",
    columns=(
        text("health_check_id", "Event key.", "clah_health_check_id", required=True),
        child_id("clah_person_id"),
        code("health_check_type_code", "Kind of check; text varies by LA (IHA, RHA, dental, optician).", "health_check_type", "clah_health_check_type"),
        date("checked_on", "Day it happened or is planned.", "clah_health_check_date", required=True, event_date=True, may_lie_ahead=True),
        code("status_code", "Planned, refused, cancelled or completed.", "health_check_status", "clah_health_check_status"),
    ),
)
