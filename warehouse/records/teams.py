"""Team hierarchy."""

from warehouse.contract import Table, text

TABLE = Table(
    name="records.teams",
    one_row_is="One team.",
    key=("team_id",),
    file="ssd_department",
    source="case_management",
    team="case system reporting",
    columns=(
        text("team_id", "Team key.", "dept_team_id", required=True),
        text("team_name", "Team name.", "dept_team_name"),
        text("parent_team_id", "Parent team.", "dept_team_parent_id", refers_to="records.teams.team_id"),
        text("parent_team_name", "Parent team name.", "dept_team_parent_name"),
    ),
)
