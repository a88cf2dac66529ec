"""Child protection plans."""

from warehouse.columns_of_a_child import child_id
from warehouse.contract import Table, code, date, text, yes_no

TABLE = Table(
    name="records.child_protection_plans",
    one_row_is="One child protection plan.",
    key=("plan_id",),
    file="ssd_cp_plans",
    source="case_management",
    needed=True,
    team="case system reporting",
    columns=(
        text("plan_id", "Plan key.", "cppl_cp_plan_id", required=True),
        text("referral_id", "Episode.", "cppl_referral_id", refers_to="records.child_in_need_episodes.referral_id"),
        text("conference_id", "Conference that made the plan.", "cppl_icpc_id", refers_to="records.initial_child_protection_conferences.conference_id"),
        child_id("cppl_person_id"),
        date("started_on", "Plan start (day of the conference).", "cppl_cp_plan_start_date", required=True, event_date=True),
        date("ended_on", "Plan end; blank while open.", "cppl_cp_plan_end_date"),
        code("initial_category_code", "Category of abuse at the start.", "cp_category", "cppl_cp_plan_initial_category"),
        yes_no("is_other_authority", "Plan of another LA, held temporarily (leave out of own counts).", "cppl_cp_plan_ola"),
        code("latest_category_code", "Category of abuse now.", "cp_category", "cppl_cp_plan_latest_category"),
    ),
)
