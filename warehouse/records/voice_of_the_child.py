"""Placeholder."""

from warehouse.columns_of_a_child import child_id
from warehouse.contract import Table, text, yes_no

TABLE = Table(
    name="records.voice_of_the_child",
    one_row_is="One questionnaire.",
    key=("voice_of_the_child_id",),
    file="ssd_voice_of_child",
    source="case_management",
    team="case system reporting",
    sourced="verified; a placeholder in the releases seen",
    columns=(
        text("voice_of_the_child_id", "Row key.", "voch_table_id", required=True),
        child_id("voch_person_id"),
        yes_no("is_worries_explained", "Told why people are worried.", "voch_explained_worries"),
        yes_no("is_story_helpful", "Whether the story helped the child's understanding.", "voch_story_help_understand"),
        yes_no("is_in_agreement_with_worker", "Agrees with what the worker says is needed.", "voch_agree_worker"),
        yes_no("is_plan_clear", "Plan is clear to everyone.", "voch_plan_safe"),
        yes_no("is_tablet_helpful", "Tablet helped to explain.", "voch_tablet_help_explain"),
    ),
)
