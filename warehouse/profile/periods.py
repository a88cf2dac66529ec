"""The periods that are measured."""

from warehouse.contract import Table, date, text, whole_number, yes_no

TABLE = Table(
    name="profile.periods",
    one_row_is="One period of one kind.",
    key=("period_id",),
    columns=(
        whole_number("period_id", "Number of the period within this build."),
        text("period_kind", "rolling_12_months, financial_year, quarter, month, week, last_6_months or snapshot."),
        date("starts_on", "First day, included."),
        date("ends_on", "Last day, included; for a snapshot, the day itself."),
        yes_no("is_current", "Whether it is the newest of its kind at the as-at date; earlier ones are the trend."),
    ),
)
