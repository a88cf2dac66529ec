"""Limits the council has agreed for itself where statute sets none."""

from warehouse.contract import Table, code, date, text, whole_number, yes_no

TABLE = Table(
    name="records.local_standards",
    one_row_is="One limit the council or its partnership agreed, for the days it holds.",
    key=("standard_code", "valid_from"),
    file="local_standards",
    source="council",
    team="performance team",
    sourced="proposed; local limits are data with who agreed them",
    columns=(
        code("standard_code", "Which limit.", "local_standard", "standard", required=True),
        date("valid_from", "First day it holds.", "valid_from", required=True, may_lie_ahead=True),
        date("valid_to", "Last day it holds; empty while it does.", "valid_to", may_lie_ahead=True),
        whole_number("limit_days", "Days within which it must be done.", "limit_days", required=True),
        yes_no("is_working_days", "The days are working days; N: calendar days.", "working_days", required=True),
        text("agreed_by", "Who agreed it: a board or a named post.", "agreed_by", required=True),
        date("agreed_on", "Day it was agreed.", "agreed_on", required=True),
    ),
)
