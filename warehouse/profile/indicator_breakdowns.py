"""Figures by group, for indicators broken down by source, category, agency, grade or age."""

from warehouse.contract import Table, date, number, text, yes_no

TABLE = Table(
    name="profile.indicator_breakdowns",
    one_row_is="One group of one indicator in one period.",
    key=(
        "indicator_code",
        "period_kind",
        "ends_on",
        "breakdown",
    ),
    columns=(
        text("indicator_code", "The indicator."),
        text("period_kind", "Kind of the period."),
        date("starts_on", "First day of the period."),
        date("ends_on", "Last day of the period."),
        text("broken_down_by", "What the indicator is broken down by."),
        text("breakdown", "The group; 'not recorded' if the record does not say."),
        text("group_is", "The group in words: the label of its code, if it is a code."),
        number("numerator", "Sum of the group's numerator parts."),
        number("denominator", "What the value is a share of: the group's own denominator, or the whole council's."),
        number("value", "In the indicator's unit; NULL if it cannot be computed or is hidden."),
        yes_no("is_current", "Whether the period is the newest of its kind."),
        text("hidden_because", "In the general file: why small numbers of the period are not shown; otherwise NULL."),
    ),
)
