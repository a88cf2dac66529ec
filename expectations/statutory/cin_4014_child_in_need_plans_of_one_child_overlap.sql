/*
code              = "4014"
source            = "CIN census"
title             = "A child's child in need plans overlap"
kind              = "error"
severity          = "warning"
table             = "records.child_in_need_plans"
column            = "started_on"
first_return_year = 2023
fix               = "Correct the dates, or remove the duplicate record of the plan."
reading           = "The later of the two is listed. A plan that starts on the day another ends does not overlap with it."
*/
SELECT plan.received_row
FROM records.child_in_need_plans AS plan
QUALIFY plan.started_on < max(coalesce(plan.ended_on, DATE 'infinity')) OVER (
  PARTITION BY plan.child_id ORDER BY plan.started_on, plan.plan_id ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
)
/*
# Worked example.
as_at = 2026-03-31
[[given]]
table = "records.child_in_need_plans"
rows = """
received_row | plan_id | child_id | started_on | ended_on   | verdict | because
2            | N1      | A        | 2025-01-01 | 2025-09-01 | met     | the first
3            | N2      | A        | 2025-02-01 | 2025-03-01 | broken  | within N1
4            | N3      | A        | 2025-08-31 | 2025-12-01 | broken  | a day before N1 ended, after N2 ended
5            | N4      | A        | 2025-12-01 |            | met     | on the day N3 ended
6            | N5      | A        | 2026-02-01 |            | broken  | N4 is open
7            | N6      | B        | 2025-02-01 |            | met     | another child
"""
*/
