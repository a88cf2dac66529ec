"""SEN need; placeholder."""

from warehouse.contract import Table, code, text

TABLE = Table(
    name="records.special_educational_needs",
    one_row_is="One need.",
    key=("special_educational_need_id",),
    file="ssd_sen_need",
    source="case_management",
    team="case system reporting",
    sourced="verified; a placeholder in the releases seen",
    columns=(
        text("special_educational_need_id", "Row key.", "senn_table_id", required=True),
        text("plan_id", "Plan.", "senn_active_ehcp_id", refers_to="records.education_health_care_plans.plan_id"),
        code("need_type_code", "Need type.", "sen_need", "senn_active_ehcp_need_type"),
        text("need_rank", "1 primary, 2 secondary.", "senn_active_ehcp_need_rank"),
    ),
)
