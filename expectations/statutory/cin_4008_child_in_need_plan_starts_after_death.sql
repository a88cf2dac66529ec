/*
code              = "4008"
source            = "CIN census"
title             = "A child in need plan starts after the child's death"
kind              = "error"
severity          = "warning"
table             = "records.child_in_need_plans"
column            = "started_on"
first_return_year = 2023
fix               = "Correct the start of the plan or the date of death."
*/
SELECT plan.received_row
FROM records.child_in_need_plans AS plan
JOIN records.children AS child ON child.child_id = plan.child_id
WHERE plan.started_on > child.died_on
/*
# Worked example.
as_at = 2026-03-31
[[given]]
table = "records.child_in_need_plans"
rows = """
received_row | plan_id | child_id | started_on | ended_on | verdict | because
2            | N1      | A        | 2025-05-02 |          | broken  | the day after
3            | N2      | B        | 2025-05-01 |          | met     | on the day
4            | N3      | C        | 2025-05-02 |          | met     | alive
"""
[[given]]
table = "records.children"
rows = """
child_id | died_on
A        | 2025-05-01
B        | 2025-05-01
C        |
"""
*/
