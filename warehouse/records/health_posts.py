"""Designated and named posts."""

from warehouse.contract import Table, code, date, number, text, yes_no

TABLE = Table(
    name="records.health_posts",
    one_row_is="One post.",
    key=("post_code",),
    file="nhs_posts",
    source="health",
    keeps_unknown_columns=False,
    team="health partner",
    sourced="proposed; basis: seed 002 C20",
    columns=(
        code("post_code", "Post.", "nhs_post", "post", required=True),
        text("holder_ref", "Who holds the post.", "holder_ref"),
        date("started_on", "Start date.", "start_date"),
        number("full_time_equivalent", "Whole-time equivalent.", "wte"),
        yes_no("is_vacant", "Whether the post is vacant.", "vacant", required=True),
    ),
)
