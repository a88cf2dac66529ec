/*
code              = "4001"
source            = "CIN census"
title             = "A child in need plan is open while a child protection plan is open"
kind              = "error"
severity          = "warning"
table             = "records.child_in_need_plans"
column            = "ended_on"
first_return_year = 2023
fix               = "End the plan that was replaced."
reading           = "Another authority's plans, which the council holds temporarily, are left out."
*/
SELECT plan.received_row
FROM records.child_in_need_plans AS plan
WHERE plan.ended_on IS NULL
  AND plan.child_id IN (
    SELECT protection.child_id FROM records.child_protection_plans AS protection
    WHERE protection.ended_on IS NULL AND protection.is_other_authority IS NOT TRUE
  )
/*
# Worked example.
as_at = 2026-03-31
[[given]]
table = "records.child_in_need_plans"
rows = """
received_row | plan_id | child_id | started_on | ended_on   | verdict | because
2            | N1      | A        | 2025-05-20 |            | broken  | both open
3            | N2      | B        | 2025-05-20 | 2025-09-01 | met     | ended
4            | N3      | C        | 2025-05-20 |            | met     | the child protection plan ended
5            | N4      | D        | 2025-05-20 |            | met     | the child protection plan is another authority's
"""
[[given]]
table = "records.child_protection_plans"
rows = """
plan_id | child_id | started_on | ended_on   | is_other_authority
P1      | A        | 2025-09-01 |            |
P2      | B        | 2025-09-01 |            |
P3      | C        | 2024-09-01 | 2025-05-19 |
P4      | D        | 2025-09-01 |            | true
"""
*/
