/*
code        = "WF08"
title       = "Ethnicity of staff known"
family      = "workforce"
denominator = "staff in post at the date"
numerator   = "staff whose ethnicity is recorded"
unit        = "percent"
good_is     = "high"
periods     = ["snapshot"]
history     = "current state only"
source      = "seed 002 G1"
sourced     = "verified"
reading     = "Known means recorded and not NOBT (not yet obtained); refused (REFU) is known, because the worker was asked. All staff in post are counted by heads, including agency and those who are not social workers. The staff list has only today's answer, so earlier dates are not measured."
threshold   = "100% (seed 002 G1)"
small_numbers = "S3"
*/
SELECT period.period_id, worker.staff_id AS case_id, NULL::VARCHAR AS child_id,
       coalesce(worker.ethnicity_code <> 'NOBT', FALSE) AS counts
FROM records.staff AS worker
JOIN profile.periods AS period
  ON worker.started_on <= period.ends_on AND (worker.left_on IS NULL OR worker.left_on > period.ends_on)
/*
# Worked example.
as_at = 2026-03-31
period_kind = "snapshot"
numerator = 5
denominator = 7
[[given]]
table = "records.staff"
rows = """
staff_id | role_code | contract_code | full_time_equivalent | started_on | left_on    | ethnicity_code | verdict        | because
W1       | 5         | PERM          | 1.0                  | 2020-01-06 |            | WBRI           | counts         | recorded
W2       | 5         | PERM          | 1.0                  | 2020-01-06 |            | REFU           | counts         | asked, and refused
W3       | 5         | PERM          | 1.0                  | 2020-01-06 |            | NOBT           | does not count | not yet obtained
W4       | 5         | PERM          | 1.0                  | 2020-01-06 |            |                | does not count | blank
W5       | 0         | PERM          | 1.0                  | 2020-01-06 |            | CHNE           | counts         | not a social worker, but staff
W6       | 5         | AGENCY        | 1.0                  | 2026-03-31 |            | BAFR           | counts         | agency, started on the date
W7       | 5         | PERM          | 1.0                  | 2020-01-06 | 2026-03-31 | WBRI           | left out       | left on the date
W8       | 5         | PERM          |                      | 2020-01-06 | 2026-04-01 | AIND           | counts         | leaves tomorrow; hours do not matter
W9       | 5         | PERM          | 1.0                  | 2026-04-01 |            |                | left out       | the start is in the future
"""
*/
