/*
code              = "4012Q"
source            = "CIN census"
title             = "A child in need plan starts and ends on one day"
kind              = "query"
severity          = "info"
table             = "records.child_in_need_plans"
column            = "ended_on"
first_return_year = 2023
fix               = "Check that there was a plan."
*/
SELECT plan.received_row
FROM records.child_in_need_plans AS plan
WHERE plan.ended_on = plan.started_on
/*
# Worked example.
as_at = 2026-03-31
[[given]]
table = "records.child_in_need_plans"
rows = """
received_row | plan_id | child_id | started_on | ended_on   | verdict | because
2            | N1      | A        | 2025-05-01 | 2025-05-01 | broken  | one day
3            | N2      | B        | 2025-05-01 | 2025-05-02 | met     | two days
4            | N3      | C        | 2025-05-01 |            | met     | open
"""
*/
