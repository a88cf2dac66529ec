/*
code              = "8840"
source            = "CIN census"
title             = "A child protection plan starts and ends on one day"
kind              = "error"
severity          = "warning"
table             = "records.child_protection_plans"
column            = "ended_on"
first_return_year = 2023
fix               = "Correct the dates, or remove the plan if there was none."
*/
SELECT plan.received_row
FROM records.child_protection_plans AS plan
WHERE plan.ended_on = plan.started_on
/*
# Worked example.
as_at = 2026-03-31
[[given]]
table = "records.child_protection_plans"
rows = """
received_row | plan_id | child_id | started_on | ended_on   | verdict | because
2            | P1      | A        | 2025-05-20 | 2025-05-20 | broken  | one day
3            | P2      | B        | 2025-05-20 | 2025-05-21 | met     | two days
4            | P3      | C        | 2025-05-20 |            | met     | open
"""
*/
