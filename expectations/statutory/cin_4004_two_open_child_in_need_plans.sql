/*
code              = "4004"
source            = "CIN census"
title             = "A child has two or more open child in need plans"
kind              = "error"
severity          = "warning"
table             = "records.child_in_need_plans"
column            = "ended_on"
first_return_year = 2023
fix               = "End the plan that was replaced."
*/
SELECT plan.received_row
FROM records.child_in_need_plans AS plan
WHERE plan.ended_on IS NULL
QUALIFY count(*) OVER (PARTITION BY plan.child_id) > 1
/*
# Worked example.
as_at = 2026-03-31
[[given]]
table = "records.child_in_need_plans"
rows = """
received_row | plan_id | child_id | started_on | ended_on   | verdict | because
2            | N1      | A        | 2025-01-01 |            | broken  | open at the same time as N2
3            | N2      | A        | 2025-05-01 |            | broken  | open at the same time as N1
4            | N3      | B        | 2025-01-01 | 2025-02-01 | met     | ended
5            | N4      | B        | 2025-05-01 |            | met     | the only open one
"""
*/
