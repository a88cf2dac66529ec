"""Children who are mothers."""

from warehouse.columns_of_a_child import child_id
from warehouse.contract import Table, date, text

TABLE = Table(
    name="records.mothers",
    one_row_is="One mother-child pair.",
    key=("mother_id", "mothers_child_id",),
    file="ssd_mother",
    source="case_management",
    team="case system reporting",
    columns=(
        text("mother_id", "Surrogate row key.", "moth_table_id", required=True),
        child_id("moth_person_id", "The mother."),
        text("mothers_child_id", "Her child.", "moth_childs_person_id", required=True, refers_to="records.children.child_id", about=True),
        date("mothers_child_born_on", "Her child's date of birth.", "moth_childs_dob", required=True, event_date=True, identifies=True),
    ),
)
