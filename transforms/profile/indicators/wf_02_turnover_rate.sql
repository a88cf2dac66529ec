/*
code        = "WF02"
title       = "Turnover rate"
family      = "workforce"
denominator = "full-time equivalent of social workers in post on the last day of the period, excluding agency"
numerator   = "full-time equivalent of social workers who left in the period, excluding agency"
unit        = "percent"
good_is     = "low"
periods     = ["rolling_12_months"]
history     = "current state only"
source      = "DASH enabler3"
sourced     = "verified"
reading     = "Leavers are social workers (role not 0), not agency, who left in the period; a worker who left on the last day is a leaver and no longer in post. A worker whose hours are not recorded is left out. The staff list has only today's hours and role, so earlier periods are not measured."
small_numbers = "S3"
*/
SELECT period.period_id, worker.staff_id AS case_id, NULL::VARCHAR AS child_id,
       coalesce(worker.left_on <= period.ends_on, FALSE) AS counts,
       CASE WHEN worker.left_on <= period.ends_on THEN worker.full_time_equivalent ELSE 0 END AS numerator_part,
       CASE WHEN worker.left_on <= period.ends_on THEN 0 ELSE worker.full_time_equivalent END AS denominator_part
FROM records.staff AS worker
JOIN profile.periods AS period
  ON worker.left_on BETWEEN period.starts_on AND period.ends_on
  OR (worker.started_on <= period.ends_on AND (worker.left_on IS NULL OR worker.left_on > period.ends_on))
WHERE worker.role_code IS DISTINCT FROM '0' AND worker.contract_code IS DISTINCT FROM 'AGENCY'
  AND worker.full_time_equivalent IS NOT NULL
/*
# Worked example.
as_at = 2026-03-31
period_kind = "rolling_12_months"
numerator = 2.5
denominator = 4.5
[[given]]
table = "records.staff"
rows = """
staff_id | role_code | contract_code | full_time_equivalent | started_on | left_on    | verdict        | because
W1       | 5         | PERM          | 1.0                  | 2020-01-06 | 2025-04-01 | counts         | left on the first day of the period
W2       | 5         | PERM          | 0.5                  | 2020-01-06 | 2026-03-31 | counts         | left on the as-at date
W3       | 5         | PERM          | 1.0                  | 2020-01-06 | 2025-03-31 | left out       | left the day before the period
W4       | 5         | PERM          | 1.0                  | 2020-01-06 | 2026-04-01 | does not count | leaves tomorrow: in post
W5       | 4         | AGENCY        | 1.0                  | 2020-01-06 | 2025-09-01 | left out       | agency
W6       | 0         | PERM          | 1.0                  | 2020-01-06 | 2025-09-01 | left out       | not a social worker
W7       | 3         | FIXED         | 1.0                  | 2025-06-02 | 2025-09-01 | counts         | came and left within the period
W8       | 5         | PERM          | 1.0                  | 2026-03-31 |            | does not count | started on the as-at date
W9       | 5         | PERM          | 1.0                  | 2026-04-01 |            | left out       | the start is in the future
W10      | 5         | PERM          |                      | 2020-01-06 | 2025-09-01 | left out       | hours not recorded
W11      |           | PERM          | 0.5                  | 2020-01-06 |            | does not count | role not recorded: not known to be 0
W12      | 5         |               | 1.0                  | 2020-01-06 |            | does not count | contract not recorded: not known to be agency
W13      | 5         | CASUAL        | 1.0                  | 2020-01-06 |            | does not count | casual is not agency
"""
*/
