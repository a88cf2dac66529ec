/*
code              = "2990"
source            = "CIN census"
title             = "An episode closed 'after assessment' although a plan or conference exists in it"
kind              = "error"
severity          = "warning"
table             = "records.child_in_need_episodes"
column            = "close_reason_code"
first_return_year = 2023
fix               = "Correct the reason for closure, or move the plan or conference to the right episode."
*/
SELECT referral.received_row
FROM records.child_in_need_episodes AS referral
WHERE referral.close_reason_code IN ('RC8', 'RC9')
  AND referral.referral_id IN (
    SELECT plan.referral_id FROM records.child_in_need_plans AS plan
    UNION ALL SELECT protection.referral_id FROM records.child_protection_plans AS protection
    UNION ALL SELECT conference.referral_id FROM records.initial_child_protection_conferences AS conference
  )
/*
# Worked example.
as_at = 2026-03-31
[[given]]
table = "records.child_in_need_episodes"
rows = """
received_row | referral_id | child_id | referred_on | closed_on  | close_reason_code | verdict | because
2            | R1          | A        | 2025-05-01  | 2025-06-01 | RC8               | broken  | a child in need plan
3            | R2          | B        | 2025-05-01  | 2025-06-01 | RC9               | broken  | a child protection plan
4            | R3          | C        | 2025-05-01  | 2025-06-01 | RC8               | broken  | a conference
5            | R4          | D        | 2025-05-01  | 2025-06-01 | RC7               | met     | closed for another reason
6            | R5          | E        | 2025-05-01  | 2025-06-01 | RC8               | met     | no plan and no conference
"""
[[given]]
table = "records.child_in_need_plans"
rows = """
plan_id | child_id | referral_id | started_on
N1      | A        | R1          | 2025-05-20
N2      | D        | R4          | 2025-05-20
"""
[[given]]
table = "records.child_protection_plans"
rows = """
plan_id | child_id | referral_id | started_on
P1      | B        | R2          | 2025-05-20
"""
[[given]]
table = "records.initial_child_protection_conferences"
rows = """
conference_id | child_id | referral_id | held_on
C1            | C        | R3          | 2025-05-20
"""
*/
