"""Review child protection conferences."""

from warehouse.columns_of_a_child import child_id
from warehouse.contract import Table, also, code, date, text, yes_no

TABLE = Table(
    name="records.child_protection_reviews",
    one_row_is="One review conference per child.",
    key=("review_id",),
    file="ssd_cp_reviews",
    source="case_management",
    needed=True,
    team="case system reporting",
    columns=(
        text("review_id", "Review key.", "cppr_cp_review_id", required=True),
        child_id("cppr_person_id", also=(also("person_id", "the SSD script of Mosaic, v1.4.5"),)),
        text("plan_id", "Plan reviewed.", "cppr_cp_plan_id", refers_to="records.child_protection_plans.plan_id"),
        date("due_on", "Day it was due by.", "cppr_cp_review_due", also=(also("due_date", "the SSD script of Mosaic, v1.4.5"),), may_lie_ahead=True),
        date("held_on", "Day it was held; blank if not yet.", "cppr_cp_review_date", also=(also("actual_date", "the SSD script of Mosaic, v1.4.5"),)),
        text("meeting_id", "Meeting key.", "cppr_cp_review_meeting_id"),
        yes_no("is_plan_continued", "Whether the plan continues.", "cppr_cp_review_outcome_continue_cp"),
        yes_no("is_quorate", "Whether the meeting was quorate.", "cppr_cp_review_quorate", also=(also("quorate", "the SSD script of Mosaic, v1.4.5"),)),
        code("participation_code", "How the child took part (placeholder in releases seen).", "review_participation", "cppr_cp_review_participation", also=(also("review_participation", "the SSD script of Mosaic, v1.4.5"),)),
    ),
)
