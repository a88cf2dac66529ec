/*
code              = "1105"
source            = "CIN census"
title             = "A child protection plan starts before its referral"
kind              = "error"
severity          = "warning"
table             = "records.child_protection_plans"
column            = "started_on"
first_return_year = 2023
fix               = "Correct the start of the plan or the day of the referral."
*/
SELECT plan.received_row
FROM records.child_protection_plans AS plan
JOIN records.child_in_need_episodes AS referral ON referral.referral_id = plan.referral_id
WHERE plan.started_on < referral.referred_on
/*
# Worked example.
as_at = 2026-03-31
[[given]]
table = "records.child_protection_plans"
rows = """
received_row | plan_id | child_id | referral_id | started_on | verdict | because
2            | P1      | A        | R1          | 2025-05-02 | broken  | a day before
3            | P2      | B        | R2          | 2025-05-01 | met     | on the day
4            | P3      | C        |             | 2025-04-30 | met     | no referral to compare with
"""
[[given]]
table = "records.child_in_need_episodes"
rows = """
referral_id | child_id | referred_on | is_no_further_action
R1          | A        | 2025-05-03  | false
R2          | B        | 2025-05-01  | false
"""
*/
