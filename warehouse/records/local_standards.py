"""Limits that the council has agreed itself because statute sets none."""

from warehouse.contract import Table, code, date, text, whole_number, yes_no

TABLE = Table(
    name="records.local_standards",
    one_row_is="One limit agreed by the council or its partnership, for the days it applies.",
    key=("standard_code", "valid_from"),
    file="local_standards",
    source="council",
    team="performance team",
    sourced="proposed; local limits are data with who agreed them",
    columns=(
        code("standard_code", "Which limit.", "local_standard", "standard", required=True),
        date("valid_from", "First day it applies.", "valid_from", required=True, may_lie_ahead=True),
        date("valid_to", "Last day it applies; blank while it applies.", "valid_to", may_lie_ahead=True),
        whole_number("limit_days", "Number of days allowed.", "limit_days", required=True),
        yes_no("is_working_days", "Y: working days; N: calendar days.", "working_days", required=True),
        text("agreed_by", "Board or named post that agreed it.", "agreed_by", required=True),
        date("agreed_on", "Day it was agreed.", "agreed_on", required=True),
    ),
)
