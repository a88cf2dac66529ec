/*
code              = "8940"
source            = "CIN census"
title             = "A child's child protection plans overlap"
kind              = "error"
severity          = "warning"
table             = "records.child_protection_plans"
column            = "started_on"
first_return_year = 2023
fix               = "Correct the dates, or remove the duplicate record of the plan."
reading           = "Another authority's plans, which the council holds temporarily, are left out. The later of the two is listed. A plan that starts on the day another ends does not overlap with it."
*/
SELECT plan.received_row
FROM records.child_protection_plans AS plan
WHERE plan.is_other_authority IS NOT TRUE
QUALIFY plan.started_on < max(coalesce(plan.ended_on, DATE 'infinity')) OVER (
  PARTITION BY plan.child_id ORDER BY plan.started_on, plan.plan_id ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
)
/*
# Worked example.
as_at = 2026-03-31
[[given]]
table = "records.child_protection_plans"
rows = """
received_row | plan_id | child_id | started_on | ended_on   | is_other_authority | verdict | because
2            | P1      | A        | 2025-01-01 | 2025-09-01 |                    | met     | the first
3            | P2      | A        | 2025-02-01 | 2025-03-01 |                    | broken  | within P1
4            | P3      | A        | 2025-08-31 | 2025-12-01 |                    | broken  | a day before P1 ended, after P2 ended
5            | P4      | A        | 2025-12-01 |            |                    | met     | on the day P3 ended
6            | P5      | A        | 2026-02-01 |            |                    | broken  | P4 is open
7            | P6      | B        | 2025-01-01 |            | true               | met     | another authority's plan
8            | P7      | B        | 2025-02-01 |            |                    | met     | the only one of ours
"""
*/
