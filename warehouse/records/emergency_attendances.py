"""A&E liaison list, one row per attendance of a child of concern."""

from warehouse.columns_of_a_child import matched_child_id, nhs_number_for_matching
from warehouse.contract import Table, code, date, moment, text

TABLE = Table(
    name="records.emergency_attendances",
    one_row_is="One attendance of a child of concern.",
    key=("attendance_id",),
    file="nhs_ae",
    source="health",
    keeps_unknown_columns=False,
    team="health partner",
    sourced="proposed",
    columns=(
        text("attendance_id", "Reference of the attendance.", "attendance_id", required=True),
        nhs_number_for_matching(required=False),
        moment("attended_at", "Date and time of attendance.", "attended_at", required=True, event_date=True),
        text("site_code", "ODS code.", "site_code", required=True),
        code("reason_code", "Reason: injury, self-harm, substance, assault or other.", "ae_reason", "reason_group", required=True),
        code("age_band_code", "Age band.", "ae_age", "age_band", required=True),
        code("known_to_social_care_code", "Whether the child is known to social care.", "yes_no_unknown", "known_to_csc"),
        date("authority_notified_on", "Date the authority was notified.", "date_notified_la"),
        code("outcome_code", "Outcome.", "ae_outcome", "outcome"),
        matched_child_id(),
    ),
)
