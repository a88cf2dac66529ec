"""Cases still open and already late on a period's last day, which a timeliness figure cannot show (choices G24)."""

from warehouse.contract import Table, date, text

TABLE = Table(
    name="profile.open_and_late",
    one_row_is="One case of one indicator that is open and late on the last day of one current period.",
    columns=(
        text("indicator_code", "The timeliness indicator."),
        text("period_kind", "Kind of the period."),
        date("ends_on", "Last day of the period."),
        text("case_id", "Key of the record that is open."),
        text("child_id", "The child the case belongs to; NULL if it does not belong to a child."),
    ),
)
