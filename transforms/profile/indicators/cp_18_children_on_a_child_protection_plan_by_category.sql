/*
code        = "CP18"
title       = "Children on a child protection plan by category"
family      = "cp"
denominator = "the council's own plans open at the date"
numerator   = "plans whose latest category of abuse is recorded; by group, plans with that category"
unit        = "percent"
good_is     = "neutral"
periods     = ["snapshot"]
history     = "current state only"
source      = "CIN codes"
sourced     = "verified"
broken_down_by = "latest category of abuse"
breakdown   = "share of all"
reading     = "The category is the latest, not the one at the start; a blank or a code outside the list is not recorded. Open plans are counted; a plan that ended on the date is not open. Temporary plans of another authority are left out. Only today's category is kept, so earlier dates are not measured."
small_numbers = "S1"
*/
WITH plan AS (
  SELECT plan.plan_id, plan.child_id, plan.started_on, plan.ended_on,
         CASE plan.latest_category_code
           WHEN 'NEG' THEN 'neglect'
           WHEN 'PHY' THEN 'physical abuse'
           WHEN 'SAB' THEN 'sexual abuse'
           WHEN 'EMO' THEN 'emotional abuse'
           WHEN 'MUL' THEN 'multiple'
         END AS category
  FROM records.child_protection_plans AS plan
  WHERE plan.is_other_authority IS NOT TRUE
)
SELECT period.period_id, plan.plan_id AS case_id, plan.child_id,
       plan.category AS breakdown, plan.category IS NOT NULL AS counts
FROM plan
JOIN profile.periods AS period
  ON plan.started_on <= period.ends_on
 AND (plan.ended_on IS NULL OR plan.ended_on > period.ends_on)
/*
# Worked example.
as_at = 2026-03-31
period_kind = "snapshot"
numerator = 6
denominator = 8
[[given]]
table = "records.child_protection_plans"
rows = """
plan_id | child_id | started_on | ended_on   | is_other_authority | initial_category_code | latest_category_code | verdict        | because
P1      | A        | 2025-06-02 |            | false              | NEG                   | NEG                  | counts         | neglect
P2      | B        | 2026-03-31 |            |                    | PHY                   | NEG                  | counts         | neglect, although it began as physical abuse; began on the date, not recorded whose plan it is: counted as own
P3      | C        | 2025-06-02 | 2026-04-01 | false              | PHY                   | PHY                  | counts         | physical abuse; ends tomorrow
P4      | D        | 2025-06-02 |            | false              | SAB                   | SAB                  | counts         | sexual abuse
P5      | E        | 2025-06-02 |            | false              | EMO                   | EMO                  | counts         | emotional abuse
P6      | F        | 2025-06-02 |            | false              | MUL                   | MUL                  | counts         | multiple
P7      | G        | 2025-06-02 |            | false              | NEG                   |                      | does not count | latest category not recorded
P8      | H        | 2025-06-02 |            | false              | NEG                   | ZZZ                  | does not count | a code outside the list
P9      | I        | 2025-06-02 | 2026-03-31 | false              | NEG                   | NEG                  | left out       | ended on the date
P10     | J        | 2025-06-02 |            | true               | NEG                   | NEG                  | left out       | plan of another authority
P11     | K        | 2026-04-01 |            | false              | NEG                   | NEG                  | left out       | the start is in the future
"""
[[breakdown]]
group = "neglect"
numerator = 2
denominator = 8
[[breakdown]]
group = "physical abuse"
numerator = 1
denominator = 8
[[breakdown]]
group = "multiple"
numerator = 1
denominator = 8
[[breakdown]]
group = "not recorded"
numerator = 2
denominator = 8
*/
