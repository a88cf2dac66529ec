/*
code              = "8920"
source            = "CIN census"
title             = "A child protection plan ends after the child's death"
kind              = "error"
severity          = "warning"
table             = "records.child_protection_plans"
column            = "ended_on"
first_return_year = 2023
fix               = "Correct the end of the plan or the date of death."
*/
SELECT plan.received_row
FROM records.child_protection_plans AS plan
JOIN records.children AS child ON child.child_id = plan.child_id
WHERE plan.ended_on > child.died_on
/*
# Worked example.
as_at = 2026-03-31
[[given]]
table = "records.child_protection_plans"
rows = """
received_row | plan_id | child_id | started_on | ended_on   | verdict | because
2            | P1      | A        | 2025-01-01 | 2025-05-02 | broken  | the day after
3            | P2      | B        | 2025-01-01 | 2025-05-01 | met     | on the day
4            | P3      | C        | 2025-01-01 | 2025-05-02 | met     | alive
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
