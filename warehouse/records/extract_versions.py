"""Release log written by the script, read first: an extract with a version unknown to the contract is refused."""

from warehouse.contract import Table, date, text, yes_no

TABLE = Table(
    name="records.extract_versions",
    one_row_is="One release.",
    key=("version_number",),
    file="ssd_version_log",
    source="case_management",
    team="case system reporting",
    columns=(
        text("version_number", "Version, as x.y.z.", "version_number", required=True),
        date("released_on", "Release date.", "release_date", required=True, event_date=True),
        text("description", "What changed.", "description"),
        yes_no("is_current", "Whether this is the current release.", "is_current"),
        date("created_on", "Date and time written.", "created_at"),
        text("created_by", "Written by.", "created_by"),
        text("impact_description", "Effect of the change.", "impact_description"),
    ),
)
