"""Placeholder, no agreed content."""

from warehouse.contract import Table, text

TABLE = Table(
    name="records.placement_costs",
    one_row_is="One placement cost.",
    key=("placement_cost_id",),
    file="ssd_s251_finance",
    source="case_management",
    team="case system reporting",
    sourced="verified; a placeholder in the releases seen",
    columns=(
        text("placement_cost_id", "Row key.", "s251_table_id", required=True),
        text("placement_id", "Placement.", "s251_cla_placement_id", refers_to="records.placements.placement_id"),
        text("placeholder_1", "Placeholder.", "s251_placeholder_1"),
        text("placeholder_2", "Placeholder.", "s251_placeholder_2"),
        text("placeholder_3", "Placeholder.", "s251_placeholder_3"),
        text("placeholder_4", "Placeholder.", "s251_placeholder_4"),
    ),
)
