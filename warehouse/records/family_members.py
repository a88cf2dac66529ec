"""Family grouping."""

from warehouse.columns_of_a_child import child_id
from warehouse.contract import Table, text

TABLE = Table(
    name="records.family_members",
    one_row_is="One person per family.",
    key=("family_member_id", "family_id",),
    file="ssd_family",
    source="case_management",
    team="case system reporting",
    columns=(
        text("family_member_id", "Surrogate row key.", "fami_table_id", required=True),
        text("family_id", "Family key.", "fami_family_id", required=True),
        child_id("fami_person_id", "Member."),
    ),
)
