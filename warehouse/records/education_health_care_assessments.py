"""Placeholder in the layout of SEN2."""

from warehouse.contract import Table, code, date, text

TABLE = Table(
    name="records.education_health_care_assessments",
    one_row_is="One EHC assessment.",
    key=("assessment_id",),
    file="ssd_ehcp_assessment",
    source="case_management",
    team="case system reporting",
    sourced="verified; a placeholder in the releases seen",
    columns=(
        text("assessment_id", "Assessment key.", "ehca_ehcp_assessment_id", required=True),
        text("request_id", "Request.", "ehca_ehcp_request_id", refers_to="records.education_health_care_requests.request_id"),
        date("outcome_on", "Outcome date.", "ehca_ehcp_assessment_outcome_date", required=True, event_date=True),
        code("outcome_code", "Whether a plan is to be issued.", "ehcp_assessment_outcome", "ehca_ehcp_assessment_outcome"),
        code("exception_code", "Whether an exception to the 20-week limit applies.", "one_zero", "ehca_ehcp_assessment_exceptions"),
    ),
)
