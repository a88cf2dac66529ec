"""Where a looked-after child lives."""

from warehouse.columns_of_a_child import child_id
from warehouse.contract import Table, code, date, number, text

TABLE = Table(
    name="records.placements",
    one_row_is="One placement.",
    key=("placement_id",),
    file="ssd_cla_placement",
    source="case_management",
    needed=True,
    team="case system reporting",
    columns=(
        text("placement_id", "Placement key.", "clap_cla_placement_id", required=True),
        date("started_on", "Placement start; same day the previous one ended.", "clap_cla_placement_start_date", required=True, event_date=True),
        code("placement_type_code", "Kind of placement (903 PLACE).", "placement_type", "clap_cla_placement_type"),
        text("urn", "Ofsted URN of home or agency.", "clap_cla_placement_urn"),
        number("distance_miles", "Miles from home to placement; 999.9 when not computable.", "clap_cla_placement_distance"),
        text("looked_after_period_id", "Period of care.", "clap_cla_id", refers_to="records.looked_after_episodes.looked_after_period_id"),
        code("provider_code", "Who provides it.", "placement_provider", "clap_cla_placement_provider"),
        text("postcode", "Placement postcode.", "clap_cla_placement_postcode", identifies=True),
        date("ended_on", "Placement end; blank while open.", "clap_cla_placement_end_date", may_lie_ahead=True),
        code("change_reason_code", "Why it ended, recorded on the ending placement.", "placement_change_reason", "clap_cla_placement_change_reason"),
        child_id("clap_person_id"),
    ),
)
