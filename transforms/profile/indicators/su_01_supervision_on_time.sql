/*
code        = "SU01"
title       = "Supervision on time"
family      = "supervision"
denominator = "social workers with a case at the date, including agency workers"
numerator   = "social workers supervised within the limit"
unit        = "percent"
good_is     = "high"
periods     = ["snapshot"]
history     = "current state only"
source      = "LGA Standards for employers, standard on supervision (local.gov.uk)"
sourced     = "verified"
reading     = "On time means that the time since the last personal supervision held since the worker's start, or since the start if there was none, is within the limit; a session due on the date is not yet late (our interpretation). Newly qualified workers (assessed and supported year stage 0_6W, 6W_6M or 6M_12M) need a session every 7 days up to the 42nd day after the start, every 14 days up to six calendar months after it, then every calendar month; the limit at the date applies. All others need one every calendar month. Social workers (role not 0, including agency) are included if they are in post at the date with an involvement in role CW open then. A worker never supervised and not yet due is not counted. The staff list has only today's stage and role, so earlier dates are not measured."
beside      = "case and group supervision count as well as personal supervision"
threshold   = "100% (LGA Standards for employers)"
small_numbers = "S3"
*/
WITH case_holder AS (
  SELECT DISTINCT period.period_id, period.ends_on, worker.staff_id, worker.started_on,
         CASE
           WHEN worker.asye_stage_code IN ('0_6W', '6W_6M', '6M_12M') AND period.ends_on <= worker.started_on + 42
           THEN INTERVAL 7 DAY
           WHEN worker.asye_stage_code IN ('0_6W', '6W_6M', '6M_12M')
                AND period.ends_on <= worker.started_on + INTERVAL 6 MONTH
           THEN INTERVAL 14 DAY
           ELSE INTERVAL 1 MONTH
         END AS at_least_every
  FROM records.staff AS worker
  JOIN profile.periods AS period
    ON worker.started_on <= period.ends_on AND (worker.left_on IS NULL OR worker.left_on > period.ends_on)
  JOIN records.involvements AS involvement
    ON involvement.professional_id = worker.professional_id AND involvement.role_code = 'CW'
   AND involvement.started_on <= period.ends_on
   AND (involvement.ended_on IS NULL OR involvement.ended_on > period.ends_on)
  WHERE worker.role_code IS DISTINCT FROM '0'
),
last_held AS (
  SELECT holder.period_id, holder.staff_id, holder.ends_on, holder.started_on, holder.at_least_every,
         max(supervision.held_on) AS any_on,
         max(supervision.held_on) FILTER (supervision.kind_code = 'PERSONAL') AS personal_on
  FROM case_holder AS holder
  LEFT JOIN records.supervisions AS supervision
    ON supervision.staff_id = holder.staff_id AND supervision.held_on BETWEEN holder.started_on AND holder.ends_on
  GROUP BY holder.period_id, holder.staff_id, holder.ends_on, holder.started_on, holder.at_least_every
)
SELECT last_held.period_id, last_held.staff_id AS case_id, NULL::VARCHAR AS child_id,
       coalesce(last_held.personal_on + last_held.at_least_every >= last_held.ends_on, FALSE) AS counts,
       coalesce(last_held.any_on + last_held.at_least_every >= last_held.ends_on, FALSE) AS counts_beside
FROM last_held
WHERE last_held.personal_on IS NOT NULL OR last_held.started_on + last_held.at_least_every < last_held.ends_on
/*
# Worked example.
as_at = 2026-03-28
period_kind = "snapshot"
numerator = 8
denominator = 19
numerator_beside = 9
[[given]]
table = "records.staff"
rows = """
staff_id | professional_id | role_code | contract_code | asye_stage_code | started_on | left_on    | verdict        | because
W1       | P1              | 5         | PERM          | POST            | 2020-01-06 |            | counts         | last held on 28 February: due on the date, not yet late
W2       | P2              | 5         | PERM          |                 | 2020-01-06 |            | does not count | last held on 27 February: due yesterday
W3       | P3              | 4         | AGENCY        | NA              | 2025-01-06 |            | counts         | agency, supervised on the date
W4       | P4              | 5         | PERM          | 0_6W            | 2026-02-14 |            | counts         | newly qualified, 42nd day: weekly, and seven days ago
W5       | P5              | 5         | PERM          | 6M_12M          | 2026-02-14 |            | does not count | newly qualified, 42nd day with this employer: weekly whatever the stage says, eight days ago
W6       | P6              | 5         | PERM          | 0_6W            | 2026-02-13 |            | counts         | 43rd day: fortnightly, fourteen days ago
W7       | P7              | 5         | PERM          | 6W_6M           | 2025-09-28 |            | does not count | exactly six months: still fortnightly, fifteen days ago
W8       | P8              | 5         | PERM          | 6M_12M          | 2025-10-01 |            | does not count | within six months: fortnightly, fifteen days ago
W9       | P9              | 5         | PERM          | 0_6W            | 2026-03-21 |            | left out       | newly qualified, seven days in post: the first session is due on the date
W10      | P10             | 5         | PERM          | 6W_6M           | 2026-03-20 |            | does not count | eight days in post, never supervised
W11      | P11             | 5         | PERM          | POST            | 2026-02-28 |            | left out       | experienced, a month in post: the first session is due on the date
W12      | P12             | 5         | PERM          | POST            | 2020-01-06 |            | does not count | only case supervision since December: counts in the second measure
W13      | P13             | 5         | PERM          | POST            | 2020-01-06 |            | does not count | cancelled, and the next is in the future
W14      | P14             | 0         | PERM          | NA              | 2020-01-06 |            | left out       | not a social worker
W15      | P15             | 5         | PERM          | POST            | 2020-01-06 | 2026-03-28 | left out       | left on the date
W16      | P16             | 5         | PERM          | POST            | 2020-01-06 |            | left out       | has no case at the date
W17      | P17             | 3         | PERM          | POST            | 2020-01-06 | 2026-03-29 | counts         | leaves tomorrow; two cases, one worker
W18      | P18             |           | PERM          | POST            | 2026-02-27 |            | does not count | role not recorded: not known to be 0; supervised only before the start
W19      | P19             | 5         | PERM          | 6M_12M          | 2025-09-27 |            | counts         | six months and a day: monthly, three weeks ago
W20      | P20             | 5         | PERM          | POST            | 2026-03-02 |            | counts         | new and supervised
W21      | P21             | 5         | PERM          | POST            | 2026-03-29 |            | left out       | the start is in the future
W22      |                 | 5         | PERM          | POST            | 2020-01-06 |            | left out       | not in the case system
W23      | P23             | 5         | PERM          | POST            | 2020-01-06 |            | does not count | kind not recorded, a year ago
W24      | P24             | 5         | PERM          | 0_6W            | 2025-11-03 |            | does not count | within six months: fortnightly, fifteen days ago
W25      | P25             | 5         | PERM          | 0_6W            | 2026-03-28 |            | counts         | started and supervised on the date
W26      | P26             | 5         | PERM          | 0_6W            | 2026-02-15 |            | does not count | newly qualified, 41st day: weekly, eight days ago
"""
[[given]]
table = "records.involvements"
rows = """
involvement_id | professional_id | role_code | started_on | ended_on   | child_id
I1             | P1              | CW        | 2025-01-06 |            | A
I2             | P2              | CW        | 2025-01-06 | 2026-03-29 | B
I3             | P3              | CW        | 2026-03-28 |            | C
I4             | P4              | CW        | 2026-02-17 |            | D
I5             | P5              | CW        | 2026-02-17 |            | E
I6             | P6              | CW        | 2026-02-17 |            | F
I7             | P7              | CW        | 2025-11-03 |            | G
I8             | P8              | CW        | 2025-11-03 |            | H
I9             | P9              | CW        | 2026-03-24 |            | I
I10            | P10             | CW        | 2026-03-24 |            | J
I11            | P11             | CW        | 2026-03-03 |            | K
I12            | P12             | CW        | 2025-11-03 |            | L
I13            | P13             | CW        | 2025-11-03 |            | M
I14            | P14             | CW        | 2025-11-03 |            | N
I15            | P15             | CW        | 2025-11-03 |            | O
I16            | P16             | CW        | 2025-11-03 | 2026-03-28 | P
I17            | P16             | IRO       | 2025-11-03 |            | P
I18            | P16             | CW        | 2026-03-29 |            | P
I19            | P17             | CW        | 2025-11-03 |            | Q
I20            | P17             | CW        | 2025-11-03 |            | R
I21            | P18             | CW        | 2026-03-03 |            | S
I22            | P19             | CW        | 2025-11-03 |            | T
I23            | P20             | CW        | 2026-03-03 |            | U
I24            | P21             | CW        | 2026-03-03 |            | V
I25            |                 | CW        | 2026-03-03 |            | W
I26            | P23             | CW        | 2026-03-03 |            | X
I27            | P24             | CW        | 2026-03-03 |            | Y
I28            | P25             | CW        | 2026-03-28 |            | Z
I29            | P26             | CW        | 2026-03-03 |            | A
"""
[[given]]
table = "records.supervisions"
rows = """
supervision_id | staff_id | kind_code | held_on    | due_on     | cancelled_reason_code
S1             | W1       | PERSONAL  | 2026-02-28 | 2026-02-27 |
S2             | W2       | PERSONAL  | 2026-02-27 | 2026-02-27 |
S3             | W3       | PERSONAL  | 2026-03-28 | 2026-02-27 |
S4             | W4       | PERSONAL  | 2026-03-21 | 2026-03-20 |
S5             | W5       | PERSONAL  | 2026-03-20 | 2026-03-20 |
S6             | W6       | PERSONAL  | 2026-03-14 | 2026-03-13 |
S7             | W7       | PERSONAL  | 2026-03-13 | 2026-03-13 |
S8             | W8       | PERSONAL  | 2026-03-13 | 2026-03-13 |
S9             | W12      | CASE      | 2026-03-20 | 2026-03-20 |
S10            | W12      | PERSONAL  | 2025-12-01 | 2025-12-01 |
S11            | W13      | PERSONAL  |            | 2026-03-20 | WORKLOAD
S12            | W13      | PERSONAL  | 2026-03-29 | 2026-03-29 |
S13            | W14      | PERSONAL  | 2026-03-20 | 2026-03-20 |
S14            | W15      | PERSONAL  | 2026-03-20 | 2026-03-20 |
S15            | W16      | PERSONAL  | 2026-03-20 | 2026-03-20 |
S16            | W17      | PERSONAL  | 2026-03-20 | 2026-03-20 |
S17            | W18      | PERSONAL  | 2026-02-26 | 2026-02-26 |
S18            | W19      | PERSONAL  | 2026-03-07 | 2026-03-06 |
S19            | W20      | PERSONAL  | 2026-03-09 | 2026-03-09 |
S20            | W21      | PERSONAL  | 2026-03-27 | 2026-03-27 |
S21            | W22      | PERSONAL  | 2026-03-20 | 2026-03-20 |
S22            | W23      |           | 2025-03-31 | 2025-03-31 |
S23            | W24      | PERSONAL  | 2026-03-13 | 2026-03-13 |
S24            | W25      | PERSONAL  | 2026-03-28 | 2026-03-27 |
S26            | W26      | PERSONAL  | 2026-03-20 | 2026-03-20 |
S25            | W1       | PERSONAL  | 2026-02-02 | 2026-02-02 |
"""
*/
