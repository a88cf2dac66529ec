/*
code        = "NI64"
title       = "Child protection plans lasting two years or more"
family      = "ni"
denominator = "the council's own plans that ended in the period"
numerator   = "plans that had run for more than 729 days"
unit        = "percent"
good_is     = "low"
periods     = ["rolling_12_months", "financial_year"]
history     = "recomputed"
source      = "LAIT 98"
sourced     = "verified"
reading     = "Two years or more means more than 729 days from the day the plan began to the day it ended: 730 counts, 729 does not. A child may count twice. Temporary plans of another authority are left out."
small_numbers = "S1"
*/
SELECT period.period_id, plan.plan_id AS case_id, plan.child_id,
       plan.ended_on - plan.started_on > 729 AS counts
FROM records.child_protection_plans AS plan
JOIN profile.periods AS period ON plan.ended_on BETWEEN period.starts_on AND period.ends_on
WHERE plan.is_other_authority IS NOT TRUE
/*
# Worked example.
as_at = 2026-03-31
period_kind = "rolling_12_months"
numerator = 3
denominator = 5
[[given]]
table = "records.child_protection_plans"
rows = """
plan_id | child_id | started_on | ended_on   | is_other_authority | verdict        | because
P1      | A        | 2023-04-02 | 2025-04-01 | false              | counts         | 730 days, ended on the first day of the period
P2      | B        | 2024-04-01 | 2026-03-31 | false              | does not count | 729 days, ended on the as-at date
P3      | C        | 2020-04-01 | 2025-06-30 | true               | left out       | plan of another authority
P4      | D        | 2022-01-01 | 2025-03-31 | false              | left out       | ended the day before the period
P5      | E        | 2022-01-01 | 2026-04-01 | false              | left out       | the end is in the future
P6      | F        | 2022-01-01 |            | false              | left out       | still open
P7      | A        | 2025-05-01 | 2025-04-30 | false              | does not count | ended before it began: a recording fault, still included
P8      | G        | 2020-01-01 | 2025-12-24 |                    | counts         | not recorded whose plan it is: counted as own
P9      | G        | 2022-02-28 | 2024-02-28 | false              | left out       | ended in an earlier year
P10     | H        | 2024-02-29 | 2026-02-28 | false              | counts         | 730 days from a leap day
"""
*/
