/*
code              = "8842Q"
source            = "CIN census"
title             = "A child protection review has no date although it was due"
kind              = "query"
severity          = "info"
table             = "records.child_protection_reviews"
column            = "held_on"
first_return_year = 2023
fix               = "Record when the review was held, or that it was not."
reading           = "The extract also holds future reviews: a blank date is reported only if the review was due before the extract's as-at date and its plan had not ended by then."
*/
SELECT review.received_row
FROM records.child_protection_reviews AS review
LEFT JOIN records.child_protection_plans AS plan ON plan.plan_id = review.plan_id
WHERE review.held_on IS NULL
  AND (review.due_on IS NULL OR review.due_on < (SELECT run.as_at FROM quality.run AS run))
  AND (plan.ended_on IS NULL OR review.due_on <= plan.ended_on)
/*
# Worked example.
as_at = 2026-03-31
[[given]]
table = "records.child_protection_reviews"
rows = """
received_row | review_id | child_id | plan_id | due_on     | held_on    | verdict | because
2            | V1        | A        | P1      | 2026-03-30 |            | broken  | was due yesterday
3            | V2        | A        | P1      | 2026-03-31 |            | met     | due today
4            | V3        | A        | P1      |            |            | broken  | neither held nor due
5            | V4        | A        | P1      | 2025-08-20 | 2025-08-20 | met     | held
6            | V6        | B        | P2      | 2025-10-01 |            | broken  | due on the day the plan ended
7            | V5        | B        | P2      | 2025-12-01 |            | met     | the plan ended before it was due
"""
[[given]]
table = "records.child_protection_plans"
rows = """
plan_id | child_id | started_on | ended_on
P1      | A        | 2025-05-20 |
P2      | B        | 2025-05-20 | 2025-10-01
"""
*/
