/*
code              = "4017"
source            = "CIN census"
title             = "A child protection plan starts while a child in need plan is open"
kind              = "error"
severity          = "warning"
table             = "records.child_protection_plans"
column            = "started_on"
first_return_year = 2023
fix               = "End the child in need plan on the day the child protection plan starts."
reading           = "Another authority's plans, which the council holds temporarily, are left out. A plan is not open on the day it ends."
*/
SELECT DISTINCT protection.received_row
FROM records.child_protection_plans AS protection
JOIN records.child_in_need_plans AS plan
  ON plan.child_id = protection.child_id AND protection.started_on >= plan.started_on
 AND (plan.ended_on IS NULL OR protection.started_on < plan.ended_on)
WHERE protection.is_other_authority IS NOT TRUE
/*
# Worked example.
as_at = 2026-03-31
[[given]]
table = "records.child_protection_plans"
rows = """
received_row | plan_id | child_id | started_on | is_other_authority | verdict | because
2            | P1      | A        | 2025-05-31 |                    | broken  | a day before the child in need plan ended
3            | P2      | B        | 2025-06-01 |                    | met     | on the day it ended
4            | P3      | C        | 2025-05-01 |                    | broken  | the child in need plan is open
5            | P5      | E        | 2025-01-01 |                    | broken  | both start on one day
6            | P4      | D        | 2025-05-01 | true               | met     | another authority's plan
"""
[[given]]
table = "records.child_in_need_plans"
rows = """
plan_id | child_id | started_on | ended_on
N1      | A        | 2025-01-01 | 2025-06-01
N2      | B        | 2025-01-01 | 2025-06-01
N3      | C        | 2025-01-01 |
N5      | E        | 2025-01-01 |
N4      | D        | 2025-01-01 |
"""
*/
