"""Missing and away-without-authorisation episodes."""

from warehouse.columns_of_a_child import child_id
from warehouse.contract import Table, code, date, text

TABLE = Table(
    name="records.missing_episodes",
    one_row_is="One missing/absent episode.",
    key=("missing_episode_id",),
    file="ssd_missing",
    source="case_management",
    team="case system reporting",
    columns=(
        text("missing_episode_id", "Surrogate row key.", "miss_table_id", required=True),
        child_id("miss_person_id"),
        date("started_on", "Day left or last seen by a responsible adult, whichever is later.", "miss_missing_episode_start_date", required=True, event_date=True),
        code("missing_type_code", "Missing or away.", "missing_type", "miss_missing_episode_type"),
        date("ended_on", "Day found or returned.", "miss_missing_episode_end_date"),
        code("return_interview_offered_code", "Return home interview offered.", "yn_na", "miss_missing_rhi_offered"),
        code("return_interview_accepted_code", "Return home interview accepted.", "yn_na", "miss_missing_rhi_accepted"),
    ),
)
