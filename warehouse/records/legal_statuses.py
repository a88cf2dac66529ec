"""Legal statuses, wider than the 903 list (SGO, CAO, private fostering, care leaver may appear)."""

from warehouse.columns_of_a_child import child_id
from warehouse.contract import Table, code, date, text

TABLE = Table(
    name="records.legal_statuses",
    one_row_is="One legal status.",
    key=("legal_status_id",),
    file="ssd_legal_status",
    source="case_management",
    needed=True,
    team="case system reporting",
    columns=(
        text("legal_status_id", "Row key.", "lega_legal_status_id", required=True),
        child_id("lega_person_id"),
        code("legal_status_code", "Status; 903 codes plus local ones.", "legal_status", "lega_legal_status"),
        date("started_on", "Start date.", "lega_legal_status_start_date", required=True, event_date=True),
        date("ended_on", "End date.", "lega_legal_status_end_date"),
    ),
)
