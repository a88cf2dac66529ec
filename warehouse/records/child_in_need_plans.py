"""Child in need plans."""

from warehouse.columns_of_a_child import child_id
from warehouse.contract import Table, also, date, text

TABLE = Table(
    name="records.child_in_need_plans",
    one_row_is="One CIN plan.",
    key=("plan_id",),
    file="ssd_cin_plans",
    source="case_management",
    team="case system reporting",
    columns=(
        text("plan_id", "Plan key.", "cinp_cin_plan_id", also=(also("cin_plan_id", "the SSD script of Mosaic, v1.4.5"),), required=True),
        text("referral_id", "Episode the plan sits in.", "cinp_referral_id", refers_to="records.child_in_need_episodes.referral_id"),
        child_id("cinp_person_id"),
        date("started_on", "Plan start.", "cinp_cin_plan_start_date", required=True, event_date=True),
        date("ended_on", "Plan end; blank while open.", "cinp_cin_plan_end_date"),
        text("team_id", "Team holding the plan.", "cinp_cin_plan_team", refers_to="records.teams.team_id"),
        text("worker_id", "Worker holding the plan.", "cinp_cin_plan_worker_id", refers_to="records.professionals.professional_id"),
    ),
)
