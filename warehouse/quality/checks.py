"""The checks and their outcomes: met, broken, or could not be checked."""

from warehouse.contract import Table, text, whole_number

TABLE = Table(
    name="quality.checks",
    one_row_is="One check of one table.",
    key=(
        "check_code",
        "source_table",
    ),
    columns=(
        text("check_code", "Code of the check; for a rule, the start of its file name (cin_8925, x014)."),
        text("title", "The promise in words; for a statutory or own rule, what it finds."),
        text("severity", "critical, warning or info."),
        text("source_table", "The table checked."),
        text("outcome", "met, broken, or could not be checked."),
        whole_number("rows_checked", "Rows checked."),
        whole_number("rows_broken", "Rows that break it; listed in quality.issues."),
        text("because", "Why it could not be checked."),
        text("team", "Who corrects it."),
        text("kind", "promised (by the contract), statutory (a rule of the DfE's returns) or own (a rule of ours)."),
        text("rule", "The rule's own number: 8925 in the CIN census, 142 in SSDA903, X004 in ours; NULL if it has none."),
        text("source", "Source of the rule: contract, CIN census, SSDA903 or own."),
        text("coverage", "ran, skipped (what it reads did not arrive, or the rule does not apply on the day) or failed."),
        text("fix", "What the team should do about a row that breaks it."),
    ),
)
