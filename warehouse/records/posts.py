"""Posts and vacancies."""

from warehouse.contract import Table, date, number, text, yes_no

TABLE = Table(
    name="records.posts",
    one_row_is="One post.",
    key=("post_id",),
    file="hr_posts",
    source="council",
    handling="restricted",
    keeps_unknown_columns=False,
    team="human resources",
    sourced="proposed",
    columns=(
        text("post_id", "Reference of the post.", "post_id", required=True),
        text("team_id", "Reference of the team.", "team_id"),
        number("full_time_equivalent", "Full-time equivalent.", "fte", required=True),
        yes_no("is_vacant", "Whether the post is vacant.", "vacant", required=True),
        yes_no("is_agency_covering", "Whether agency staff cover the post.", "agency_covering"),
        date("vacant_since_on", "Date since when the post is vacant.", "vacant_since"),
    ),
)
