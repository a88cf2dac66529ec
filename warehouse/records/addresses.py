"""Address history; join latest open row for home postcode and placement distance."""

from warehouse.contract import Table, code, date, json, text

TABLE = Table(
    name="records.addresses",
    one_row_is="One address a person has held.",
    key=("address_id",),
    file="ssd_address",
    source="case_management",
    team="case system reporting",
    columns=(
        text("address_id", "Surrogate row key.", "addr_table_id", required=True),
        json("address_json", "Address lines packed as JSON with fixed keys (ROOM, FLOOR, FLAT, BUILDING, HOUSE, STREET, TOWN, UPRN, EASTING, NORTHING).", "addr_address_json", identifies=True),
        text("child_id", "Child this address belongs to.", "addr_person_id", refers_to="records.children.child_id"),
        code("address_type_code", "Kind of address as held in the CMS (home, placement, primary); values vary by LA.", "address_type", "addr_address_type"),
        date("started_on", "First day at the address.", "addr_address_start_date", required=True, event_date=True),
        date("ended_on", "Last day at the address, blank when current.", "addr_address_end_date"),
        text("postcode", "Postcode with the space removed.", "addr_address_postcode", identifies=True),
    ),
)
