"""Single (continuous) child-and-family assessments."""

from warehouse.columns_of_a_child import child_id
from warehouse.contract import Table, date, json, text, yes_no

TABLE = Table(
    name="records.assessments",
    one_row_is="One child per assessment.",
    key=("assessment_id",),
    file="ssd_cin_assessments",
    source="case_management",
    needed=True,
    team="case system reporting",
    columns=(
        text("assessment_id", "Assessment key.", "cina_assessment_id", required=True),
        child_id("cina_person_id", "Child assessed."),
        text("referral_id", "Referral / CIN episode the assessment belongs to.", "cina_referral_id", refers_to="records.child_in_need_episodes.referral_id"),
        date("started_on", "Actual start of the assessment.", "cina_assessment_start_date", required=True, event_date=True),
        yes_no("is_child_seen", "Whether the child was seen during the assessment.", "cina_assessment_child_seen"),
        date("authorised_on", "Day the manager authorised completion; blank while open.", "cina_assessment_auth_date"),
        json("outcome_json", "Outcome flags as JSON.", "cina_assessment_outcome_json", codes="assessment_outcome_flags"),
        yes_no("is_no_further_action", "Whether it ended in no further action.", "cina_assessment_outcome_nfa"),
        text("team_id", "Team that completed it.", "cina_assessment_team", refers_to="records.teams.team_id"),
        text("worker_id", "Worker that completed it.", "cina_assessment_worker_id", refers_to="records.professionals.professional_id"),
    ),
)
