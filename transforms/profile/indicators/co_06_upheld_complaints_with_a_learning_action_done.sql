/*
code        = "CO06"
title       = "Upheld complaints with a learning action done"
family      = "complaints"
denominator = "complaints upheld, wholly or partly, at any stage answered in the period"
numerator   = "complaints with at least one learning action done by the last day of the period"
unit        = "percent"
good_is     = "high"
periods     = ["rolling_12_months"]
history     = "recomputed"
source      = "seed 002 B1"
sourced     = "verified"
reading     = "One learning action done by the last day is enough, whichever stage it followed and whether or not it was done by its own due date. Each complaint is counted once, however many of its stages were upheld in the period, under the lowest reference of those stages. A stage that names no complaint is left out."
threshold   = "100% (seed 002 B1)"
small_numbers = "S1"
*/
WITH learning AS (
  SELECT action.complaint_id, min(action.done_on) AS first_done_on
  FROM records.complaint_learning AS action
  GROUP BY action.complaint_id
)
SELECT period.period_id, min(complaint.complaint_stage_id) AS case_id, min(complaint.child_id) AS child_id,
       coalesce(bool_or(learning.first_done_on <= period.ends_on), FALSE) AS counts
FROM records.complaints AS complaint
JOIN profile.periods AS period ON complaint.responded_on BETWEEN period.starts_on AND period.ends_on
LEFT JOIN learning ON learning.complaint_id = complaint.complaint_id
WHERE complaint.outcome_code IN ('UPHELD', 'PART') AND complaint.complaint_id IS NOT NULL
GROUP BY period.period_id, complaint.complaint_id
/*
# Worked example.
as_at = 2026-03-31
period_kind = "rolling_12_months"
numerator = 5
denominator = 8
[[given]]
table = "records.complaints"
rows = """
complaint_stage_id | complaint_id | stage_code | child_id | received_on | responded_on | outcome_code | verdict        | because
S1                 | K1           | 1          | A        | 2025-03-20  | 2025-04-01   | UPHELD       | counts         | answered on the first day of the period; the action was done on the as-at date
S2                 | K2           | 1          | B        | 2025-06-02  | 2025-06-10   | PART         | does not count | the action is done tomorrow
S3                 | K3           | 1          |          | 2025-06-02  | 2025-06-10   | UPHELD       | does not count | no learning recorded
S4                 | K4           | 1          | C        | 2025-06-02  | 2025-06-10   | NOT          | left out       | not upheld at stage 1
S5                 | K4           | 2          | C        | 2025-07-02  | 2025-08-10   | UPHELD       | counts         | upheld at stage 2
S6                 | K5           | 1          | D        | 2025-06-02  | 2025-06-10   | PART         | counts         | upheld at two stages: once; one of two actions is done
S7                 | K5           | 2          | D        | 2025-07-02  | 2025-08-10   | UPHELD       | left out       | the same complaint
S8                 | K6           | 1          | E        | 2025-02-02  | 2025-03-31   | UPHELD       | left out       | answered the day before the period
S9                 | K6           | 2          | E        | 2025-04-02  | 2025-05-10   | PART         | counts         | its second stage was answered in the period; the action followed the first
S10                | K7           | 1          | F        | 2025-06-02  |              | UPHELD       | left out       | not answered
S11                | K8           | 1          | G        | 2026-03-02  | 2026-04-01   | UPHELD       | left out       | the answer is in the future
S12                | K9           | 1          | H        | 2025-06-02  | 2025-06-10   |              | left out       | outcome not recorded
S13                | K10          | 1          | I        | 2025-06-02  | 2025-06-10   | WITHDRAWN    | left out       | withdrawn
S14                | K11          | 1          | J        | 2026-03-02  | 2026-03-31   | UPHELD       | counts         | answered on the as-at date, the action done before, late for its own date
S15                | K12          | 1          | K        | 2025-06-02  | 2025-06-10   | UPHELD       | does not count | the action is not done
S16                |              | 1          | L        | 2025-06-02  | 2025-06-10   | UPHELD       | left out       | the complaint is not named
"""
[[given]]
table = "records.complaint_learning"
rows = """
learning_id | complaint_id | due_on     | done_on
M1          | K1           | 2025-06-30 | 2026-03-31
M2          | K2           | 2025-07-31 | 2026-04-01
M3          | K4           | 2025-09-30 | 2025-09-01
M4          | K5           | 2025-09-30 |
M5          | K5           | 2025-09-30 | 2025-09-30
M6          | K6           | 2025-04-30 | 2025-04-20
M7          | K9           | 2025-09-30 | 2025-09-01
M8          | K11          | 2026-02-28 | 2026-03-20
M9          | K12          | 2025-09-30 |
"""
*/
