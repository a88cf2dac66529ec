/*
code        = "CP08"
title       = "Children on a child protection plan per 10,000"
family      = "cp"
denominator = "population aged 0 to 17"
numerator   = "the council's own plans open at the date"
unit        = "rate_per_10000"
good_is     = "neutral"
periods     = ["snapshot"]
history     = "recomputed"
source      = "LAIT 215"
sourced     = "verified"
reading     = "Open plans are counted; a plan that ended on the date is not open. Temporary plans of another authority are left out. A child recorded with two open plans, which is reported as a fault, counts twice."
small_numbers = "S1"
*/
SELECT period.period_id, plan.plan_id AS case_id, plan.child_id, TRUE AS counts
FROM records.child_protection_plans AS plan
JOIN profile.periods AS period
  ON plan.started_on <= period.ends_on
 AND (plan.ended_on IS NULL OR plan.ended_on > period.ends_on)
WHERE plan.is_other_authority IS NOT TRUE
/*
# Worked example.
as_at = 2026-03-31
period_kind = "snapshot"
numerator = 3
denominator = 2500
[[given]]
table = "records.child_protection_plans"
rows = """
plan_id | child_id | started_on | ended_on   | is_other_authority | verdict  | because
P1      | A        | 2025-01-10 |            | false              | counts   | open
P2      | B        | 2026-03-31 |            |                    | counts   | began on the day; not recorded whose plan it is: counted as own
P3      | C        | 2025-01-10 | 2026-03-31 | false              | left out | ended on the day
P4      | D        | 2025-01-10 | 2026-04-01 | false              | counts   | ends tomorrow
P5      | E        | 2025-01-10 |            | true               | left out | plan of another authority
P6      | F        | 2026-04-01 |            | false              | left out | the start is in the future
"""
[[given]]
table = "records.population"
rows = """
authority_code | year | age | persons
E06000099      | 2025 | 5   | 2500
E06000099      | 2025 | 18  | 100
"""
*/
