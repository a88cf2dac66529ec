"""Population by age and year."""

from warehouse.contract import Table, text, whole_number

TABLE = Table(
    name="records.population",
    one_row_is="One authority, year and single year of age.",
    key=("authority_code", "year", "age",),
    file="population",
    source="council",
    team="performance team",
    sourced="proposed; basis: ONS mid-year estimates",
    columns=(
        text("authority_code", "Nine-character authority code.", "la_code", required=True),
        whole_number("year", "Mid-year the estimate is for.", "year", required=True),
        whole_number("age", "Age in whole years.", "age", required=True),
        whole_number("persons", "Number of people of that age.", "persons", required=True),
    ),
)
