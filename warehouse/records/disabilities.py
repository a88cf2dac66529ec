"""Disability."""

from warehouse.contract import Table, code, text

TABLE = Table(
    name="records.disabilities",
    one_row_is="One child per disability.",
    key=("child_id", "disability_id",),
    file="ssd_disability",
    source="case_management",
    team="case system reporting",
    columns=(
        text("child_id", "Child.", "disa_person_id", required=True, refers_to="records.children.child_id", about=True),
        text("disability_id", "Surrogate row key.", "disa_table_id", required=True),
        code("disability_code", "CIN census disability code; NONE when none; blank when unborn.", "disability", "disa_disability_code"),
    ),
)
