"""Adoption/SGO milestones."""

from warehouse.columns_of_a_child import child_id
from warehouse.contract import Table, code, date, text, whole_number, yes_no

TABLE = Table(
    name="records.permanence",
    one_row_is="One permanence journey.",
    key=("permanence_id",),
    file="ssd_permanence",
    source="case_management",
    team="case system reporting",
    columns=(
        text("permanence_id", "Surrogate row key.", "perm_table_id", required=True),
        child_id("perm_person_id"),
        text("looked_after_period_id", "Period of care.", "perm_cla_id", refers_to="records.looked_after_episodes.looked_after_period_id"),
        date("agency_decision_on", "Agency decision-maker decision (should be placed for adoption).", "perm_adm_decision_date"),
        date("foster_to_adopt_decision_on", "Decision to place under fostering for adoption / concurrent planning.", "perm_ffa_cp_decision_date"),
        date("placement_order_on", "Placement (or freeing) order granted.", "perm_placement_order_date"),
        date("placed_for_adoption_on", "Moved in with, or re-designated to, the adopters.", "perm_placed_for_adoption_date"),
        date("matched_on", "Match decided.", "perm_matched_date"),
        yes_no("is_adopted_by_carer", "Adopted by former carer.", "perm_adopted_by_carer_flag"),
        date("placed_foster_to_adopt_on", "Placed with FFA/concurrent carers.", "perm_placed_ffa_cp_date"),
        date("decision_reversed_on", "Decision that adoption is no longer the plan.", "perm_decision_reversed_date"),
        date("placed_with_foster_carer_on", "Date first placed with the foster carers who later adopt (used for A10).", "perm_placed_foster_carer_date"),
        code("sibling_group_code", "In a sibling group.", "one_zero", "perm_part_of_sibling_group"),
        whole_number("siblings_placed_together_count", "Siblings placed together, counting this child.", "perm_siblings_placed_together"),
        whole_number("siblings_placed_apart_count", "Siblings placed apart.", "perm_siblings_placed_apart"),
        text("placement_provider_urn", "Agency URN.", "perm_placement_provider_urn"),
        code("decision_reversed_reason_code", "Why reversed.", "adoption_reversed_reason", "perm_decision_reversed_reason"),
        date("permanence_order_on", "Order granted.", "perm_permanence_order_date"),
        code("permanence_order_type_code", "Kind of order.", "permanence_order_type", "perm_permanence_order_type"),
        text("worker_id", "Adoption social worker.", "perm_adoption_worker_id", refers_to="records.professionals.professional_id"),
        code("adopter_sex_code", "Sex of adopter(s).", "adopter_sex", "perm_adopter_sex"),
        code("adopter_legal_status_code", "Legal status of adopter(s).", "adopter_legal_status", "perm_adopter_legal_status"),
        text("adopter_count", "Number of adopters: 1 or 2.", "perm_number_of_adopters"),
    ),
)
