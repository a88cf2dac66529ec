"""The figures, for the whole council: exactly one row for each indicator, kind of period and last day."""

from warehouse.contract import Table, date, number, text, whole_number, yes_no

TABLE = Table(
    name="profile.indicator_results",
    one_row_is="One indicator for one period, the whole council.",
    key=(
        "indicator_code",
        "period_kind",
        "ends_on",
    ),
    columns=(
        text("indicator_code", "The indicator."),
        text("period_kind", "Kind of the period."),
        date("starts_on", "First day of the period."),
        date("ends_on", "Last day of the period."),
        number("numerator", "Sum of the cases' numerator parts."),
        number("denominator", "Sum of the cases' denominator parts; for a rate, the population aged 0 to 17."),
        number(
            "value",
            "Percent 0-100 unrounded, rate per 10,000, count, average, ratio or days; NULL if it cannot be computed.",
        ),
        number("numerator_beside", "Numerator by the indicator's second definition, if it has one."),
        number("value_beside", "Value by the second definition."),
        number("longest", "For a median: the longest; otherwise NULL."),
        number(
            "open_and_late",
            "For a timeliness figure: how many are open and already late on the last day, which the figure cannot show:"
            " the cases in profile.open_and_late, or those of the indicator's twin.",
        ),
        text("open_and_late_because", "Why open_and_late is not known; otherwise NULL."),
        yes_no("is_current", "Whether the period is the newest of its kind."),
        text("not_computable_because", "Why value is NULL."),
        whole_number(
            "rows_set_aside", "Rows set aside from the tables that feed it: quality.rejected_rows lists them."
        ),
        whole_number(
            "rows_unmatched", "Partner rows that could have fed it but match no child: quality.unmatched_rows."
        ),
        whole_number("checks_broken", "Checks broken on columns it reads: quality.checks, through profile.indicator_columns."),
        whole_number("rows_with_issues", "Rows that break them: quality.issues."),
        whole_number("checks_not_run", "Checks on columns it reads that could not be run."),
        text(
            "stale_because", "Sources that are older than the rest, with their dates; NULL if all are from the same week."
        ),
        text("hidden_because", "In the general file: why a small number is not shown; otherwise NULL."),
    ),
)
