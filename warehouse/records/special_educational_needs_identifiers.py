"""SEND identifiers; placeholder."""

from warehouse.columns_of_a_child import child_id
from warehouse.contract import Table, code, text

TABLE = Table(
    name="records.special_educational_needs_identifiers",
    one_row_is="One person.",
    key=("special_educational_needs_identifier_id",),
    file="ssd_send",
    source="case_management",
    team="case system reporting",
    sourced="verified; a placeholder in the releases seen",
    columns=(
        text("special_educational_needs_identifier_id", "Row key.", "send_table_id", required=True),
        text("upn", "UPN.", "send_upn", identifies=True),
        text("uln", "ULN.", "send_uln", identifies=True),
        code("upn_unknown_code", "Why there is neither UPN nor ULN.", "send_upn_unknown", "send_upn_unknown"),
        child_id("send_person_id", "Person."),
    ),
)
