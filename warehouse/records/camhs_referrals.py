"""CAMHS referrals and waits, one row per referral."""

from warehouse.columns_of_a_child import matched_child_id, nhs_number_for_matching
from warehouse.contract import Table, code, date, text, whole_number, yes_no

TABLE = Table(
    name="records.camhs_referrals",
    one_row_is="One referral.",
    key=("referral_id",),
    file="nhs_camhs",
    source="health",
    keeps_unknown_columns=False,
    team="health partner",
    sourced="proposed; basis: seed 002; MHSDS item names not confirmed (unverified)",
    columns=(
        text("referral_id", "Reference of the referral.", "referral_id", required=True),
        nhs_number_for_matching(),
        text("local_child_id", "The child's local id.", "local_child_id", identifies=True),
        date("received_on", "Date the waiting time starts.", "date_received", required=True, event_date=True),
        code("referrer_code", "Referrer.", "camhs_referrer", "referrer", required=True),
        code("urgency_code", "Urgency.", "camhs_urgency", "urgency", required=True),
        code("presenting_need_code", "Presenting need, in broad terms.", "camhs_need", "presenting_need"),
        code("decision_code", "Decision.", "camhs_decision", "decision", required=True),
        date("decided_on", "Decision date.", "date_decision"),
        date("first_contact_on", "First contact date.", "date_first_contact"),
        date("second_contact_on", "Date of the second contact, a proxy for treatment.", "date_second_contact"),
        whole_number("not_brought_count", "Number of times not brought.", "dna_count"),
        yes_no("is_looked_after", "Whether the child is looked after, as recorded by the trust; compare with the CMS.", "looked_after_flag"),
        code("pathway_code", "Pathway.", "camhs_pathway", "pathway"),
        whole_number("specification_limit_weeks", "Limit in the contract for this pathway and urgency.", "spec_limit_weeks", required=True),
        date("discharged_on", "Discharge date.", "date_discharged"),
        code("discharge_reason_code", "Discharge reason.", "camhs_discharge", "discharge_reason"),
        matched_child_id(),
    ),
)
