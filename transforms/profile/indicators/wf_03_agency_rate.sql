/*
code        = "WF03"
title       = "Agency rate"
family      = "workforce"
denominator = "full-time equivalent of social workers at the date, including agency"
numerator   = "full-time equivalent of agency social workers"
unit        = "percent"
good_is     = "low"
periods     = ["snapshot"]
history     = "current state only"
source      = "DASH enabler3"
sourced     = "verified"
reading     = "Agency means contract AGENCY. Social workers (role not 0) are included if they started by the date and have not left by it; a worker who left on the date is gone. A worker whose hours are not recorded is left out. The staff list has only today's hours, role and contract, so earlier dates are not measured."
small_numbers = "S3"
*/
SELECT period.period_id, worker.staff_id AS case_id, NULL::VARCHAR AS child_id,
       worker.contract_code IS NOT DISTINCT FROM 'AGENCY' AS counts,
       CASE WHEN worker.contract_code = 'AGENCY' THEN worker.full_time_equivalent ELSE 0 END AS numerator_part,
       worker.full_time_equivalent AS denominator_part
FROM records.staff AS worker
JOIN profile.periods AS period
  ON worker.started_on <= period.ends_on AND (worker.left_on IS NULL OR worker.left_on > period.ends_on)
WHERE worker.role_code IS DISTINCT FROM '0' AND worker.full_time_equivalent IS NOT NULL
/*
# Worked example.
as_at = 2026-03-31
period_kind = "snapshot"
numerator = 1.5
denominator = 4
[[given]]
table = "records.staff"
rows = """
staff_id | role_code | contract_code | full_time_equivalent | started_on | left_on    | verdict        | because
W1       | 5         | AGENCY        | 1.0                  | 2026-03-31 |            | counts         | agency, started on the date
W2       | 4         | AGENCY        | 0.5                  | 2025-01-06 | 2026-04-01 | counts         | agency, leaves tomorrow
W3       | 5         | AGENCY        | 1.0                  | 2025-01-06 | 2026-03-31 | left out       | left on the date
W4       | 0         | AGENCY        | 1.0                  | 2025-01-06 |            | left out       | not a social worker
W5       | 5         | AGENCY        | 1.0                  | 2026-04-01 |            | left out       | the start is in the future
W6       | 5         | PERM          | 1.0                  | 2020-01-06 |            | does not count | permanent
W7       | 5         | FIXED         | 0.5                  | 2020-01-06 |            | does not count | fixed term
W8       | 5         |               | 0.5                  | 2020-01-06 |            | does not count | contract not recorded: not known to be agency
W9       | 5         | AGENCY        |                      | 2020-01-06 |            | left out       | hours not recorded
W10      |           | CASUAL        | 0.5                  | 2020-01-06 |            | does not count | role not recorded: not known to be 0
"""
*/
