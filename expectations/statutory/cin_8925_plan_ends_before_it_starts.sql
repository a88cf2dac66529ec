/*
code              = "8925"
source            = "CIN census"
title             = "A child protection plan ends before it starts"
kind              = "error"
severity          = "warning"
table             = "records.child_protection_plans"
column            = "ended_on"
first_return_year = 2023
fix               = "Correct the plan's start or end."
*/
SELECT plan.received_row
FROM records.child_protection_plans AS plan
WHERE plan.ended_on < plan.started_on
/*
# Worked example.
as_at = 2026-03-31
[[given]]
table = "records.child_protection_plans"
rows = """
received_row | plan_id | child_id | started_on | ended_on   | verdict | because
2            | P1      | A        | 2025-05-20 | 2025-05-19 | broken  | a day before
3            | P2      | B        | 2025-05-20 | 2025-05-20 | met     | on the day: another rule reports it
4            | P3      | C        | 2025-05-20 |            | met     | open
"""
*/
