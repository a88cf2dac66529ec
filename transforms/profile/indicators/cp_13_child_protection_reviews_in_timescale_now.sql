/*
code        = "CP13"
title       = "Child protection reviews in timescale now"
family      = "cp"
denominator = "the council's own plans open at the date that began three months or more before it"
numerator   = "plans whose latest review was held by its due date and whose next review is not overdue"
unit        = "percent"
good_is     = "high"
periods     = ["snapshot"]
history     = "recomputed"
source      = "LAIT 19; WT"
sourced     = "verified"
reading     = "Due dates follow the rule of NI67, not the recorded due date: three calendar months after the plan began, then six months after each review held. Plans are counted, not children. Only reviews held by the date are used; an earlier late review does not count against the plan. Due on the date is not yet overdue. Two reviews of a plan on one day count as one."
open_and_late = "the council's own plans open at the date whose next review is overdue"
threshold   = "100 per cent (LAIT 19; WT)"
small_numbers = "S1"
*/
WITH plan AS (
  SELECT plan.plan_id, plan.child_id, plan.started_on, plan.ended_on
  FROM records.child_protection_plans AS plan
  WHERE plan.is_other_authority IS NOT TRUE
),
held AS (
  SELECT DISTINCT review.plan_id, review.held_on
  FROM records.child_protection_reviews AS review
  WHERE review.held_on IS NOT NULL
),
review AS (
  SELECT held.plan_id, held.held_on,
         held.held_on <= coalesce(
           lag(held.held_on) OVER (PARTITION BY held.plan_id ORDER BY held.held_on) + INTERVAL 6 MONTH,
           plan.started_on + INTERVAL 3 MONTH
         ) AS is_in_time
  FROM held
  JOIN plan ON plan.plan_id = held.plan_id
)
SELECT period.period_id, plan.plan_id AS case_id, plan.child_id,
       CASE
         WHEN max(review.held_on) IS NULL THEN plan.started_on + INTERVAL 3 MONTH >= period.ends_on
         ELSE arg_max(review.is_in_time, review.held_on) AND max(review.held_on) + INTERVAL 6 MONTH >= period.ends_on
       END AS counts
FROM plan
JOIN profile.periods AS period
  ON plan.started_on <= period.ends_on - INTERVAL 3 MONTH
 AND (plan.ended_on IS NULL OR plan.ended_on > period.ends_on)
LEFT JOIN review ON review.plan_id = plan.plan_id AND review.held_on <= period.ends_on
GROUP BY period.period_id, period.ends_on, plan.plan_id, plan.child_id, plan.started_on;

SELECT period.period_id, plan.plan_id AS case_id, plan.child_id
FROM records.child_protection_plans AS plan
JOIN profile.periods AS period
  ON plan.started_on <= period.ends_on - INTERVAL 3 MONTH
 AND (plan.ended_on IS NULL OR plan.ended_on > period.ends_on)
LEFT JOIN records.child_protection_reviews AS review
  ON review.plan_id = plan.plan_id AND review.held_on <= period.ends_on
WHERE plan.is_other_authority IS NOT TRUE
GROUP BY period.period_id, period.ends_on, plan.plan_id, plan.child_id, plan.started_on
HAVING coalesce(max(review.held_on) + INTERVAL 6 MONTH, plan.started_on + INTERVAL 3 MONTH) < period.ends_on
/*
# Worked example.
as_at = 2026-03-31
period_kind = "snapshot"
numerator = 7
denominator = 15
open_and_late_cases = "C, G, I, M, O2"
[[given]]
table = "records.child_protection_plans"
rows = """
plan_id | child_id | started_on | ended_on   | is_other_authority | verdict        | because
A       | A        | 2025-12-31 |            | false              | counts         | began exactly three months ago: the first review is due on the date
B       | B        | 2026-01-01 |            | false              | left out       | began a day less than three months ago
C       | C        | 2025-12-30 |            | false              | does not count | the first review was due yesterday
D       | D        | 2025-06-02 |            | false              | counts         | both reviews on their due days
E       | E        | 2025-06-02 |            | false              | counts         | the first review was late, the latest in time
F       | F        | 2025-08-01 |            | false              | does not count | the latest review was a day late
G       | G        | 2025-06-30 |            | false              | does not count | the next review was due yesterday: six months after 30 September
H       | H        | 2025-07-01 |            |                    | counts         | the next review is due tomorrow; not recorded whose plan it is: counted as own
I       | I        | 2025-12-01 |            | false              | does not count | the review is in the future
J       | J        | 2025-06-02 | 2026-03-31 | false              | left out       | ended on the date
K       | K        | 2025-06-02 |            | true               | left out       | plan of another authority
L       | L        | 2025-11-30 | 2026-04-01 | false              | counts         | ends tomorrow; three months after 30 November is 28 February
M       | M        | 2025-12-01 |            | false              | does not count | the review has no date: not held
N       | N        | 2025-08-01 |            | false              | does not count | two rows for one late review
O1      | O        | 2025-10-01 |            | false              | counts         | the recorded due date is in April, but the rule gives 1 January: held then
O2      | O        | 2025-10-01 |            | false              | does not count | second open plan of the child, not reviewed
P       | P        | 2024-02-29 |            | false              | does not count | the latest review was more than six months after the previous one
Q       | Q        | 2025-10-02 |            | false              | counts         | both reviews held early, the second on the date
R       | R        | 2026-04-01 |            | false              | left out       | the start is in the future
"""
[[given]]
table = "records.child_protection_reviews"
rows = """
review_id | child_id | plan_id | held_on    | due_on
D1        | D        | D       | 2025-09-02 | 2025-09-02
D2        | D        | D       | 2026-03-02 | 2026-03-02
E1        | E        | E       | 2025-09-30 | 2025-09-02
E2        | E        | E       | 2026-03-30 | 2026-03-02
F1        | F        | F       | 2025-11-02 | 2025-11-02
G1        | G        | G       | 2025-09-30 | 2025-09-30
H1        | H        | H       | 2025-10-01 | 2025-10-01
I1        | I        | I       | 2026-04-01 | 2026-03-01
J1        | J        | J       | 2025-09-02 | 2025-09-02
L1        | L        | L       | 2026-02-28 | 2026-02-28
M1        | M        | M       |            | 2026-03-01
N1        | N        | N       | 2025-11-02 | 2025-11-01
N2        | N        | N       | 2025-11-02 | 2025-11-01
O1        | O        | O1      | 2026-01-01 | 2026-04-01
P1        | P        | P       | 2024-05-29 | 2024-05-29
P2        | P        | P       | 2024-11-29 | 2024-11-29
P3        | P        | P       | 2025-05-29 | 2025-05-29
P4        | P        | P       | 2025-11-30 | 2025-11-29
Q1        | Q        | Q       | 2025-12-01 | 2026-01-02
Q2        | Q        | Q       | 2026-03-31 | 2026-06-01
"""
*/
