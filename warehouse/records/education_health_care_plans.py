"""Placeholder in the layout of SEN2; usually not in the CMS."""

from warehouse.contract import Table, date, text

TABLE = Table(
    name="records.education_health_care_plans",
    one_row_is="One active EHC plan.",
    key=("plan_id",),
    file="ssd_ehcp_active_plans",
    source="case_management",
    team="case system reporting",
    sourced="verified; a placeholder in the releases seen",
    columns=(
        text("plan_id", "Plan key.", "ehcp_active_ehcp_id", required=True),
        text("request_id", "Request behind the plan.", "ehcp_ehcp_request_id", refers_to="records.education_health_care_requests.request_id"),
        date("last_reviewed_on", "Latest annual review.", "ehcp_active_ehcp_last_review_date", required=True, event_date=True),
    ),
)
