"""Case-file audits, one row per audit."""

from warehouse.columns_of_a_child import child_id
from warehouse.contract import Table, code, date, text, yes_no

TABLE = Table(
    name="records.audits",
    one_row_is="One case-file audit.",
    key=("audit_id",),
    file="audits",
    source="council",
    team="quality assurance",
    sourced="proposed; basis: seeds 001, 002, 004",
    columns=(
        text("audit_id", "Reference of the audit.", "audit_id", required=True),
        child_id("child_id", "Reference of the child."),
        date("audited_on", "Audit date.", "audit_date", required=True, event_date=True),
        code("programme_code", "Programme.", "audit_programme", "programme", required=True),
        code("service_area_code", "Service area.", "service_area", "service_area", required=True),
        code("grade_code", "Grade.", "grade4", "grade", required=True),
        code("moderated_grade_code", "Moderated grade.", "grade4", "grade_moderated"),
        code("risk_analysis_code", "Risk analysis.", "audit_mark", "risk_analysis"),
        code("child_voice_code", "Voice of the child.", "audit_mark", "child_voice"),
        code("seen_alone_code", "Child seen alone.", "audit_mark", "seen_alone"),
        code("partner_contribution_code", "Contribution of partners.", "audit_mark", "partner_contribution"),
        code("plan_smart_code", "Plan is SMART.", "audit_mark", "plan_smart"),
        code("management_oversight_code", "Management oversight.", "audit_mark", "management_oversight"),
        yes_no("is_immediate_concern", "Immediate concern.", "immediate_concern", required=True),
        text("auditor_id", "Reference of the auditor.", "auditor_id"),
    ),
)
