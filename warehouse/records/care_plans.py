"""Permanence plan of a looked-after child."""

from warehouse.columns_of_a_child import child_id
from warehouse.contract import Table, also, date, json, text

TABLE = Table(
    name="records.care_plans",
    one_row_is="One care plan version.",
    key=("care_plan_id",),
    file="ssd_cla_care_plan",
    source="case_management",
    team="case system reporting",
    columns=(
        text("care_plan_id", "Surrogate row key.", "lacp_table_id", also=(also("lacp_cla_care_plan_id", "the SSD script of Mosaic, v1.4.5"),), required=True),
        child_id("lacp_person_id"),
        date("started_on", "Plan start.", "lacp_cla_care_plan_start_date", required=True, event_date=True),
        date("ended_on", "Plan end.", "lacp_cla_care_plan_end_date"),
        json("permanence_plan_json", "Permanence options chosen, as JSON flags; more than one when plans run in parallel.", "lacp_cla_care_plan_json", codes="permanence_plan"),
    ),
)
