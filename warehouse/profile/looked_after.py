"""Who is looked after on the last day of each period (choices G13, G14)."""

from warehouse.contract import Table, date, text, whole_number

TABLE = Table(
    name="profile.looked_after",
    one_row_is="One child looked after on the last day of one period, not counting series of short breaks.",
    key=("period_id", "child_id"),
    columns=(
        whole_number("period_id", "The period: profile.periods."),
        date("starts_on", "First day of the period."),
        date("ends_on", "Last day of the period, on which the child is looked after."),
        text("child_id", "The child."),
        date("entered_care_on", "First day of the period of care, from the open episode; the earliest if there are several."),
    ),
)
