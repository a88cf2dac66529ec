"""Disability."""

from warehouse.columns_of_a_child import child_id
from warehouse.contract import Table, code, text

TABLE = Table(
    name="records.disabilities",
    one_row_is="One child per disability.",
    key=("child_id", "disability_id",),
    file="ssd_disability",
    source="case_management",
    team="case system reporting",
    columns=(
        child_id("disa_person_id"),
        text("disability_id", "Surrogate row key.", "disa_table_id", required=True),
        code("disability_code", "CIN census disability code; NONE when none; blank when unborn.", "disability", "disa_disability_code"),
    ),
)
