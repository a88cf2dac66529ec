/*
code        = "NI58"
title       = "Emotional and behavioural health of looked-after children (average SDQ score)"
family      = "ni"
denominator = "children looked after on the last day of the period who had entered care 12 months before it or earlier, with a score in the period, excluding short breaks"
numerator   = "sum of each child's latest total difficulties score"
unit        = "average"
good_is     = "low"
periods     = ["rolling_12_months", "financial_year"]
history     = "recomputed"
source      = "ESD 2135; DASH outcome4; infochimps NI 058"
sourced     = "verified"
reading     = "The average of each child's latest total difficulties score in the period, from questionnaires completed when the child was aged 4 to 16 (the alternatives are 5 to 16, and the age on the last day of the period). A child without a date of birth or without such a score is not counted. A score is a whole number; one above 40 is reported by rule 180 and not removed here. Of two on one day, the one with the higher id is used. Scores held only by the health trust are not used."
threshold   = "bands of a child's score: 0 to 13 normal, 14 to 16 borderline, 17 to 40 concern (ESD 2135; DASH outcome4)"
small_numbers = "S1"
*/
WITH scored AS (
  SELECT score.child_id, score.completed_on, score.sdq_score_id, TRY_CAST(score.score AS DOUBLE) AS total
  FROM records.sdq_scores AS score
  JOIN records.children AS child
    ON child.child_id = score.child_id
   AND child.born_on + INTERVAL 4 YEAR <= score.completed_on AND child.born_on + INTERVAL 17 YEAR > score.completed_on
  -- Text as received: digits, and the ".0" a spreadsheet may add.
  WHERE regexp_full_match(trim(score.score), '[0-9]+(\.0+)?')
)
SELECT looked_after.period_id, looked_after.child_id AS case_id, looked_after.child_id, TRUE AS counts,
       arg_max(scored.total, (scored.completed_on, scored.sdq_score_id)) AS numerator_part, 1 AS denominator_part
FROM profile.looked_after AS looked_after
JOIN scored
  ON scored.child_id = looked_after.child_id
 AND scored.completed_on BETWEEN looked_after.starts_on AND looked_after.ends_on
WHERE looked_after.entered_care_on <= looked_after.ends_on - INTERVAL 12 MONTH
GROUP BY looked_after.period_id, looked_after.child_id
/*
# Worked example.
as_at = 2026-03-31
period_kind = "rolling_12_months"
numerator = 126
denominator = 9
[[given]]
table = "records.children"
rows = """
child_id | born_on    | verdict  | because
A        | 2015-06-01 | counts   | in care for exactly 12 months; the later of two scores, 12
B        | 2015-06-01 | left out | in care for one day less than 12 months
C        | 2021-04-01 | counts   | completed on the first day of the period, the fourth birthday: 10
D        | 2021-04-02 | left out | completed the day before the fourth birthday
E        | 2008-06-02 | counts   | completed the day before the seventeenth birthday: 14
F        | 2008-06-02 | left out | completed on the seventeenth birthday
G        | 2008-06-02 | counts   | a score at 16, a later one at 17: the one at 16, 16
H        | 2015-06-01 | left out | no questionnaire
I        | 2015-06-01 | left out | a reason instead of a score
J        | 2015-06-01 | counts   | a score, later a refusal without one: 18
K        | 2015-06-01 | left out | completed the day before the period
L        | 2015-06-01 | left out | the day completed is in the future
M        | 2015-06-01 | counts   | completed on the as-at date, written 40.0
N        |            | left out | no date of birth
O        | 2015-06-01 | left out | short breaks
P        | 2015-06-01 | left out | left care on the as-at date
Q        | 2015-06-01 | left out | day of entry not recorded
R        | 2015-06-01 | counts   | a score of 0 is a score
S        | 2015-06-01 | counts   | two on one day: the higher id, 9
T        | 2015-06-01 | left out | day completed not recorded
U        | 2015-06-01 | counts   | an unreadable score is not used: the earlier one, 7
"""
[[given]]
table = "records.looked_after_episodes"
rows = """
episode_id | child_id | started_on | ceased_on  | entered_care_on
E1         | A        | 2025-03-31 |            | 2025-03-31
E2         | B        | 2025-04-01 |            | 2025-04-01
E3         | C        | 2024-01-10 |            | 2024-01-10
E4         | D        | 2024-01-10 |            | 2024-01-10
E5         | E        | 2024-01-10 |            | 2024-01-10
E6         | F        | 2024-01-10 |            | 2024-01-10
E7         | G        | 2024-01-10 | 2026-04-01 | 2024-01-10
E8         | H        | 2024-01-10 |            | 2024-01-10
E9         | I        | 2024-01-10 |            | 2024-01-10
E10        | J        | 2024-01-10 |            | 2024-01-10
E11        | K        | 2024-01-10 |            | 2024-01-10
E12        | L        | 2024-01-10 |            | 2024-01-10
E13        | M        | 2024-01-10 |            | 2024-01-10
E14        | N        | 2024-01-10 |            | 2024-01-10
E15        | O        | 2024-01-10 |            | 2024-01-10
E16        | P        | 2024-01-10 | 2026-03-31 | 2024-01-10
E17        | Q        | 2024-01-10 |            |
E18        | R        | 2024-01-10 |            | 2024-01-10
E19        | S        | 2024-01-10 |            | 2024-01-10
E20        | T        | 2024-01-10 |            | 2024-01-10
E21        | U        | 2024-01-10 |            | 2024-01-10
"""
[[given]]
table = "records.sdq_scores"
rows = """
sdq_score_id | child_id | completed_on | score | reason_code
A1           | A        | 2025-06-02   | 20    |
A2           | A        | 2025-12-01   | 12    |
B1           | B        | 2025-12-01   | 12    |
C1           | C        | 2025-04-01   | 10    |
D1           | D        | 2025-04-01   | 10    |
E1           | E        | 2025-06-01   | 14    |
F1           | F        | 2025-06-02   | 14    |
G1           | G        | 2025-06-01   | 16    |
G2           | G        | 2025-12-01   | 11    |
I1           | I        | 2025-12-01   |       | SDQ2
J1           | J        | 2025-06-02   | 18    |
J2           | J        | 2025-12-01   |       | SDQ3
K1           | K        | 2025-03-31   | 12    |
L1           | L        | 2026-04-01   | 12    |
M1           | M        | 2026-03-31   | 40.0  |
N1           | N        | 2025-12-01   | 12    |
O1           | O        | 2025-12-01   | 12    |
P1           | P        | 2025-12-01   | 12    |
Q1           | Q        | 2025-12-01   | 12    |
R1           | R        | 2025-12-01   | 0     |
S1           | S        | 2025-12-01   | 31    |
S2           | S        | 2025-12-01   | 9     |
T1           | T        |              | 12    |
U1           | U        | 2025-06-02   | 7     |
U2           | U        | 2025-12-01   | high  |
"""
[[given]]
table = "records.legal_statuses"
rows = """
legal_status_id | child_id | legal_status_code | started_on | ended_on
L1              | O        | V4                | 2024-01-10 |
L2              | A        | V4                | 2024-01-10 | 2026-03-31
"""
*/
