/*
code        = "HE04"
title       = "Health assessment in the year"
family      = "health"
denominator = "children looked after on the last day of the period who had entered care 12 months before it or earlier, excluding short breaks"
numerator   = "children with the assessments they should have had in the period: two if under 5, otherwise one"
unit        = "percent"
good_is     = "high"
periods     = ["rolling_12_months"]
history     = "recomputed"
source      = "LAIT 3"
sourced     = "verified"
reading     = "A child under 5 on the last day needs completed assessments on two different days in the period; any other child, including one without a date of birth, needs one. Initial and review assessments count, from the case system or the trust's return (there by the day the child attended); one day recorded in both counts once. A declined assessment is not done. Each child in care for 12 calendar months or more on the last day is one case."
small_numbers = "S1"
*/
WITH assessment AS (
  SELECT health_check.child_id, health_check.checked_on AS held_on
  FROM records.health_checks AS health_check
  WHERE health_check.health_check_type_code IN ('IHA', 'RHA') AND health_check.status_code = 'Completed'
  UNION
  SELECT request.matched_child_id, request.attended_on
  FROM records.trust_health_assessments AS request
  WHERE request.assessment_kind_code IN ('IHA', 'RHA6', 'RHA12') AND request.outcome_code = 'COMPLETED'
    AND request.matched_child_id IS NOT NULL
)
SELECT looked_after.period_id, looked_after.child_id AS case_id, looked_after.child_id,
       count(assessment.held_on)
         >= CASE WHEN child.born_on + INTERVAL 5 YEAR > looked_after.ends_on THEN 2 ELSE 1 END AS counts
FROM profile.looked_after AS looked_after
LEFT JOIN records.children AS child ON child.child_id = looked_after.child_id
LEFT JOIN assessment
  ON assessment.child_id = looked_after.child_id
 AND assessment.held_on BETWEEN looked_after.starts_on AND looked_after.ends_on
WHERE looked_after.entered_care_on <= looked_after.ends_on - INTERVAL 12 MONTH
GROUP BY looked_after.period_id, looked_after.child_id, looked_after.ends_on, child.born_on
/*
# Worked example.
as_at = 2025-02-28
period_kind = "rolling_12_months"
numerator = 7
denominator = 16
[[given]]
table = "records.children"
rows = """
child_id | born_on    | verdict        | because
A        | 2022-06-01 | counts         | under 5: one on the first day of the period, a leap day, and one on its last
B        | 2022-06-01 | does not count | under 5 with one
C        | 2022-06-01 | does not count | one day, recorded in both
D        | 2020-02-29 | counts         | born on a leap day, five on 28 February: one is enough
E        | 2020-03-01 | does not count | five tomorrow: one is not enough
F        | 2012-06-01 | counts         | one on the first day of the period
G        | 2012-06-01 | does not count | the day before the period
H        | 2012-06-01 | does not count | declined
I        | 2012-06-01 | does not count | the assessment is in the future
J        | 2012-06-01 | counts         | in care for exactly twelve months
K        | 2012-06-01 | left out       | in care for one day less than twelve months
L        | 2012-06-01 | left out       | short breaks
M        | 2012-06-01 | left out       | left care on the as-at date
N        |            | counts         | no date of birth: not known to be under 5
O        | 2022-06-01 | does not count | one done, one planned
P        | 2022-06-01 | does not count | two requests attended on one day
Q        | 2012-06-01 | does not count | an adoption medical is not the assessment
R        | 2012-06-01 | left out       | day of entry not recorded
S        | 2012-06-01 | counts         | the yearly review, in the trust's return
T        | 2022-06-01 | counts         | under 5: the trust's initial assessment and the first review
"""
[[given]]
table = "records.looked_after_episodes"
rows = """
episode_id | child_id | started_on | ceased_on  | entered_care_on
E1         | A        | 2023-01-10 |            | 2023-01-10
E2         | B        | 2023-01-10 |            | 2023-01-10
E3         | C        | 2023-01-10 |            | 2023-01-10
E4         | D        | 2023-01-10 |            | 2023-01-10
E5         | E        | 2023-01-10 |            | 2023-01-10
E6         | F        | 2023-01-10 |            | 2023-01-10
E7         | G        | 2023-01-10 |            | 2023-01-10
E8         | H        | 2023-01-10 |            | 2023-01-10
E9         | I        | 2023-01-10 |            | 2023-01-10
E10        | J        | 2024-02-28 |            | 2024-02-28
E11        | K        | 2024-02-29 |            | 2024-02-29
E12        | L        | 2023-01-10 |            | 2023-01-10
E13        | M        | 2023-01-10 | 2025-02-28 | 2023-01-10
E14        | N        | 2023-01-10 |            | 2023-01-10
E15        | O        | 2023-01-10 |            | 2023-01-10
E16        | P        | 2023-01-10 |            | 2023-01-10
E17        | Q        | 2023-01-10 |            | 2023-01-10
E18        | R        | 2023-01-10 |            |
E19        | S        | 2023-01-10 |            | 2023-01-10
E20        | T        | 2024-02-20 |            | 2024-02-20
"""
[[given]]
table = "records.health_checks"
rows = """
health_check_id | child_id | health_check_type_code | checked_on | status_code
H1              | A        | RHA                    | 2024-02-29 | Completed
H2              | B        | RHA                    | 2024-06-20 | Completed
H3              | C        | RHA                    | 2024-06-20 | Completed
H4              | D        | RHA                    | 2024-06-20 | Completed
H5              | E        | RHA                    | 2024-06-20 | Completed
H6              | F        | RHA                    | 2024-02-29 | Completed
H7              | G        | RHA                    | 2024-02-28 | Completed
H8              | H        | RHA                    | 2024-06-20 | Refused
H9              | I        | RHA                    | 2025-03-01 | Completed
H10             | J        | IHA                    | 2024-03-20 | Completed
H11             | K        | IHA                    | 2024-03-20 | Completed
H12             | L        | RHA                    | 2024-06-20 | Completed
H13             | M        | RHA                    | 2024-06-20 | Completed
H14             | N        | RHA                    | 2024-06-20 | Completed
H15             | O        | RHA                    | 2024-06-20 | Completed
H16             | O        | RHA                    | 2024-12-20 | Planned
H17             | R        | RHA                    | 2024-06-20 | Completed
"""
[[given]]
table = "records.trust_health_assessments"
rows = """
request_id | matched_child_id | assessment_kind_code | outcome_code | attended_on
T1         | A                | RHA6                 | COMPLETED    | 2025-02-28
T2         | C                | RHA6                 | COMPLETED    | 2024-06-20
T3         | H                | RHA12                | DECLINED     | 2024-06-20
T4         | P                | RHA6                 | COMPLETED    | 2024-06-20
T5         | P                | IHA                  | COMPLETED    | 2024-06-20
T6         | Q                | ADOPTION             | COMPLETED    | 2024-06-20
T7         | B                | RHA6                 | COMPLETED    |
T8         |                  | RHA12                | COMPLETED    | 2024-06-20
T9         | S                | RHA12                | COMPLETED    | 2024-06-20
T10        | T                | IHA                  | COMPLETED    | 2024-03-12
T11        | T                | RHA6                 | COMPLETED    | 2024-09-10
"""
[[given]]
table = "records.legal_statuses"
rows = """
legal_status_id | child_id | legal_status_code | started_on | ended_on
L1              | L        | V3                | 2023-01-10 |
"""
*/
