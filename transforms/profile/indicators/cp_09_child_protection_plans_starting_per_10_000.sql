/*
code        = "CP09"
title       = "Child protection plans starting per 10,000"
family      = "cp"
denominator = "population aged 0 to 17"
numerator   = "the council's own plans that started in the period"
unit        = "rate_per_10000"
good_is     = "neutral"
periods     = ["rolling_12_months", "last_6_months", "week"]
history     = "recomputed"
source      = "LAIT 219"
sourced     = "verified"
reading     = "Each start counts, so a child may count twice. Temporary plans of another authority are left out. Rates for shorter periods use the whole population and are not scaled up to a year."
small_numbers = "S1"
*/
SELECT period.period_id, plan.plan_id AS case_id, plan.child_id, TRUE AS counts
FROM records.child_protection_plans AS plan
JOIN profile.periods AS period ON plan.started_on BETWEEN period.starts_on AND period.ends_on
WHERE plan.is_other_authority IS NOT TRUE
/*
# Worked example.
as_at = 2026-02-28
period_kind = "last_6_months"
numerator = 4
denominator = 2500
[[given]]
table = "records.child_protection_plans"
rows = """
plan_id | child_id | started_on | ended_on   | is_other_authority | verdict  | because
P1      | A        | 2025-08-29 |            | false              | counts   | the day after the date six months before
P2      | B        | 2025-08-28 |            | false              | left out | exactly six months before
P3      | C        | 2026-02-28 |            |                    | counts   | on the as-at date; not recorded whose plan it is: counted as own
P4      | D        | 2026-03-01 |            | false              | left out | the start is in the future
P5      | E        | 2025-11-01 |            | true               | left out | plan of another authority
P6      | F        | 2025-09-01 | 2025-11-30 | false              | counts   | ended since
P7      | F        | 2026-01-10 |            | false              | counts   | the same child again
"""
[[given]]
table = "records.population"
rows = """
authority_code | year | age | persons
E06000099      | 2025 | 17  | 2500
E06000099      | 2027 | 17  | 2600
"""
*/
