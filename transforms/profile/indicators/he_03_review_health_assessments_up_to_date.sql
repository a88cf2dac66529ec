/*
code        = "HE03"
title       = "Review health assessments up to date"
family      = "health"
denominator = "children looked after at the date who entered care more than 6 months before it (under 5) or more than 12 months before it (5 and over), excluding short breaks"
numerator   = "children whose last completed health assessment is at most 6 months old (under 5) or 12 months old (5 and over)"
unit        = "percent"
good_is     = "high"
periods     = ["snapshot"]
history     = "recomputed"
source      = "coventrychildcare.proceduresonline (6-monthly/annual); Care Planning Regs reg 7"
sourced     = "partly"
reading     = "Up to date means a completed initial or review assessment, from the case system or the trust's return (there by the day the child attended), dated on or after the day 6 or 12 calendar months before the date. The age is the age at the date; a child without a date of birth has no known limit and is left out. A child in care for exactly 6 or 12 months is left out."
small_numbers = "S1"
*/
WITH assessment AS (
  SELECT health_check.child_id, health_check.checked_on AS held_on
  FROM records.health_checks AS health_check
  WHERE health_check.health_check_type_code IN ('IHA', 'RHA') AND health_check.status_code = 'Completed'
  UNION ALL
  SELECT request.matched_child_id, request.attended_on
  FROM records.trust_health_assessments AS request
  WHERE request.assessment_kind_code IN ('IHA', 'RHA6', 'RHA12') AND request.outcome_code = 'COMPLETED'
    AND request.matched_child_id IS NOT NULL
),
looked_after AS (
  SELECT looked_after.period_id, looked_after.child_id, looked_after.ends_on, looked_after.entered_care_on,
         (looked_after.ends_on
           - to_months(CASE WHEN child.born_on + INTERVAL 5 YEAR > looked_after.ends_on THEN 6 ELSE 12 END)
         )::DATE AS oldest_in_time_on
  FROM profile.looked_after AS looked_after
  JOIN records.children AS child ON child.child_id = looked_after.child_id
  WHERE child.born_on IS NOT NULL
)
SELECT looked_after.period_id, looked_after.child_id AS case_id, looked_after.child_id,
       count(assessment.held_on) > 0 AS counts
FROM looked_after
LEFT JOIN assessment
  ON assessment.child_id = looked_after.child_id
 AND assessment.held_on BETWEEN looked_after.oldest_in_time_on AND looked_after.ends_on
WHERE looked_after.entered_care_on < looked_after.oldest_in_time_on
GROUP BY looked_after.period_id, looked_after.child_id
/*
# Worked example.
as_at = 2026-08-31
period_kind = "snapshot"
numerator = 7
denominator = 15
[[given]]
table = "records.children"
rows = """
child_id | born_on    | verdict        | because
A        | 2024-05-01 | counts         | under 5: six months before 31 August is 28 February, assessed on that day
B        | 2024-05-01 | left out       | in care for exactly six months
C        | 2024-05-01 | does not count | assessed one day too long ago
D        | 2021-08-31 | counts         | five today, so twelve months: assessed exactly twelve months ago
E        | 2015-01-10 | left out       | in care for exactly twelve months
F        | 2015-01-10 | does not count | assessed one day too long ago
G        | 2021-09-01 | counts         | five tomorrow; the trust's return has the six-monthly review, on the as-at date
H        | 2015-01-10 | does not count | declined
I        | 2015-01-10 | does not count | the assessment is in the future
J        |            | left out       | no date of birth
K        | 2015-01-10 | left out       | day of entry not recorded
L        | 2015-01-10 | left out       | short breaks
M        | 2015-01-10 | does not count | a dental check is not a health assessment
N        | 2015-01-10 | counts         | the initial assessment, in the case system
O        | 2015-01-10 | does not count | an adoption medical is not the review
P        | 2015-01-10 | counts         | refused after it was done in time
Q        | 2015-01-10 | does not count | the trust's row does not say when the child attended
R        | 2015-01-10 | left out       | left care on the as-at date
S        | 2021-09-01 | does not count | five tomorrow: an assessment of seven months ago is too old
T        | 2015-01-10 | counts         | the yearly review, in the trust's return
U        | 2015-01-10 | counts         | the initial assessment, in the trust's return
"""
[[given]]
table = "records.looked_after_episodes"
rows = """
episode_id | child_id | started_on | ceased_on  | entered_care_on
E1         | A        | 2026-02-27 |            | 2026-02-27
E2         | B        | 2026-02-28 |            | 2026-02-28
E3         | C        | 2025-01-10 |            | 2025-01-10
E4         | D        | 2025-08-30 |            | 2025-08-30
E5         | E        | 2025-08-31 |            | 2025-08-31
E6         | F        | 2020-01-10 |            | 2020-01-10
E7         | G        | 2025-01-10 |            | 2025-01-10
E8         | H        | 2020-01-10 |            | 2020-01-10
E9         | I        | 2020-01-10 |            | 2020-01-10
E10        | J        | 2020-01-10 |            | 2020-01-10
E11        | K        | 2020-01-10 |            |
E12        | L        | 2020-01-10 |            | 2020-01-10
E13        | M        | 2020-01-10 |            | 2020-01-10
E14        | N        | 2020-01-10 |            | 2020-01-10
E15        | O        | 2020-01-10 |            | 2020-01-10
E16        | P        | 2020-01-10 |            | 2020-01-10
E17        | Q        | 2020-01-10 |            | 2020-01-10
E18        | R        | 2020-01-10 | 2026-08-31 | 2020-01-10
E19        | S        | 2025-01-10 |            | 2025-01-10
E20        | T        | 2020-01-10 |            | 2020-01-10
E21        | U        | 2025-08-20 |            | 2025-08-20
"""
[[given]]
table = "records.health_checks"
rows = """
health_check_id | child_id | health_check_type_code | checked_on | status_code
H1              | A        | RHA                    | 2026-02-28 | Completed
H2              | B        | RHA                    | 2026-03-20 | Completed
H3              | C        | RHA                    | 2026-02-27 | Completed
H4              | D        | RHA                    | 2025-08-31 | Completed
H5              | E        | RHA                    | 2026-03-20 | Completed
H6              | F        | RHA                    | 2025-08-30 | Completed
H7              | H        | RHA                    | 2026-03-20 | Refused
H8              | I        | RHA                    | 2026-09-01 | Completed
H9              | J        | RHA                    | 2026-08-20 | Completed
H10             | K        | RHA                    | 2026-08-20 | Completed
H11             | L        | RHA                    | 2026-08-20 | Completed
H12             | M        | DENT                   | 2026-08-20 | Completed
H13             | N        | IHA                    | 2025-10-20 | Completed
H14             | P        | RHA                    | 2025-10-20 | Completed
H15             | P        | RHA                    | 2026-08-20 | Refused
H16             | R        | RHA                    | 2026-08-20 | Completed
H17             | S        | RHA                    | 2026-01-31 | Completed
"""
[[given]]
table = "records.trust_health_assessments"
rows = """
request_id | matched_child_id | assessment_kind_code | outcome_code | attended_on
T1         | G                | RHA6                 | COMPLETED    | 2026-08-31
T2         | H                | RHA12                | DECLINED     | 2026-03-20
T3         | O                | ADOPTION             | COMPLETED    | 2026-03-20
T4         | Q                | RHA12                | COMPLETED    |
T5         |                  | RHA12                | COMPLETED    | 2026-03-20
T6         | T                | RHA12                | COMPLETED    | 2026-03-20
T7         | U                | IHA                  | COMPLETED    | 2025-09-15
"""
[[given]]
table = "records.legal_statuses"
rows = """
legal_status_id | child_id | legal_status_code | started_on | ended_on
L1              | L        | V4                | 2020-01-10 |
"""
*/
