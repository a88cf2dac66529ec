/*
code        = "CO01"
title       = "Stage 1 complaints answered in time"
family      = "complaints"
denominator = "stage 1 complaints answered in the period"
numerator   = "complaints answered within 10 working days, or 20 if an extension was agreed"
unit        = "percent"
good_is     = "high"
periods     = ["rolling_12_months"]
history     = "recomputed"
source      = "SI 2006/1738 reg 14 (text not seen)"
sourced     = "partly"
reading     = "In time means answered on or before the 10th working day, or the 20th if an extension was agreed; the day received is day 0. If it is not recorded whether an extension was agreed, none was. The recorded due date is not used. Answered before it was received is in time. Withdrawn complaints that were answered are included. In our interpretation of open and late, a complaint withdrawn without an answer is not waiting for one."
threshold   = "set locally"
open_and_late = "stage 1 complaints, not withdrawn, not answered by the last day, whose working days ended before it"
small_numbers = "S1"
*/
WITH complaint AS (
  SELECT complaint_stage_id, child_id, received_on, responded_on,
         CASE
           WHEN is_extension_agreed IS TRUE THEN records.working_days_after(received_on, 20)
           ELSE records.working_days_after(received_on, 10)
         END AS due_on
  FROM records.complaints
  WHERE stage_code = '1' AND responded_on IS NOT NULL
)
SELECT period.period_id, complaint.complaint_stage_id AS case_id, complaint.child_id,
       complaint.responded_on < complaint.received_on
         OR coalesce(complaint.responded_on <= complaint.due_on, FALSE) AS counts
FROM complaint
JOIN profile.periods AS period ON complaint.responded_on BETWEEN period.starts_on AND period.ends_on;

WITH complaint AS (
  SELECT complaint_stage_id, child_id, responded_on,
         CASE
           WHEN is_extension_agreed IS TRUE THEN records.working_days_after(received_on, 20)
           ELSE records.working_days_after(received_on, 10)
         END AS due_on
  FROM records.complaints
  WHERE stage_code = '1' AND outcome_code IS DISTINCT FROM 'WITHDRAWN'
)
SELECT period.period_id, complaint.complaint_stage_id AS case_id, complaint.child_id
FROM complaint
JOIN profile.periods AS period
  ON complaint.due_on < period.ends_on
 AND (complaint.responded_on IS NULL OR complaint.responded_on > period.ends_on)
/*
# Worked example.
as_at = 2026-03-31
period_kind = "rolling_12_months"
numerator = 5
denominator = 9
open_and_late_cases = "S7, S13, S15, S18"
[[given]]
table = "records.complaints"
rows = """
complaint_stage_id | complaint_id | stage_code | child_id | received_on | due_on     | is_extension_agreed | responded_on | outcome_code | verdict        | because
S1                 | K1           | 1          | A        | 2025-12-17  | 2025-12-20 | false               | 2026-01-05   | NOT          | counts         | tenth working day over Christmas and New Year
S2                 | K2           | 1          | B        | 2025-12-17  | 2026-01-31 | false               | 2026-01-06   | UPHELD       | does not count | eleventh working day, whatever the recorded due date
S3                 | K3           | 1          |          | 2025-12-17  |            | true                | 2026-01-19   | PART         | counts         | twentieth working day, extension agreed
S4                 | K4           | 1          | C        | 2025-12-17  |            | true                | 2026-01-20   | PART         | does not count | twenty-first working day
S5                 | K5           | 1          | D        | 2025-06-02  |            |                     | 2025-06-17   | UPHELD       | does not count | eleventh working day; not recorded whether an extension was agreed
S6                 | K5           | 2          | D        | 2025-06-20  |            | false               | 2025-06-27   | UPHELD       | left out       | stage 2
S7                 | K6           | 1          | E        | 2025-06-02  |            | false               |              |              | open and late  | not answered, nine months old
S8                 | K7           | 1          | F        | 2025-03-20  |            | false               | 2025-04-01   | NOT          | counts         | answered on the first day of the period
S9                 | K8           | 1          | G        | 2026-03-30  |            | false               | 2026-03-31   | WITHDRAWN    | counts         | answered on the as-at date, withdrawn
S10                | K9           | 1          | H        | 2026-03-30  |            | false               | 2026-04-01   | NOT          | left out       | the answer is in the future
S11                | K10          | 1          | I        | 2025-07-10  |            | false               | 2025-07-09   | NOT          | counts         | answered before it was received: a fault, not late
S12                | K11          | 1          | J        | 2025-09-05  |            | false               | 2025-09-20   | NOT          | does not count | due on a Friday, answered on the Saturday
S13                | K12          | 1          | K        | 2026-03-16  |            | false               |              |              | open and late  | not answered: the tenth working day was yesterday
S14                | K13          | 1          | L        | 2026-03-17  |            | false               |              |              | left out       | not answered: the tenth working day is the as-at date
S15                | K14          | 1          | M        | 2026-03-02  | 2026-04-30 |                     |              |              | open and late  | not answered, not recorded whether an extension was agreed, whatever the recorded due date
S16                | K15          | 1          | N        | 2026-03-10  |            | true                |              |              | left out       | not answered, the twenty working days of the extension are not over
S17                | K16          | 1          | O        | 2025-06-02  |            | false               |              | WITHDRAWN    | left out       | withdrawn without an answer
S18                | K17          | 1          | P        | 2024-06-03  |            | true                | 2026-04-01   | NOT          | open and late  | the answer is in the future, years late
S19                | K18          | 2          | Q        | 2025-06-02  |            | false               |              |              | left out       | stage 2, not answered
S20                | K19          | 1          | R        | 2026-04-01  |            | false               |              |              | left out       | received after the as-at date
"""
*/
