"""Current leaving-care position (17 to 25)."""

from warehouse.columns_of_a_child import child_id
from warehouse.contract import Table, code, date, text

TABLE = Table(
    name="records.care_leavers",
    one_row_is="One young person with leaving-care status.",
    key=("care_leaver_id",),
    file="ssd_care_leavers",
    source="case_management",
    needed=True,
    team="case system reporting",
    columns=(
        text("care_leaver_id", "Surrogate row key.", "clea_table_id", required=True),
        child_id("clea_person_id", "Young person."),
        code("eligibility_code", "Leaving-care status (eligible, relevant, former relevant, qualifying).", "care_leaver_eligibility", "clea_care_leaver_eligibility"),
        code("in_touch_code", "Whether the LA is in touch, or why not.", "in_touch", "clea_care_leaver_in_touch"),
        date("latest_contact_on", "Most recent personal-adviser contact; blank if not in touch.", "clea_care_leaver_latest_contact"),
        code("accommodation_code", "Where the young person lives (single letter; 903 adds 1/2 for suitability).", "cl_accommodation", "clea_care_leaver_accommodation"),
        code("accommodation_suitable_code", "Whether that accommodation is suitable.", "cl_accommodation_suitable", "clea_care_leaver_accom_suitable"),
        code("activity_code", "Main education, employment or training status.", "cl_activity", "clea_care_leaver_activity"),
        date("pathway_plan_reviewed_on", "Latest start or review of the pathway plan, whichever is later.", "clea_pathway_plan_review_date"),
        text("personal_adviser", "Named personal adviser.", "clea_care_leaver_personal_advisor", identifies=True),
        text("team_id", "Team holding the case.", "clea_care_leaver_allocated_team", refers_to="records.teams.team_id"),
        text("worker_id", "Worker holding the case.", "clea_care_leaver_worker_id", refers_to="records.professionals.professional_id"),
    ),
)
