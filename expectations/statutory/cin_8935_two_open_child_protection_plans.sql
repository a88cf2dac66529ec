/*
code              = "8935"
source            = "CIN census"
title             = "A child has two or more open child protection plans"
kind              = "error"
severity          = "warning"
table             = "records.child_protection_plans"
column            = "ended_on"
first_return_year = 2023
fix               = "End the plan that was replaced, or remove the duplicate record of the plan."
reading           = "Another authority's plans, which the council holds temporarily, are left out."
*/
SELECT plan.received_row
FROM records.child_protection_plans AS plan
WHERE plan.ended_on IS NULL AND plan.is_other_authority IS NOT TRUE
QUALIFY count(*) OVER (PARTITION BY plan.child_id) > 1
/*
# Worked example.
as_at = 2026-03-31
[[given]]
table = "records.child_protection_plans"
rows = """
received_row | plan_id | child_id | started_on | ended_on   | is_other_authority | verdict | because
2            | P1      | A        | 2025-01-01 |            |                    | broken  | open at the same time as P2
3            | P2      | A        | 2025-05-01 |            |                    | broken  | open at the same time as P1
4            | P3      | B        | 2025-01-01 | 2025-02-01 |                    | met     | ended
5            | P4      | B        | 2025-05-01 |            |                    | met     | the only open one
6            | P5      | C        | 2025-01-01 |            | true               | met     | another authority's plan
7            | P6      | C        | 2025-05-01 |            |                    | met     | the only one of ours
"""
*/
