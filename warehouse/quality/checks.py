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
        text("check_code", "Code of the check; a rule's is the beginning of its file's name (cin_8925, x014)."),
        text("title", "The promise in words; of a statutory or own rule what it finds."),
        text("severity", "critical, warning or info."),
        text("source_table", "The table checked."),
        text("outcome", "met, broken, or could not be checked."),
        whole_number("rows_checked", "Rows it looked at."),
        whole_number("rows_broken", "Rows that break it: quality.issues lists them."),
        text("because", "Why it could not be checked."),
        text("team", "Who puts it right."),
        text("kind", "promised (by the contract), statutory (a rule of the DfE's returns) or own (a rule of ours)."),
        text("rule", "The rule's own number: 8925 of the CIN census, 142 of SSDA903, X004 of ours; NULL where it has none."),
        text("source", "Where the rule comes from: contract, CIN census, SSDA903 or own."),
        text("coverage", "ran, skipped (what it reads did not arrive, or it is not in force) or failed."),
        text("fix", "What the team does about a row that breaks it."),
    ),
)
