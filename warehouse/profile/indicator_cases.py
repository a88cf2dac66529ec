"""The cases in each current figure, and whether they count."""

from warehouse.contract import Table, date, number, text, yes_no

TABLE = Table(
    name="profile.indicator_cases",
    one_row_is="One case of one indicator in one current period.",
    columns=(
        text("indicator_code", "The indicator."),
        text("period_kind", "Kind of the period."),
        date("ends_on", "Last day of the period."),
        text("case_id", "Key of the record counted: plan, referral, child ..."),
        text("child_id", "The child the case belongs to; NULL if it does not belong to a child."),
        yes_no("counts", "Whether the case is in the numerator."),
        number("numerator_part", "What the case adds to the numerator."),
        number("denominator_part", "What the case adds to the denominator."),
        text("breakdown", "The group the case is in, if the indicator is broken down; otherwise NULL."),
    ),
)
