/*
code              = "4011"
source            = "CIN census"
title             = "A child in need plan ends before it starts"
kind              = "error"
severity          = "warning"
table             = "records.child_in_need_plans"
column            = "ended_on"
first_return_year = 2023
fix               = "Correct the plan's start or end."
*/
SELECT plan.received_row
FROM records.child_in_need_plans AS plan
WHERE plan.ended_on < plan.started_on
/*
# Worked example.
as_at = 2026-03-31
[[given]]
table = "records.child_in_need_plans"
rows = """
received_row | plan_id | child_id | started_on | ended_on   | verdict | because
2            | N1      | A        | 2025-05-01 | 2025-04-30 | broken  | a day before
3            | N2      | B        | 2025-05-01 | 2025-05-01 | met     | on the day
4            | N3      | C        | 2025-05-01 |            | met     | open
"""
*/
