"""Placeholder in the layout of SEN2."""

from warehouse.contract import Table, code, date, text

TABLE = Table(
    name="records.education_health_care_named_plans",
    one_row_is="One named plan.",
    key=("named_plan_id",),
    file="ssd_ehcp_named_plan",
    source="case_management",
    team="case system reporting",
    sourced="verified; a placeholder in the releases seen",
    columns=(
        text("named_plan_id", "Named plan key.", "ehcn_named_plan_id", required=True),
        text("assessment_id", "Assessment.", "ehcn_ehcp_asmt_id", refers_to="records.education_health_care_assessments.assessment_id"),
        date("started_on", "Start date.", "ehcn_named_plan_start_date", required=True, event_date=True),
        date("ceased_on", "End date.", "ehcn_named_plan_ceased_date"),
        code("ceased_reason_code", "Why it ended.", "ehcp_ceased_reason", "ehcn_named_plan_ceased_reason"),
    ),
)
