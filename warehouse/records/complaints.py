"""Complaints and representations, one row per stage."""

from warehouse.contract import Table, code, date, text, yes_no

TABLE = Table(
    name="records.complaints",
    one_row_is="One stage of a complaint.",
    key=("complaint_stage_id",),
    file="complaints",
    source="council",
    handling="restricted",
    keeps_unknown_columns=False,
    team="complaints team",
    sourced="proposed; basis: SI 2006/1738",
    columns=(
        text("complaint_stage_id", "Reference of the complaint stage.", "complaint_stage_id", required=True),
        text("complaint_id", "Reference of the complaint.", "complaint_id", required=True),
        code("stage_code", "Stage.", "complaint_stage", "stage", required=True),
        code("procedure_code", "Procedure.", "complaint_procedure", "procedure", required=True),
        text("child_id", "Reference of the child.", "child_id", refers_to="records.children.child_id"),
        yes_no("is_by_child", "By child.", "by_child", required=True),
        code("advocate_offered_code", "Advocate offered.", "yn_na", "advocate_offered"),
        date("received_on", "Day: received.", "date_received", required=True, event_date=True),
        date("due_on", "Day: due.", "date_due", may_lie_ahead=True),
        yes_no("is_extension_agreed", "Extension agreed.", "extension_agreed"),
        date("responded_on", "Day: responded.", "date_response", closes=True),
        code("outcome_code", "Outcome.", "complaint_outcome", "outcome"),
        code("theme_code", "Theme.", "complaint_theme", "theme", required=True),
        code("service_area_code", "Service area.", "service_area", "service_area", required=True),
        yes_no("is_ombudsman", "Ombudsman.", "lgsco"),
    ),
)
