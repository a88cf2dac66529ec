"""Statutory reviews chaired by an IRO."""

from warehouse.contract import Table, code, date, text, yes_no

TABLE = Table(
    name="records.looked_after_reviews",
    one_row_is="One looked-after review.",
    key=("review_id",),
    file="ssd_cla_reviews",
    source="case_management",
    team="case system reporting",
    columns=(
        text("review_id", "Review key.", "clar_cla_review_id", required=True),
        text("looked_after_period_id", "Period of care.", "clar_cla_id", required=True, refers_to="records.looked_after_episodes.looked_after_period_id", about=True),
        date("due_on", "Day it was due by.", "clar_cla_review_due_date", may_lie_ahead=True),
        date("held_on", "Day it was held.", "clar_cla_review_date"),
        yes_no("is_cancelled", "Whether it was cancelled.", "clar_cla_review_cancelled"),
        code("participation_code", "How the child took part.", "review_participation", "clar_cla_review_participation"),
    ),
)
