"""Section 47 enquiries."""

from warehouse.columns_of_a_child import child_id
from warehouse.contract import Table, date, json, text, yes_no

TABLE = Table(
    name="records.section_47_enquiries",
    one_row_is="One child per enquiry.",
    key=("enquiry_id",),
    file="ssd_s47_enquiry",
    source="case_management",
    needed=True,
    team="case system reporting",
    columns=(
        text("enquiry_id", "Enquiry key.", "s47e_s47_enquiry_id", required=True),
        text("referral_id", "Episode.", "s47e_referral_id", refers_to="records.child_in_need_episodes.referral_id"),
        child_id("s47e_person_id"),
        date("started_on", "Day of the strategy discussion that started the enquiry (the standard has no separate table for it).", "s47e_s47_start_date", required=True, event_date=True),
        date("ended_on", "Day it was completed and authorised.", "s47e_s47_end_date"),
        yes_no("is_no_further_action", "Ended in no further action.", "s47e_s47_nfa"),
        json("outcome_json", "Outcome flags as JSON.", "s47e_s47_outcome_json", codes="s47_outcome_flags"),
        text("worker_id", "Worker who completed it.", "s47e_s47_completed_by_worker_id", refers_to="records.professionals.professional_id"),
        text("team_id", "Team.", "s47e_s47_completed_by_team", refers_to="records.teams.team_id"),
    ),
)
