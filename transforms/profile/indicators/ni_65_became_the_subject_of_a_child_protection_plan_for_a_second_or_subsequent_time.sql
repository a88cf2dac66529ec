/*
code        = "NI65"
title       = "Became the subject of a child protection plan for a second or subsequent time"
family      = "ni"
denominator = "the council's own plans that started in the period"
numerator   = "plans of a child who had an earlier plan of the council, however long ago"
unit        = "percent"
good_is     = "low"
periods     = ["rolling_12_months", "financial_year"]
history     = "recomputed"
source      = "ESD 100; LAIT 15"
sourced     = "verified"
reading     = "A second or subsequent plan is one whose child has a plan with an earlier start; two plans that start on the same day do not count as a second. Each start counts, so a child may count twice. Plans of another authority are left out of the numerator, the denominator and the history, so what happened before a child moved in is not known."
threshold   = "10 to 15 per cent was good in the 2006/07 bands (ESD 100; LAIT 15)"
small_numbers = "S1"
*/
WITH plan AS (
  SELECT plan_id, child_id, started_on,
         min(started_on) OVER (PARTITION BY child_id) < started_on AS is_second_or_later
  FROM records.child_protection_plans
  WHERE is_other_authority IS NOT TRUE
)
SELECT period.period_id, plan.plan_id AS case_id, plan.child_id, plan.is_second_or_later AS counts
FROM plan
JOIN profile.periods AS period ON plan.started_on BETWEEN period.starts_on AND period.ends_on
/*
# Worked example.
as_at = 2026-03-31
period_kind = "rolling_12_months"
numerator = 4
denominator = 9
[[given]]
table = "records.child_protection_plans"
rows = """
plan_id | child_id | started_on | ended_on   | is_other_authority | verdict        | because
P1      | A        | 2012-05-01 | 2012-11-01 | false              | left out       | started before the period
P2      | A        | 2025-04-01 |            | false              | counts         | second plan, thirteen years later, on the first day of the period
P3      | B        | 2026-03-31 |            | false              | does not count | first plan, on the as-at date
P4      | C        | 2023-02-01 | 2023-09-01 | true               | left out       | plan of another authority
P5      | C        | 2025-07-01 |            | false              | does not count | the earlier plan was another authority's
P6      | D        | 2025-08-01 |            | false              | does not count | two plans on the same day, neither is the second
P7      | D        | 2025-08-01 |            | false              | does not count | two plans on the same day, neither is the second
P8      | E        | 2025-05-01 | 2025-06-01 | false              | does not count | first of three
P9      | E        | 2025-06-01 | 2025-09-01 | false              | counts         | second of three, from the day the first ended
P10     | E        | 2025-10-01 |            |                    | counts         | third of three; not recorded whose plan it is: counted as own
P11     | F        | 2025-03-31 |            | false              | left out       | started the day before the period
P12     | F        | 2025-04-10 |            | false              | counts         | the earlier plan is still open: a fault, but it counts
P13     | G        | 2026-04-01 |            | false              | left out       | the start is in the future
"""
*/
