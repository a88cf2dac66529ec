"""The figures: exactly one row for each indicator, period kind and last day, the whole council's."""

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
        number("denominator", "Sum of the cases' denominator parts; of a rate the population aged 0 to 17."),
        number(
            "value",
            "Percent 0-100 unrounded, rate per 10,000, count, average, ratio or days; NULL where it cannot be computed.",
        ),
        number("numerator_beside", "Numerator of the reading shown beside, where the indicator has one."),
        number("value_beside", "Value of the reading shown beside."),
        number("longest", "Of a median: the longest; else NULL."),
        number(
            "open_and_late",
            "Of a timeliness figure: how many are open and already late on the last day, whom the figure cannot show:"
            " profile.open_and_late, or the cases of the indicator's twin.",
        ),
        text("open_and_late_because", "Why that cannot be said; else NULL."),
        yes_no("is_current", "Of the newest period of its kind."),
        text("not_computable_because", "Why value is NULL."),
        whole_number(
            "rows_set_aside", "Rows of the tables that feed it that were set aside: quality.rejected_rows lists them."
        ),
        whole_number(
            "rows_unmatched", "Partner rows that could have fed it and match no child: quality.unmatched_rows."
        ),
        whole_number("checks_broken", "Checks of columns it reads that rows break: quality.checks, by profile.indicator_columns."),
        whole_number("rows_with_issues", "Rows that break them: quality.issues."),
        whole_number("checks_not_run", "Checks of columns it reads that could not be run."),
        text(
            "stale_because", "Sources that are older than the rest, with their dates; NULL where all are of one week."
        ),
        text("hidden_because", "In the general file: why a small number is not shown; else NULL."),
    ),
)
