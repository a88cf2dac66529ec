/*
code        = "PF04"
title       = "Private fostering visits at least every six weeks in the first year"
family      = "private_fostering"
denominator = "arrangements that had begun and that the authority became aware of in the period"
numerator   = "arrangements that from then on were never more than 42 days without a visit"
unit        = "percent"
good_is     = "high"
periods     = ["rolling_12_months"]
history     = "recomputed"
source      = "SI 2005/1533 reg 8"
sourced     = "verified"
reading     = "No more than 42 days may pass from the start to the first visit, between visits, and from the last visit to the end. The clock starts on the day the authority became aware (reg 8(6)) and stops at the end of the period, of the arrangement or of 12 months, whichever is first; an arrangement with no day in between is not counted. Visits of every kind in the visit log count; the day of the first visit kept in the arrangement's own row does not. In our interpretation, open and late covers an arrangement still in its first 12 months, whichever year it began in."
threshold   = "100% (SI 2005/1533 reg 8)"
open_and_late = "arrangements begun and not ended, in the first 12 months since the authority became aware, whose last visit (or, if none, the day it became aware) is more than 42 days ago"
small_numbers = "S4"
*/
WITH watched AS (
  SELECT period.period_id, arrangement.pf_ref, arrangement.child_id, arrangement.authority_aware_on,
         least(
           period.ends_on,
           coalesce(arrangement.ended_on, period.ends_on),
           (arrangement.authority_aware_on + INTERVAL 12 MONTH)::DATE
         ) AS watched_until
  FROM records.private_fostering_arrangements AS arrangement
  JOIN profile.periods AS period
    ON arrangement.authority_aware_on BETWEEN period.starts_on AND period.ends_on
   AND arrangement.started_on <= period.ends_on
),
seen AS (
  SELECT watched.period_id, watched.pf_ref, watched.authority_aware_on AS day FROM watched
  UNION ALL
  SELECT watched.period_id, watched.pf_ref, visit.visited_on
  FROM watched
  JOIN records.private_fostering_visits AS visit
    ON visit.pf_ref = watched.pf_ref
   AND visit.visited_on BETWEEN watched.authority_aware_on AND watched.watched_until
  UNION ALL
  SELECT watched.period_id, watched.pf_ref, watched.watched_until FROM watched
),
gap AS (
  SELECT period_id, pf_ref, lead(day) OVER (PARTITION BY period_id, pf_ref ORDER BY day) - day AS gap_days
  FROM seen
)
SELECT watched.period_id, watched.pf_ref AS case_id, watched.child_id, max(gap.gap_days) <= 42 AS counts
FROM watched
JOIN gap ON gap.period_id = watched.period_id AND gap.pf_ref = watched.pf_ref
WHERE watched.watched_until > watched.authority_aware_on
GROUP BY watched.period_id, watched.pf_ref, watched.child_id;

SELECT period.period_id, arrangement.pf_ref AS case_id, arrangement.child_id
FROM records.private_fostering_arrangements AS arrangement
JOIN profile.periods AS period
  ON arrangement.started_on <= period.ends_on
 AND (arrangement.ended_on IS NULL OR arrangement.ended_on > period.ends_on)
 AND arrangement.authority_aware_on + INTERVAL 12 MONTH >= period.ends_on
 AND arrangement.authority_aware_on + 42 < period.ends_on
LEFT JOIN records.private_fostering_visits AS visit
  ON visit.pf_ref = arrangement.pf_ref
 AND visit.visited_on BETWEEN arrangement.authority_aware_on AND period.ends_on
GROUP BY period.period_id, period.ends_on, arrangement.pf_ref, arrangement.child_id, arrangement.authority_aware_on
HAVING coalesce(max(visit.visited_on), arrangement.authority_aware_on) + 42 < period.ends_on
/*
# Worked example.
as_at = 2025-02-28
period_kind = "rolling_12_months"
numerator = 6
denominator = 13
open_and_late_cases = "F4, F11, F15, F16, F18"
[[given]]
table = "records.private_fostering_arrangements"
rows = """
pf_ref | child_id | authority_aware_on | started_on | initial_visit_on | ended_on   | verdict        | because
F1     | A        | 2024-12-01         | 2024-11-01 |                  |            | counts         | visited after 42 days and again after 42 more
F2     | B        | 2024-12-01         | 2024-11-01 |                  |            | does not count | first visited after 43 days; the last visit is recent
F3     | C        | 2025-01-01         | 2025-01-01 |                  |            | counts         | the last visit is 42 days ago
F4     | D        | 2025-01-01         | 2025-01-01 |                  |            | does not count | the last visit is 43 days ago, with none since
F5     | E        | 2024-06-03         | 2024-06-03 |                  | 2024-07-22 | counts         | ended 42 days after the last visit
F6     | F        | 2024-06-03         | 2024-06-03 |                  | 2024-07-23 | does not count | ended 43 days after the last visit
F7     | G        | 2025-02-28         | 2025-02-01 |                  |            | left out       | the authority became aware on the as-at date: no day to measure yet
F8     | H        | 2024-09-02         | 2024-09-02 |                  | 2024-09-02 | left out       | ended the day the authority became aware
F9     | I        | 2024-09-02         |            |                  |            | left out       | not begun
F10    | J        | 2024-09-02         | 2025-03-01 |                  |            | left out       | the start is in the future
F11    | K        | 2024-02-28         | 2024-02-28 |                  |            | open and late  | aware before the period; the 12 months end on the as-at date, the last visit is 43 days ago
F12    | L        | 2024-02-27         | 2024-02-27 |                  |            | left out       | the 12 months of six-weekly visits ended yesterday
F13    | M        | 2024-02-29         | 2024-02-29 |                  | 2024-03-15 | counts         | aware on the first day of the period, a leap day; ended before a visit was due
F14    | N        | 2024-10-01         | 2024-10-01 |                  | 2024-12-01 | counts         | ended 42 days after the last visit; two visits on one day; a visit after the end does not count
F15    | O        | 2025-01-10         | 2025-01-10 |                  |            | does not count | the visit is in the future
F16    | P        | 2025-01-16         | 2025-01-01 | 2025-02-01       |            | does not count | the visit was before the authority was aware; the first visit is not in the visit log
F17    | Q        | 2025-01-10         | 2025-01-10 |                  | 2025-02-28 | does not count | not visited in 49 days, ended on the as-at date
F18    | R        | 2025-01-10         | 2025-01-10 |                  | 2025-03-01 | does not count | not visited in 49 days, ends tomorrow
F19    | S        |                    | 2025-01-10 |                  |            | left out       | when the authority became aware is not recorded
F20    | T        | 2025-03-05         | 2025-01-10 |                  |            | left out       | the day the authority becomes aware is in the future
F21    | U        | 2025-01-17         | 2025-01-17 |                  |            | counts         | 42 days since the authority became aware, no visit yet
"""
[[given]]
table = "records.private_fostering_visits"
rows = """
pf_visit_id | pf_ref | visited_on | visit_kind_code
V1          | F1     | 2025-01-12 | INITIAL
V2          | F1     | 2025-02-23 | STATUTORY
V3          | F2     | 2025-01-13 | STATUTORY
V4          | F2     | 2025-02-20 | STATUTORY
V5          | F3     | 2025-01-17 |
V6          | F4     | 2025-01-16 | STATUTORY
V7          | F5     | 2024-06-10 | STATUTORY
V8          | F6     | 2024-06-10 | STATUTORY
V9          | F11    | 2025-01-16 | STATUTORY
V10         | F12    | 2025-01-16 | STATUTORY
V11         | F14    | 2024-10-20 | STATUTORY
V12         | F14    | 2024-10-20 | REQUESTED
V13         | F14    | 2024-12-10 | OTHER
V14         | F15    | 2025-03-05 | STATUTORY
V15         | F16    | 2025-01-05 | INITIAL
"""
*/
