"""Initial child protection conferences."""

from warehouse.columns_of_a_child import child_id
from warehouse.contract import Table, date, json, text, yes_no

TABLE = Table(
    name="records.initial_child_protection_conferences",
    one_row_is="One child per ICPC.",
    key=("conference_id",),
    file="ssd_initial_cp_conference",
    source="case_management",
    needed=True,
    team="case system reporting",
    columns=(
        text("conference_id", "Conference key.", "icpc_icpc_id", required=True),
        text("meeting_id", "Meeting key.", "icpc_icpc_meeting_id"),
        text("enquiry_id", "Enquiry that led here; blank for transfers in.", "icpc_s47_enquiry_id", refers_to="records.section_47_enquiries.enquiry_id"),
        child_id("icpc_person_id"),
        text("plan_id", "Plan that was made, if any.", "icpc_cp_plan_id", refers_to="records.child_protection_plans.plan_id"),
        text("referral_id", "Episode.", "icpc_referral_id", refers_to="records.child_in_need_episodes.referral_id"),
        yes_no("is_transfer_in", "Conference held because a plan moved in from another LA (outside the 15-day measure).", "icpc_icpc_transfer_in"),
        date("target_on", "15 working days after the strategy discussion that started the s47.", "icpc_icpc_target_date", may_lie_ahead=True),
        date("held_on", "Day it was held.", "icpc_icpc_date"),
        yes_no("is_plan_made", "Whether a plan was made.", "icpc_icpc_outcome_cp_flag"),
        json("outcome_json", "Outcome flags as JSON.", "icpc_icpc_outcome_json", codes="icpc_outcome_flags"),
        text("team_id", "Team.", "icpc_icpc_team", refers_to="records.teams.team_id"),
        text("worker_id", "Worker.", "icpc_icpc_worker_id", refers_to="records.professionals.professional_id"),
    ),
)
