/*
code              = "4003"
source            = "CIN census"
title             = "A child protection review was held while a child in need plan was open"
kind              = "error"
severity          = "warning"
table             = "records.child_protection_reviews"
column            = "held_on"
first_return_year = 2023
fix               = "Correct the dates of the review or of the child in need plan."
*/
SELECT DISTINCT review.received_row
FROM records.child_protection_reviews AS review
JOIN records.child_in_need_plans AS plan
  ON plan.child_id = review.child_id AND review.held_on >= plan.started_on
 AND (plan.ended_on IS NULL OR review.held_on < plan.ended_on)
LEFT JOIN records.child_protection_plans AS protection ON protection.plan_id = review.plan_id
WHERE review.held_on IS DISTINCT FROM protection.ended_on
/*
# Worked example.
as_at = 2026-03-31
[[given]]
table = "records.child_protection_reviews"
rows = """
received_row | review_id | child_id | plan_id | held_on    | verdict | because
2            | V1        | A        | P1      | 2025-06-10 | broken  | within the plan that ran from 1 June to 30 June
3            | V2        | A        | P1      | 2025-05-31 | met     | the day before it started
4            | V3        | A        | P1      | 2025-06-30 | met     | the day it ended
5            | V4        | B        | P2      | 2025-06-01 | met     | the review ended the child protection plan that day, and the child in need plan began
6            | V5        | C        | P3      | 2025-09-01 | broken  | the child in need plan is open
7            | V7        | C        | P3      | 2025-06-01 | broken  | on the day it started
8            | V6        | D        | P4      |            | met     | not yet held
"""
[[given]]
table = "records.child_in_need_plans"
rows = """
plan_id | child_id | started_on | ended_on
N1      | A        | 2025-06-01 | 2025-06-30
N2      | B        | 2025-06-01 |
N3      | C        | 2025-06-01 |
N4      | D        | 2025-06-01 |
"""
[[given]]
table = "records.child_protection_plans"
rows = """
plan_id | child_id | started_on | ended_on   | is_other_authority
P1      | A        | 2025-01-10 |            |
P2      | B        | 2025-01-10 | 2025-06-01 |
P3      | C        | 2025-01-10 |            |
P4      | D        | 2025-01-10 |            |
"""
*/
