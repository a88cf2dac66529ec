"""Offending while looked after."""

from warehouse.columns_of_a_child import child_id
from warehouse.contract import Table, date, text

TABLE = Table(
    name="records.convictions",
    one_row_is="One offence.",
    key=("conviction_id",),
    file="ssd_cla_convictions",
    source="case_management",
    team="case system reporting",
    columns=(
        text("conviction_id", "Conviction key.", "clac_cla_conviction_id", required=True),
        child_id("clac_person_id"),
        date("offence_on", "Date of the offence.", "clac_cla_conviction_date", required=True, event_date=True),
        text("offence", "What the offence was.", "clac_cla_conviction_offence", identifies=True),
    ),
)
