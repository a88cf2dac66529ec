/*
code        = "NI67"
title       = "Child protection cases reviewed within timescales"
family      = "ni"
denominator = "children on the council's own plan on the last day of the period who had been on it for three months or more"
numerator   = "children for whom every review due in the period was held by its due date"
unit        = "percent"
good_is     = "high"
periods     = ["rolling_12_months", "financial_year"]
history     = "recomputed"
source      = "LAIT 19"
sourced     = "verified"
reading     = "Due dates follow the rule, not the recorded due date: three calendar months after the plan began, then six months after each review held. A due date is met by a review held on or before it. A review due on the last day and not yet held is not yet late. A child without a due date in the period counts as in time, even if a review has been overdue since before it. With two open plans, every due date of both must be met."
twin        = "CP13"
small_numbers = "S1"
*/
WITH plan AS (
  SELECT plan.plan_id, plan.child_id, plan.started_on, plan.ended_on
  FROM records.child_protection_plans AS plan
  WHERE plan.is_other_authority IS NOT TRUE
),
due_date_set_by AS (
  SELECT plan.plan_id, plan.started_on AS day, 3 AS months FROM plan
  UNION ALL
  SELECT review.plan_id, review.held_on, 6
  FROM records.child_protection_reviews AS review
  JOIN plan ON plan.plan_id = review.plan_id
  WHERE review.held_on IS NOT NULL
),
due_date AS (
  SELECT plan_id, (day + to_months(months))::DATE AS day,
         lead(day) OVER (PARTITION BY plan_id ORDER BY months, day) AS held_on
  FROM due_date_set_by
),
missed AS (
  SELECT plan_id, day FROM due_date WHERE held_on IS NULL OR held_on > day
)
SELECT period.period_id, plan.child_id AS case_id, plan.child_id, count(missed.plan_id) = 0 AS counts
FROM plan
JOIN profile.periods AS period
  ON plan.started_on <= period.ends_on - INTERVAL 3 MONTH
 AND (plan.ended_on IS NULL OR plan.ended_on > period.ends_on)
LEFT JOIN missed
  ON missed.plan_id = plan.plan_id
 AND missed.day >= period.starts_on AND missed.day < period.ends_on
GROUP BY period.period_id, plan.child_id
/*
# Worked example.
as_at = 2026-03-31
period_kind = "rolling_12_months"
numerator = 6
denominator = 11
[[given]]
table = "records.children"
rows = """
child_id | verdict        | because
A        | counts         | first review exactly three months after the start, second exactly six months later
B        | does not count | first review a day late
C        | counts         | on the plan for exactly three months, the review is due on the as-at date and not yet late
D        | left out       | on the plan for one day less than three months
E        | does not count | the second review was due yesterday and was not held
F        | left out       | the plan ended on the as-at date
G        | left out       | plan of another authority
H        | counts         | the late review was due before the period; those due in it were held early
I        | counts         | no due date in the period: overdue since the year before
J        | does not count | the review is in the future: it has not been held
K        | counts         | the plan ends tomorrow; reviews count from their day, whatever the recorded due date says
L        | does not count | two open plans, the review of one was missed
M        | counts         | three months after 30 November is 28 February
N        | does not count | the review due on the first day of the period was a day late
"""
[[given]]
table = "records.child_protection_plans"
rows = """
plan_id | child_id | started_on | ended_on   | is_other_authority
A       | A        | 2025-03-02 |            | false
B       | B        | 2025-06-02 |            | false
C       | C        | 2025-12-31 |            | false
D       | D        | 2026-01-01 |            | false
E       | E        | 2025-06-30 |            | false
F       | F        | 2025-06-30 | 2026-03-31 | false
G       | G        | 2025-06-30 |            | true
H       | H        | 2024-09-02 |            | false
I       | I        | 2024-11-30 |            | false
J       | J        | 2025-12-01 |            | false
K       | K        | 2025-10-01 | 2026-04-01 |
L1      | L        | 2025-11-03 |            | false
L2      | L        | 2025-11-03 |            | false
M       | M        | 2025-11-30 |            | false
N       | N        | 2025-01-01 |            | false
"""
[[given]]
table = "records.child_protection_reviews"
rows = """
review_id | child_id | plan_id | held_on    | due_on
A1        | A        | A       | 2025-06-02 | 2025-06-02
A2        | A        | A       | 2025-12-02 | 2025-12-02
B1        | B        | B       | 2025-09-03 | 2025-09-02
E1        | E        | E       | 2025-09-30 | 2025-09-30
H1        | H        | H       | 2025-03-10 | 2024-12-02
H2        | H        | H       | 2025-08-01 | 2025-09-10
H3        | H        | H       | 2026-02-01 | 2026-02-01
J1        | J        | J       | 2026-04-10 | 2026-03-01
K1        | K        | K       | 2026-01-01 | 2025-11-01
L1        | L        | L1      | 2026-02-03 | 2026-02-03
L2        | L        | L2      |            | 2026-02-03
M1        | M        | M       | 2026-02-28 | 2026-02-28
N1        | N        | N       | 2025-04-02 | 2025-04-01
N2        | N        | N       | 2025-10-02 | 2025-10-02
"""
*/
