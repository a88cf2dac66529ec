/*
code        = "HE05"
title       = "Dental check in the year"
family      = "health"
denominator = "children looked after on the last day of the period who had entered care 12 months before it or earlier, excluding short breaks"
numerator   = "children with a dental check in the period"
unit        = "percent"
good_is     = "high"
periods     = ["rolling_12_months"]
history     = "recomputed"
source      = "LAIT 3"
sourced     = "verified"
reading     = "Checked means a completed dental check in the case system, or a check in the trust's return, dated in the period, at any age. A refusal counts as not done. Children in care for 12 calendar months or more on the last day are included (the alternative includes those in care since 1 April)."
small_numbers = "S1"
*/
WITH dental_check AS (
  SELECT child_id, checked_on
  FROM records.health_checks
  WHERE health_check_type_code = 'DENT' AND status_code = 'Completed'
  UNION ALL
  SELECT matched_child_id, checked_on
  FROM records.trust_dental_checks
  WHERE status_code = 'CHECKED' AND matched_child_id IS NOT NULL
)
SELECT looked_after.period_id, looked_after.child_id AS case_id, looked_after.child_id,
       EXISTS (
         FROM dental_check
         WHERE dental_check.child_id = looked_after.child_id
           AND dental_check.checked_on BETWEEN looked_after.starts_on AND looked_after.ends_on
       ) AS counts
FROM profile.looked_after AS looked_after
WHERE looked_after.entered_care_on <= looked_after.ends_on - INTERVAL 12 MONTH
/*
# Worked example.
as_at = 2026-03-31
period_kind = "rolling_12_months"
numerator = 5
denominator = 11
[[given]]
table = "records.children"
rows = """
child_id | verdict        | because
A        | counts         | in care for exactly 12 months; checked on the first day of the period
B        | left out       | in care for one day less than 12 months
C        | counts         | the trust's return has the check, on the as-at date
D        | does not count | refused
E        | does not count | checked the day before the period
F        | does not count | the planned check is in the future
G        | left out       | short breaks
H        | left out       | left care on the as-at date
I        | left out       | day of entry not recorded
J        | does not count | the trust's row has no date
K        | does not count | an optician's check
L        | counts         | refused first, checked later
M        | does not count | not registered with a dentist
N        | counts         | a new episode started on the as-at date; short breaks ended on it
O        | left out       | short breaks (V4) start on the as-at date
P        | counts         | two episodes open, a fault: the longer period of care is used
"""
[[given]]
table = "records.looked_after_episodes"
rows = """
episode_id | child_id | started_on | ceased_on  | entered_care_on
E1         | A        | 2025-03-31 |            | 2025-03-31
E2         | B        | 2025-04-01 |            | 2025-04-01
E3         | C        | 2026-03-01 |            | 2020-01-10
E4         | D        | 2020-01-10 |            | 2020-01-10
E5         | E        | 2020-01-10 |            | 2020-01-10
E6         | F        | 2020-01-10 |            | 2020-01-10
E7         | G        | 2020-01-10 |            | 2020-01-10
E8         | H        | 2020-01-10 | 2026-03-31 | 2020-01-10
E9         | I        | 2020-01-10 |            |
E10        | J        | 2020-01-10 |            | 2020-01-10
E11        | K        | 2020-01-10 |            | 2020-01-10
E12        | L        | 2020-01-10 |            | 2020-01-10
E13        | M        | 2020-01-10 |            | 2020-01-10
E14        | N        | 2026-03-31 |            | 2020-01-10
E15        | O        | 2020-01-10 |            | 2020-01-10
E16        | P        | 2020-01-10 |            | 2020-01-10
E17        | P        | 2026-01-10 |            | 2026-01-10
"""
[[given]]
table = "records.health_checks"
rows = """
health_check_id | child_id | health_check_type_code | checked_on | status_code
H1              | A        | DENT                   | 2025-04-01 | Completed
H2              | B        | DENT                   | 2025-06-01 | Completed
H3              | D        | DENT                   | 2025-06-01 | Refused
H4              | E        | DENT                   | 2025-03-31 | Completed
H5              | F        | DENT                   | 2026-04-01 | Completed
H6              | G        | DENT                   | 2025-06-01 | Completed
H7              | H        | DENT                   | 2025-06-01 | Completed
H8              | I        | DENT                   | 2025-06-01 | Completed
H9              | K        | OPT                    | 2025-06-01 | Completed
H10             | L        | DENT                   | 2025-06-01 | Refused
H11             | L        | DENT                   | 2025-09-01 | Completed
H12             | N        | DENT                   | 2025-09-01 | Completed
H13             | O        | DENT                   | 2025-09-01 | Completed
H14             | P        | DENT                   | 2025-09-01 | Completed
"""
[[given]]
table = "records.trust_dental_checks"
rows = """
row_id | matched_child_id | checked_on | status_code
D1     | C                | 2026-03-31 | CHECKED
D2     | J                |            | CHECKED
D3     | M                | 2025-06-01 | NOT_REGISTERED
D4     |                  | 2025-06-01 | CHECKED
"""
[[given]]
table = "records.legal_statuses"
rows = """
legal_status_id | child_id | legal_status_code | started_on | ended_on
L1              | G        | V3                | 2020-01-10 |
L2              | N        | V3                | 2020-01-10 | 2026-03-31
L3              | O        | V4                | 2026-03-31 |
"""
*/
