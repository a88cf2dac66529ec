"""Own children's homes."""

from warehouse.contract import Table, code, date, text

TABLE = Table(
    name="records.childrens_homes",
    one_row_is="One children's home.",
    key=("home_urn",),
    file="homes",
    source="council",
    team="residential services",
    sourced="proposed",
    columns=(
        text("home_urn", "Ofsted URN.", "home_urn", required=True),
        text("name", "Name.", "name", required=True),
        date("opened_on", "Day the home opened.", "opened"),
        date("closed_on", "Day it was closed; blank while open.", "closed", closes=True),
        code("regulation_code", "Regulation.", "reg_visit_regulation", "regulation", required=True),
    ),
)
