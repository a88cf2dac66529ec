/*
code        = "HE08"
title       = "SDQ completed"
family      = "health"
denominator = "children aged 4 to 16 looked after on the last day of the period who had entered care 12 months before it or earlier, excluding short breaks"
numerator   = "children with a score from the Strengths and Difficulties Questionnaire dated in the period"
unit        = "percent"
good_is     = "high"
periods     = ["rolling_12_months"]
history     = "recomputed"
source      = "903 rules 186, 188, 189"
sourced     = "verified"
reading     = "A score is a number in the case system; the trust's return is not used. A reason for not having a score is not a score: those children are in the second measure. The age is the age on the last day (a birthday on 29 February is on 28 February in other years); a child without a date of birth is left out. Children in care for 12 calendar months or more are included."
beside      = "also counting children with a reason, recorded in the period, for not having a score"
small_numbers = "S1"
*/
WITH answer AS (
  SELECT sdq.child_id, sdq.completed_on, try_cast(sdq.score AS INTEGER) IS NOT NULL AS has_score,
         sdq.reason_code IS NOT NULL AS has_reason
  FROM records.sdq_scores AS sdq
)
SELECT looked_after.period_id, looked_after.child_id AS case_id, looked_after.child_id,
       coalesce(bool_or(answer.has_score), FALSE) AS counts,
       coalesce(bool_or(answer.has_score OR answer.has_reason), FALSE) AS counts_beside
FROM profile.looked_after AS looked_after
JOIN records.children AS child ON child.child_id = looked_after.child_id
LEFT JOIN answer
  ON answer.child_id = looked_after.child_id
 AND answer.completed_on BETWEEN looked_after.starts_on AND looked_after.ends_on
WHERE looked_after.entered_care_on <= looked_after.ends_on - INTERVAL 12 MONTH
  AND child.born_on + INTERVAL 4 YEAR <= looked_after.ends_on
  AND child.born_on + INTERVAL 17 YEAR > looked_after.ends_on
GROUP BY looked_after.period_id, looked_after.child_id
/*
# Worked example.
as_at = 2025-02-28
period_kind = "rolling_12_months"
numerator = 5
denominator = 11
numerator_beside = 6
[[given]]
table = "records.children"
rows = """
child_id | born_on    | verdict        | because
A        | 2021-02-28 | counts         | four on the day; a score on the first day of the period, a leap day
B        | 2021-03-01 | left out       | four tomorrow
C        | 2008-03-01 | counts         | seventeen tomorrow; a score on the as-at date
D        | 2008-02-28 | left out       | seventeen on the day
E        | 2008-02-29 | left out       | born on a leap day, seventeen on 28 February
F        | 2014-06-01 | does not count | scored the day before the period
G        | 2014-06-01 | does not count | the score is in the future
H        | 2014-06-01 | does not count | the carer refused: not done, but in the second measure
I        | 2014-06-01 | does not count | nothing recorded
J        | 2014-06-01 | does not count | a score without a day
K        | 2014-06-01 | counts         | a score of 0 is a score
L        | 2014-06-01 | does not count | the score cannot be read, no reason given
M        | 2014-06-01 | counts         | in care for exactly 12 months; refused first, scored later
N        | 2014-06-01 | left out       | in care for one day less than 12 months
O        |            | left out       | no date of birth
P        | 2014-06-01 | left out       | short breaks
Q        | 2014-06-01 | left out       | left care on the as-at date
R        | 2014-06-01 | counts         | two scores in the period: one child
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
E10        | J        | 2023-01-10 |            | 2023-01-10
E11        | K        | 2023-01-10 |            | 2023-01-10
E12        | L        | 2023-01-10 |            | 2023-01-10
E13        | M        | 2024-02-28 |            | 2024-02-28
E14        | N        | 2024-02-29 |            | 2024-02-29
E15        | O        | 2023-01-10 |            | 2023-01-10
E16        | P        | 2023-01-10 |            | 2023-01-10
E17        | Q        | 2023-01-10 | 2025-02-28 | 2023-01-10
E18        | R        | 2023-01-10 |            | 2023-01-10
"""
[[given]]
table = "records.sdq_scores"
rows = """
sdq_score_id | child_id | completed_on | score     | reason_code
S1           | A        | 2024-02-29   | 12        |
S2           | B        | 2024-06-20   | 12        |
S3           | C        | 2025-02-28   | 40        |
S4           | D        | 2024-06-20   | 12        |
S5           | E        | 2024-06-20   | 12        |
S6           | F        | 2024-02-28   | 12        |
S7           | G        | 2025-03-01   | 12        |
S8           | H        | 2024-06-20   |           | SDQ2
S9           | J        |              | 12        |
S10          | K        | 2024-06-20   | 0         |
S11          | L        | 2024-06-20   | not known |
S12          | M        | 2024-06-20   |           | SDQ5
S13          | M        | 2024-12-20   | 17        |
S14          | N        | 2024-06-20   | 12        |
S15          | O        | 2024-06-20   | 12        |
S16          | P        | 2024-06-20   | 12        |
S17          | Q        | 2024-06-20   | 12        |
S18          | R        | 2024-06-20   | 12        |
S19          | R        | 2024-12-20   | 9         |
"""
[[given]]
table = "records.legal_statuses"
rows = """
legal_status_id | child_id | legal_status_code | started_on | ended_on
L1              | P        | V4                | 2023-01-10 |
"""
*/
