/*
code              = "8832"
source            = "CIN census"
title             = "A child protection plan is recorded under a referral that ended in no further action"
kind              = "error"
severity          = "warning"
table             = "records.child_protection_plans"
column            = "referral_id"
first_return_year = 2023
fix               = "Correct the outcome of the referral, or move the plan to the right one."
*/
SELECT plan.received_row
FROM records.child_protection_plans AS plan
JOIN records.child_in_need_episodes AS referral ON referral.referral_id = plan.referral_id
WHERE referral.is_no_further_action
/*
# Worked example.
as_at = 2026-03-31
[[given]]
table = "records.child_protection_plans"
rows = """
received_row | plan_id | child_id | referral_id | started_on | verdict | because
2            | P1      | A        | R1          | 2025-05-20 | broken  | no further action
3            | P2      | B        | R2          | 2025-05-20 | met     | accepted
4            | P3      | C        |             | 2025-05-20 | met     | no referral to look at
"""
[[given]]
table = "records.child_in_need_episodes"
rows = """
referral_id | child_id | referred_on | is_no_further_action
R1          | A        | 2025-05-01  | true
R2          | B        | 2025-05-01  | false
"""
*/
