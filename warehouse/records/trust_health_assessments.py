"""Trust return on health assessments of looked-after children, one row per requested assessment."""

from warehouse.columns_of_a_child import matched_child_id
from warehouse.contract import Table, code, date, text, yes_no

TABLE = Table(
    name="records.trust_health_assessments",
    one_row_is="One requested assessment.",
    key=("request_id",),
    file="nhs_health_assessments",
    source="health",
    keeps_unknown_columns=False,
    team="health partner",
    sourced="proposed; basis: 2015 statutory guidance as set out in Coventry/Hull manuals; SSDA903 OC2",
    columns=(
        text("request_id", "Reference of the request.", "request_id", required=True),
        text("nhs_number", "NHS number: 10 digits, modulus 11.", "nhs_number", required=True, identifies=True, is_nhs_number=True),
        text("local_child_id", "CMS id, if the trust has it.", "local_child_id", identifies=True),
        date("born_on", "Date of birth, the second key for matching.", "dob", required=True, identifies=True),
        code("assessment_kind_code", "Assessment kind.", "ha_kind", "assessment_kind", required=True),
        yes_no("is_placed_out_of_area", "Whether another trust did it.", "placed_out_of_area"),
        date("notified_by_authority_on", "Date the LA told the trust that the child entered care.", "date_la_notified"),
        date("consent_received_on", "Date consent was received.", "date_consent_received"),
        date("request_complete_on", "Date the paperwork was complete.", "date_request_complete"),
        date("appointment_first_offered_on", "Date an appointment was first offered.", "date_appointment_first_offered", may_lie_ahead=True),
        date("attended_on", "Date attended.", "date_attended"),
        date("report_returned_on", "Date the report was returned to the LA; ends the 20 days if the local rule says so.", "date_report_returned"),
        code("outcome_code", "Outcome.", "ha_outcome", "outcome", required=True),
        code("breach_reason_code", "Breach reason.", "ha_breach", "breach_reason"),
        code("practitioner_code", "Practitioner; for an IHA a registered medical practitioner.", "ha_practitioner", "practitioner"),
        yes_no("is_designated_doctor_review", "Whether the designated doctor reviewed it.", "designated_doctor_review"),
        matched_child_id(),
    ),
)
