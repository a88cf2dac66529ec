"""Extra CMS table, one row per child per discussion."""

from warehouse.columns_of_a_child import child_id
from warehouse.contract import Table, code, date, text, yes_no

TABLE = Table(
    name="records.strategy_discussions",
    one_row_is="One child per strategy discussion.",
    key=("discussion_id",),
    file="strategy_discussion",
    source="case_management",
    team="case system reporting",
    sourced="proposed; basis: gap in SSD",
    columns=(
        text("discussion_id", "Reference of the discussion.", "discussion_id", required=True),
        child_id("child_id", "Reference of the child."),
        text("referral_id", "Reference of the referral.", "referral_id", required=True, refers_to="records.child_in_need_episodes.referral_id"),
        text("enquiry_id", "Enquiry that followed; blank if none.", "s47_enquiry_id", refers_to="records.section_47_enquiries.enquiry_id"),
        date("needed_on", "Date of the decision to hold it.", "date_needed"),
        date("held_on", "Date held.", "date_held"),
        yes_no("is_police_present", "Whether the police attended.", "police_present", required=True),
        yes_no("is_health_present", "Whether health attended.", "health_present", required=True),
        text("chair_id", "Reference of the chair.", "chair_id"),
        code("outcome_code", "Outcome.", "strategy_outcome", "outcome", required=True),
        yes_no("is_minutes_recorded", "Whether minutes were recorded.", "minutes_recorded"),
    ),
)
