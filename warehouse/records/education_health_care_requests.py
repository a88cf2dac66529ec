"""Placeholder in the layout of SEN2."""

from warehouse.contract import Table, code, date, text

TABLE = Table(
    name="records.education_health_care_requests",
    one_row_is="One EHC request.",
    key=("request_id",),
    file="ssd_ehcp_requests",
    source="case_management",
    team="case system reporting",
    sourced="verified; a placeholder in the releases seen",
    columns=(
        text("request_id", "Request key.", "ehcr_ehcp_request_id", required=True),
        text("special_educational_needs_identifier_id", "SEND record.", "ehcr_send_table_id", refers_to="records.special_educational_needs_identifiers.special_educational_needs_identifier_id"),
        date("received_on", "Date received.", "ehcr_ehcp_req_date", required=True, event_date=True),
        date("outcome_on", "Outcome date.", "ehcr_ehcp_req_outcome_date"),
        code("outcome_code", "Whether an assessment went ahead.", "ehcp_request_outcome", "ehcr_ehcp_req_outcome"),
    ),
)
