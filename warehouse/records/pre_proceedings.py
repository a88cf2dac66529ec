"""PLO; 'PLACEHOLDER_DATA' in releases seen."""

from warehouse.columns_of_a_child import child_id
from warehouse.contract import Table, code, date, text, whole_number

TABLE = Table(
    name="records.pre_proceedings",
    one_row_is="One pre-proceedings period per child.",
    key=("pre_proceedings_id", "family_id",),
    file="ssd_pre_proceedings",
    source="case_management",
    team="case system reporting",
    sourced="verified; a placeholder in the releases seen",
    columns=(
        text("pre_proceedings_id", "Surrogate row key.", "prep_table_id", required=True),
        child_id("prep_person_id"),
        text("family_id", "Family group in the same proceedings.", "prep_plo_family_id", required=True),
        date("decided_on", "Legal meeting agreed pre-proceedings.", "prep_pre_pro_decision_date", required=True, event_date=True),
        date("first_meeting_on", "First meeting with parents.", "prep_initial_pre_pro_meeting_date"),
        code("outcome_code", "Issue or step down.", "pre_proceedings_outcome", "prep_pre_pro_outcome"),
        date("outcome_agreed_on", "When that was agreed.", "prep_agree_stepdown_issue_date"),
        whole_number("child_protection_plan_count", "Number of CP plans in this referral.", "prep_cp_plans_referral_period"),
        code("legal_gateway_outcome_code", "Outcome of legal gateway.", "legal_gateway_outcome", "prep_legal_gateway_outcome"),
        whole_number("earlier_pre_proceedings_count", "Earlier pre-proceedings periods.", "prep_prev_pre_proc_child"),
        whole_number("earlier_care_proceedings_count", "Earlier care proceedings.", "prep_prev_care_proc_child"),
        date("letter_before_proceedings_on", "Letter before proceedings sent.", "prep_pre_pro_letter_date"),
        date("letter_of_issue_on", "Letter of issue sent.", "prep_care_pro_letter_date"),
        whole_number("review_meeting_count", "Review meetings held.", "prep_pre_pro_meetings_num"),
        code("parents_represented_code", "Parents represented in pre-proceedings.", "yn_unknown", "prep_pre_pro_parents_legal_rep"),
        code("parents_represented_at_issue_code", "Parents represented at issue.", "yn_unknown", "prep_parents_legal_rep_point_of_issue"),
        text("court_reference", "Court reference.", "prep_court_reference", identifies=True),
        whole_number("court_hearing_count", "Hearings held.", "prep_care_proc_court_hearings"),
        code("short_notice_code", "Issued at short notice.", "yn_unknown", "prep_care_proc_short_notice"),
        text("short_notice_reason", "Why at short notice.", "prep_proc_short_notice_reason"),
        code("initial_plan_approved_code", "Initial plan approved (the column name is misspelt in the standard).", "yn_unknown", "prep_la_inital_plan_approved"),
        code("initial_care_plan_code", "LA plan at first hearing.", "la_care_plan", "prep_la_initial_care_plan"),
        code("final_plan_approved_code", "Final plan approved.", "yn_unknown", "prep_la_final_plan_approved"),
        code("final_care_plan_code", "LA plan at final hearing.", "la_care_plan", "prep_la_final_care_plan"),
    ),
)
