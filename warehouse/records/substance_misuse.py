"""Substance misuse while looked after."""

from warehouse.columns_of_a_child import child_id
from warehouse.contract import Table, date, text, yes_no

TABLE = Table(
    name="records.substance_misuse",
    one_row_is="One recorded misuse.",
    key=("substance_misuse_id",),
    file="ssd_cla_substance_misuse",
    source="case_management",
    team="case system reporting",
    columns=(
        text("substance_misuse_id", "Row key.", "clas_substance_misuse_id", required=True),
        child_id("clas_person_id"),
        date("identified_on", "Date identified.", "clas_substance_misuse_date", required=True, event_date=True),
        text("substance", "Substance.", "clas_substance_misused"),
        yes_no("is_intervention_received", "Whether help was received.", "clas_intervention_received"),
    ),
)
