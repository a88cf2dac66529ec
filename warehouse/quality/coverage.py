"""The coverage statement: for each kind of check, what ran, was skipped or failed, and over how many rows."""

from warehouse.contract import Table, text, whole_number

TABLE = Table(
    name="quality.coverage",
    one_row_is="One kind of check from one source.",
    key=("kind", "source"),
    columns=(
        text("kind", "promised, statutory or own."),
        text("source", "contract, CIN census, SSDA903 or own."),
        whole_number("checks", "How many checks of this kind exist."),
        whole_number("met", "Ran, and no row breaks them."),
        whole_number("broken", "Ran, and rows break them."),
        whole_number("skipped", "Could not be checked: what they read did not arrive, or the rule does not apply on the day."),
        whole_number("failed", "Could not be checked: they failed with an error."),
        whole_number("rows_checked", "Rows checked, counted once for each check."),
        whole_number("rows_broken", "Rows that break a check, counted once for each."),
    ),
)
