"""Front-door contacts before a referral decision."""

from warehouse.columns_of_a_child import child_id
from warehouse.contract import Table, code, date, json, text

TABLE = Table(
    name="records.contacts",
    one_row_is="One child per contact.",
    key=("contact_id",),
    file="ssd_contacts",
    source="case_management",
    needed=True,
    team="case system reporting",
    columns=(
        text("contact_id", "Contact key.", "cont_contact_id", required=True),
        child_id("cont_person_id"),
        date("contacted_on", "Day of the contact.", "cont_contact_date", required=True, event_date=True),
        code("source_code", "Who made it.", "referral_source", "cont_contact_source_code"),
        text("source", "Local text for the source.", "cont_contact_source_desc"),
        json("outcome_json", "Outcome flags as JSON.", "cont_contact_outcome_json", codes="contact_outcome_flags"),
    ),
)
