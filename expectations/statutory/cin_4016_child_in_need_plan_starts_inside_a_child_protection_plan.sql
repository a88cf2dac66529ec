/*
code              = "4016"
source            = "CIN census"
title             = "A child in need plan starts while a child protection plan is open"
kind              = "error"
severity          = "warning"
table             = "records.child_in_need_plans"
column            = "started_on"
first_return_year = 2023
fix               = "Correct the dates: a child has one plan or the other, not both."
reading           = "Another authority's plans, which the council holds temporarily, are left out. A plan is not open on the day it ends."
*/
SELECT DISTINCT plan.received_row
FROM records.child_in_need_plans AS plan
JOIN records.child_protection_plans AS protection
  ON protection.child_id = plan.child_id AND plan.started_on >= protection.started_on
 AND (protection.ended_on IS NULL OR plan.started_on < protection.ended_on)
WHERE protection.is_other_authority IS NOT TRUE
/*
# Worked example.
as_at = 2026-03-31
[[given]]
table = "records.child_in_need_plans"
rows = """
received_row | plan_id | child_id | started_on | ended_on   | verdict | because
2            | N1      | A        | 2025-05-31 |            | broken  | a day before the child protection plan ended
3            | N2      | A        | 2025-06-01 |            | met     | stepped down on the day it ended
4            | N3      | A        | 2024-12-31 | 2025-01-01 | met     | started before it
5            | N4      | B        | 2025-05-01 |            | broken  | the child protection plan is open
6            | N6      | D        | 2025-01-01 |            | broken  | both start on one day
7            | N5      | C        | 2025-05-01 |            | met     | another authority's plan
"""
[[given]]
table = "records.child_protection_plans"
rows = """
plan_id | child_id | started_on | ended_on   | is_other_authority
P1      | A        | 2025-01-01 | 2025-06-01 |
P2      | B        | 2025-01-01 |            |
P3      | C        | 2025-01-01 |            | true
P4      | D        | 2025-01-01 |            |
"""
*/
