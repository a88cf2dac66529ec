"""Periods of care, built from their episodes."""

from warehouse.contract import Table, code, date, text, yes_no

TABLE = Table(
    name="records.looked_after_periods",
    one_row_is="One period of care of one child, from entry to the end of its last episode.",
    key=("child_id", "looked_after_period_id"),
    team="case system reporting",
    columns=(
        text("child_id", "The child."),
        text("looked_after_period_id", "Key of the whole period of care."),
        date("entered_on", "First day of the period of care."),
        date("ended_on", "Day the last episode ceased; NULL while an episode is open."),
        code("ceased_reason_code", "Why the last episode ceased.", "cla_episode_ceased_reason"),
        yes_no("is_short_break", "Whether legal status V3 or V4 was open on the first day: a series of short breaks."),
    ),
)
