/*
code              = "8841"
source            = "CIN census"
title             = "A child protection review is dated on or before the day its plan starts"
kind              = "error"
severity          = "warning"
table             = "records.child_protection_reviews"
column            = "held_on"
first_return_year = 2023
fix               = "Correct the day of the review or the start of the plan."
*/
SELECT review.received_row
FROM records.child_protection_reviews AS review
JOIN records.child_protection_plans AS plan ON plan.plan_id = review.plan_id
WHERE review.held_on <= plan.started_on
/*
# Worked example.
as_at = 2026-03-31
[[given]]
table = "records.child_protection_reviews"
rows = """
received_row | review_id | child_id | plan_id | held_on    | verdict | because
2            | V1        | A        | P1      | 2025-05-20 | broken  | on the day the plan starts
3            | V2        | A        | P1      | 2025-05-21 | met     | the day after
4            | V3        | A        | P1      |            | met     | not yet held
"""
[[given]]
table = "records.child_protection_plans"
rows = """
plan_id | child_id | started_on
P1      | A        | 2025-05-20
"""
*/
