"""Referral to closure; parent of assessments, s47, ICPC, CIN plans."""

from warehouse.columns_of_a_child import child_id
from warehouse.contract import Table, code, date, json, text, yes_no

TABLE = Table(
    name="records.child_in_need_episodes",
    one_row_is="One referral (= CIN episode) per child.",
    key=("referral_id",),
    file="ssd_cin_episodes",
    source="case_management",
    needed=True,
    team="case system reporting",
    columns=(
        text("referral_id", "Referral / episode key.", "cine_referral_id", required=True),
        child_id("cine_person_id", "Child referred."),
        date("referred_on", "Day the referral was received.", "cine_referral_date", required=True, event_date=True),
        code("primary_need_code", "Main need at referral.", "primary_need", "cine_cin_primary_need_code"),
        code("referral_source_code", "Who referred.", "referral_source", "cine_referral_source_code"),
        text("referral_source", "Local text for the source.", "cine_referral_source_desc"),
        json("referral_outcome_json", "Outcome flags of the referral (not of the episode) as JSON.", "cine_referral_outcome_json", codes="referral_outcome_flags"),
        yes_no("is_no_further_action", "Whether the referral itself ended in no further action.", "cine_referral_nfa"),
        code("close_reason_code", "Why the episode closed.", "cin_closure_reason", "cine_close_reason"),
        date("closed_on", "Day the episode closed; blank while open.", "cine_close_date"),
        text("team_id", "Team that took the referral.", "cine_referral_team", refers_to="records.teams.team_id"),
        text("worker_id", "Worker that took the referral.", "cine_referral_worker_id", refers_to="records.professionals.professional_id"),
    ),
)
