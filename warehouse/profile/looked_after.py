"""Who is looked after on the last day of each period (choices G13, G14)."""

from warehouse.contract import Table, date, text, whole_number

TABLE = Table(
    name="profile.looked_after",
    one_row_is="One child looked after on the last day of one period, series of short breaks left out.",
    key=("period_id", "child_id"),
    columns=(
        whole_number("period_id", "The period: profile.periods."),
        date("starts_on", "First day of the period."),
        date("ends_on", "Last day of the period, on which the child is looked after."),
        text("child_id", "The child."),
        date("entered_care_on", "First day of the period of care, as the open episode gives it; the earliest of several."),
    ),
)
