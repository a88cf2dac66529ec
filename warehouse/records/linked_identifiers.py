"""Cross-system ids (NHS number, UPN, NI, Home Office, YOT, court, RAA)."""

from warehouse.columns_of_a_child import child_id
from warehouse.contract import Table, code, date, text

TABLE = Table(
    name="records.linked_identifiers",
    one_row_is="One identifier.",
    key=("linked_identifier_id",),
    file="ssd_linked_identifiers",
    source="case_management",
    team="case system reporting",
    columns=(
        text("linked_identifier_id", "Surrogate row key.", "link_table_id", required=True),
        child_id("link_person_id", "Person."),
        code("identifier_type_code", "Kind of identifier.", "linked_identifier_type", "link_identifier_type"),
        text("identifier", "The identifier.", "link_identifier_value", identifies=True),
        date("valid_from_on", "Valid from.", "link_valid_from_date", required=True, event_date=True),
        date("valid_to_on", "Valid to.", "link_valid_to_date", may_lie_ahead=True),
    ),
)
