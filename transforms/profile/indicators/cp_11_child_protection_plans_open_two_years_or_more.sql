/*
code        = "CP11"
title       = "Child protection plans open two years or more"
family      = "cp"
denominator = "the council's own plans open at the date"
numerator   = "plans that had run for more than 729 days"
unit        = "percent"
good_is     = "low"
periods     = ["snapshot"]
history     = "recomputed"
source      = "LAIT 264"
sourced     = "verified"
reading     = "Two years or more means more than 729 days from the day the plan began to the date: 730 counts, 729 does not. A plan that ended on the date is not open. Temporary plans of another authority are left out. LAIT's dictionary gives the denominator as plans during the year, its title as plans at 31 March: we follow the title."
small_numbers = "S1"
*/
SELECT period.period_id, plan.plan_id AS case_id, plan.child_id,
       period.ends_on - plan.started_on > 729 AS counts
FROM records.child_protection_plans AS plan
JOIN profile.periods AS period
  ON plan.started_on <= period.ends_on
 AND (plan.ended_on IS NULL OR plan.ended_on > period.ends_on)
WHERE plan.is_other_authority IS NOT TRUE
/*
# Worked example.
as_at = 2026-02-28
period_kind = "snapshot"
numerator = 3
denominator = 5
[[given]]
table = "records.child_protection_plans"
rows = """
plan_id | child_id | started_on | ended_on   | is_other_authority | verdict        | because
P1      | A        | 2024-02-29 |            | false              | counts         | 730 days from a leap day
P2      | B        | 2024-03-01 |            | false              | does not count | 729 days
P3      | C        | 2020-01-10 | 2026-02-28 | false              | left out       | ended on the date
P4      | D        | 2020-01-10 | 2026-03-01 |                    | counts         | ends tomorrow; not recorded whose plan it is: counted as own
P5      | E        | 2020-01-10 |            | true               | left out       | plan of another authority
P6      | F        | 2026-02-28 |            | false              | does not count | began on the date
P7      | G        | 2026-03-01 |            | false              | left out       | the start is in the future
P8      | A        | 2021-05-01 |            | false              | counts         | a second open plan of the child, a fault: it counts too
"""
*/
