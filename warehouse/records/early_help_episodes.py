"""Early help."""

from warehouse.columns_of_a_child import child_id
from warehouse.contract import Table, date, text

TABLE = Table(
    name="records.early_help_episodes",
    one_row_is="One early help episode.",
    key=("early_help_episode_id",),
    file="ssd_early_help_episodes",
    source="case_management",
    team="case system reporting",
    columns=(
        text("early_help_episode_id", "Episode key.", "earl_episode_id", required=True),
        child_id("earl_person_id"),
        date("started_on", "Start date.", "earl_episode_start_date", required=True, event_date=True),
        date("ended_on", "End; blank while open.", "earl_episode_end_date"),
        text("reason", "Why involved (broad, local list).", "earl_episode_reason"),
        text("end_reason", "Why it ended (local list: outcomes met, stepped up, NFA).", "earl_episode_end_reason"),
        text("organisation", "Organisation leading.", "earl_episode_organisation"),
        text("worker_id", "Lead worker.", "earl_episode_worker_id", refers_to="records.professionals.professional_id"),
    ),
)
