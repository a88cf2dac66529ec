"""Allocation history; source of caseload and changes of worker."""

from warehouse.columns_of_a_child import child_id
from warehouse.contract import Table, code, date, text

TABLE = Table(
    name="records.involvements",
    one_row_is="One worker's involvement with a child.",
    key=("involvement_id",),
    file="ssd_involvements",
    source="case_management",
    needed=True,
    team="case system reporting",
    columns=(
        text("involvement_id", "Surrogate row key.", "invo_involvements_id", required=True),
        text("professional_id", "Worker.", "invo_professional_id", refers_to="records.professionals.professional_id"),
        text("role_code", "Role on the case; a type code from v1.4.5 (e.g. CW = case worker), the description before.", "invo_professional_role_id"),
        text("team_id", "Team.", "invo_professional_team", refers_to="records.teams.team_id"),
        date("started_on", "Allocation start.", "invo_involvement_start_date", required=True, event_date=True),
        date("ended_on", "Allocation end; blank while allocated.", "invo_involvement_end_date"),
        code("change_reason_code", "Why the worker changed.", "sw_change_reason", "invo_worker_change_reason"),
        child_id("invo_person_id"),
        text("referral_id", "Episode.", "invo_referral_id", refers_to="records.child_in_need_episodes.referral_id"),
    ),
)
