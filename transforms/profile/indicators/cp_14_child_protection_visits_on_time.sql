/*
code        = "CP14"
title       = "Child protection visits on time"
family      = "cp"
denominator = "the council's own plans open at the date, if a local standard for visits was in force then"
numerator   = "plans whose child was last visited within the limit of that standard"
unit        = "percent"
good_is     = "high"
periods     = ["snapshot"]
history     = "recomputed"
source      = "local standard"
sourced     = "proposed"
reading     = "On time means visited within the limit of the local standard in force at the date (local_standards, child_protection_visit; if two are in force, the later), in calendar or working days as the standard says. Statute sets no limit, so this is our interpretation. Time is counted from the child's latest visit under the plan, whether or not the child was seen, or from the plan's start if there has been no visit since. A visit belongs to the plan if it was made on or after the plan began, whichever plan it names. On the last day of the limit is on time. A plan without a standard in force is not counted."
beside      = "only visits at which the child was seen"
threshold   = "the local standard"
small_numbers = "S1"
*/
WITH standard AS (
  SELECT period.period_id, period.ends_on, standard.limit_days, standard.is_working_days
  FROM records.local_standards AS standard
  JOIN profile.periods AS period
    ON standard.valid_from <= period.ends_on
   AND (standard.valid_to IS NULL OR standard.valid_to >= period.ends_on)
  WHERE standard.standard_code = 'child_protection_visit'
    AND standard.limit_days IS NOT NULL AND standard.is_working_days IS NOT NULL
  QUALIFY row_number() OVER (PARTITION BY period.period_id ORDER BY standard.valid_from DESC) = 1
),
open_plan AS (
  SELECT standard.period_id, standard.ends_on, standard.limit_days, standard.is_working_days,
         plan.plan_id, plan.child_id, plan.started_on
  FROM records.child_protection_plans AS plan
  JOIN standard
    ON plan.started_on <= standard.ends_on
   AND (plan.ended_on IS NULL OR plan.ended_on > standard.ends_on)
  WHERE plan.is_other_authority IS NOT TRUE
),
last_visited AS (
  SELECT open_plan.period_id, open_plan.ends_on, open_plan.limit_days, open_plan.is_working_days,
         open_plan.plan_id, open_plan.child_id,
         coalesce(max(visit.visited_on), open_plan.started_on) AS clock_started_on,
         coalesce(max(visit.visited_on) FILTER (visit.is_seen), open_plan.started_on) AS seen_clock_started_on
  FROM open_plan
  LEFT JOIN records.child_protection_visits AS visit
    ON visit.child_id = open_plan.child_id
   AND visit.visited_on >= open_plan.started_on AND visit.visited_on <= open_plan.ends_on
  GROUP BY open_plan.period_id, open_plan.ends_on, open_plan.limit_days, open_plan.is_working_days,
           open_plan.plan_id, open_plan.child_id, open_plan.started_on
)
SELECT last.period_id, last.plan_id AS case_id, last.child_id,
       CASE
         WHEN last.is_working_days
         THEN coalesce(records.working_days_after(last.clock_started_on, last.limit_days) >= last.ends_on, FALSE)
         ELSE last.ends_on - last.clock_started_on <= last.limit_days
       END AS counts,
       CASE
         WHEN last.is_working_days
         THEN coalesce(records.working_days_after(last.seen_clock_started_on, last.limit_days) >= last.ends_on, FALSE)
         ELSE last.ends_on - last.seen_clock_started_on <= last.limit_days
       END AS counts_beside
FROM last_visited AS last
/*
# Worked example.
as_at = 2026-04-14
period_kind = "snapshot"
numerator = 7
denominator = 11
numerator_beside = 6
[[given]]
table = "records.child_protection_plans"
rows = """
plan_id | child_id | started_on | ended_on   | is_other_authority | verdict        | because
A       | A        | 2025-06-02 |            | false              | counts         | the 10th working day after the visit, over Good Friday and Easter Monday, is the date
B       | B        | 2025-06-02 |            | false              | does not count | the 10th working day after the visit was yesterday
C       | C        | 2026-03-27 |            | false              | counts         | no visit yet: the 10th working day after the plan began is the date
D       | D        | 2026-03-26 |            | false              | does not count | no visit yet: the 10th working day after the plan began was yesterday
E       | E        | 2026-03-26 |            | false              | does not count | visited before the plan, but not since
F       | F        | 2025-06-02 |            |                    | counts         | visited on the date, twice; not recorded whose plan it is: counted as own
G       | G        | 2025-06-02 |            | false              | does not count | the next visit is in the future
H       | H        | 2025-06-02 |            | false              | counts         | the visit names no plan, and the child was not seen
I       | I        | 2025-06-02 | 2026-04-14 | false              | left out       | ended on the date
J       | J        | 2025-06-02 | 2026-04-15 | false              | counts         | ends tomorrow; visited on a Saturday: the 10th working day after it is the date
K       | K        | 2025-06-02 |            | true               | left out       | plan of another authority
L       | L        | 2026-04-15 |            | false              | left out       | the start is in the future
M       | M        | 2026-04-14 |            | false              | counts         | began on the date
N       | N        | 2025-06-02 |            | false              | counts         | the visit names an earlier plan, but was made under this one
"""
[[given]]
table = "records.child_protection_visits"
rows = """
visit_id | child_id | plan_id | visited_on | is_seen
A1       | A        | A       | 2026-03-27 | true
A2       | A        | A       | 2026-02-20 | true
B1       | B        | B       | 2026-03-26 | true
E1       | E        | E       | 2026-03-25 | true
F1       | F        | F       | 2026-04-14 | true
F2       | F        | F       | 2026-04-14 | true
G1       | G        | G       | 2026-03-02 | true
G2       | G        | G       | 2026-04-15 |
H1       | H        |         | 2026-04-01 | false
I1       | I        | I       | 2026-04-13 | true
J1       | J        | J       | 2026-03-28 | true
N1       | N        | N0      | 2026-04-01 | true
"""
[[given]]
table = "records.local_standards"
rows = """
standard_code          | valid_from | valid_to   | limit_days | is_working_days | agreed_by                          | agreed_on
child_protection_visit | 2020-04-01 | 2026-04-13 | 20         | true            | Safeguarding Children Partnership  | 2020-03-10
child_protection_visit | 2026-04-14 |            | 10         | true            | Safeguarding Children Partnership  | 2026-03-10
child_protection_visit | 2026-04-15 |            | 5          | true            | Safeguarding Children Partnership  | 2026-03-10
child_in_need_visit    | 2026-04-14 |            | 30         | false           | Director of Children's Services    | 2026-03-10
"""
*/
