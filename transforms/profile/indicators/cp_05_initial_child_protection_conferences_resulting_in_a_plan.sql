/*
code        = "CP05"
title       = "Initial child protection conferences resulting in a plan"
family      = "cp"
denominator = "initial conferences held in the period, one for each child, including transfers in"
numerator   = "conferences that resulted in a child protection plan"
unit        = "percent"
good_is     = "neutral"
periods     = ["rolling_12_months"]
history     = "recomputed"
source      = "Annex A list 5"
sourced     = "verified"
reading     = "A conference resulted in a plan if it says so (icpc_icpc_outcome_cp_flag = Y); nothing recorded means no plan, even if a plan is linked to it. Every conference counts by the day it was held, including transfers in."
small_numbers = "S1"
*/
SELECT period.period_id, conference.conference_id AS case_id, conference.child_id,
       conference.is_plan_made IS TRUE AS counts
FROM records.initial_child_protection_conferences AS conference
JOIN profile.periods AS period ON conference.held_on BETWEEN period.starts_on AND period.ends_on
/*
# Worked example.
as_at = 2026-03-31
period_kind = "rolling_12_months"
numerator = 3
denominator = 5
[[given]]
table = "records.initial_child_protection_conferences"
rows = """
conference_id | child_id | held_on    | is_transfer_in | is_plan_made | plan_id | verdict        | because
C1            | A        | 2025-04-01 | false          | true         | P1      | counts         | on the first day of the period
C2            | B        | 2025-09-10 | true           | true         |         | counts         | transfer in
C3            | C        | 2025-09-10 | false          | false        |         | does not count | no plan
C4            | D        | 2025-09-10 | false          |              | P4      | does not count | not recorded whether a plan resulted, although one is linked to it
C5            | E        | 2026-03-31 |                | true         |         | counts         | on the as-at date; the plan is not linked
C6            | F        | 2026-04-01 | false          | true         | P6      | left out       | the conference is in the future
C7            | G        |            | false          | true         | P7      | left out       | the day it was held is not recorded
C8            | H        | 2025-03-31 | false          | true         | P8      | left out       | the day before the period
"""
*/
