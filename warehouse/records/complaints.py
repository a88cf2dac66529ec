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
        yes_no("is_by_child", "Made by the child.", "by_child", required=True),
        code("advocate_offered_code", "Whether an advocate was offered.", "yn_na", "advocate_offered"),
        date("received_on", "Date received.", "date_received", required=True, event_date=True),
        date("due_on", "Due date.", "date_due", may_lie_ahead=True),
        yes_no("is_extension_agreed", "Whether an extension was agreed.", "extension_agreed"),
        date("responded_on", "Response date.", "date_response", closes=True),
        code("outcome_code", "Outcome.", "complaint_outcome", "outcome"),
        code("theme_code", "Theme.", "complaint_theme", "theme", required=True),
        code("service_area_code", "Service area.", "service_area", "service_area", required=True),
        yes_no("is_ombudsman", "Whether it went to the Ombudsman.", "lgsco"),
    ),
)
