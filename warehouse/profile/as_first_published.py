"""Values as first published, read from the ledger."""

from warehouse.contract import Table, date, moment, number, text, whole_number

TABLE = Table(
    name="profile.as_first_published",
    one_row_is="One figure as first published.",
    key=(
        "indicator_code",
        "period_kind",
        "ends_on",
    ),
    columns=(
        text("indicator_code", "The indicator."),
        text("period_kind", "Kind of the period."),
        date("ends_on", "Last day of the period."),
        number("numerator", "Numerator as first published."),
        number("denominator", "Denominator as first published."),
        number("value", "Value as first published."),
        moment("published_at", "When it was published, UTC."),
        whole_number("ledger_sequence", "The ledger entry that published it."),
    ),
)
