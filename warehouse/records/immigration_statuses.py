"""Immigration status, including UASC."""

from warehouse.columns_of_a_child import child_id
from warehouse.contract import Table, code, date, text

TABLE = Table(
    name="records.immigration_statuses",
    one_row_is="One status.",
    key=("child_id", "immigration_status_id",),
    file="ssd_immigration_status",
    source="case_management",
    team="case system reporting",
    columns=(
        child_id("immi_person_id", "Person."),
        text("immigration_status_id", "Row key.", "immi_immigration_status_id", required=True),
        code("immigration_status_code", "Status text.", "immigration_status", "immi_immigration_status"),
        date("started_on", "Status start.", "immi_immigration_status_start_date", required=True, event_date=True),
        date("ended_on", "Status end (903 DUC for UASC).", "immi_immigration_status_end_date"),
    ),
)
