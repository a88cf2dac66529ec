"""What was checked and how it came out: met, broken, or could not be checked."""

from warehouse.contract import Table, text, whole_number

TABLE = Table(
    name="quality.checks",
    one_row_is="One check of one table.",
    key=(
        "check_code",
        "source_table",
    ),
    columns=(
        text("check_code", "Code of the check."),
        text("title", "The promise in words."),
        text("severity", "critical, warning or info."),
        text("source_table", "The table checked."),
        text("outcome", "met, broken, or could not be checked."),
        whole_number("rows_checked", "Rows it looked at."),
        whole_number("rows_broken", "Rows that break it: quality.issues lists them."),
        text("because", "Why it could not be checked."),
        text("team", "Who puts it right."),
    ),
)
