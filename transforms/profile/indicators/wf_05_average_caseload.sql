/*
code        = "WF05"
title       = "Average caseload"
family      = "workforce"
denominator = "full-time equivalent of social workers with at least one case, including agency"
numerator   = "cases: for each worker, the children allocated to them"
unit        = "ratio"
good_is     = "low"
periods     = ["snapshot"]
history     = "current state only"
source      = "LAIT 287; DASH enabler3"
sourced     = "verified"
reading     = "A case is a child with an involvement in role CW open at the date (ended on the date is not open), counted once for each worker. Social workers (role not 0, including agency) are included if they are in post at the date with a full-time equivalent above 0 and at least one case. The staff list has only today's hours and role, so earlier dates are not measured."
small_numbers = "S3"
*/
SELECT period.period_id, worker.staff_id AS case_id, NULL::VARCHAR AS child_id, TRUE AS counts,
       count(DISTINCT involvement.child_id)::DOUBLE AS numerator_part,
       worker.full_time_equivalent AS denominator_part
FROM records.staff AS worker
JOIN profile.periods AS period
  ON worker.started_on <= period.ends_on AND (worker.left_on IS NULL OR worker.left_on > period.ends_on)
JOIN records.involvements AS involvement
  ON involvement.professional_id = worker.professional_id AND involvement.role_code = 'CW'
 AND involvement.started_on <= period.ends_on
 AND (involvement.ended_on IS NULL OR involvement.ended_on > period.ends_on)
WHERE worker.role_code IS DISTINCT FROM '0' AND worker.full_time_equivalent > 0
GROUP BY period.period_id, worker.staff_id, worker.full_time_equivalent
/*
# Worked example.
as_at = 2026-03-31
period_kind = "snapshot"
numerator = 7
denominator = 3.5
[[given]]
table = "records.staff"
rows = """
staff_id | professional_id | role_code | contract_code | full_time_equivalent | started_on | left_on    | verdict  | because
W1       | P1              | 5         | PERM          | 1.0                  | 2020-01-06 |            | counts   | three children, one allocated twice
W2       | P2              | 4         | AGENCY        | 0.5                  | 2026-03-31 | 2026-04-01 | counts   | agency, started on the date, leaves tomorrow: two children
W3       | P3              | 5         | PERM          | 1.0                  | 2020-01-06 | 2026-03-31 | left out | left on the date
W4       | P4              | 0         | PERM          | 1.0                  | 2020-01-06 |            | left out | not a social worker
W5       | P5              | 5         | PERM          | 0.0                  | 2020-01-06 |            | left out | no hours
W6       | P6              | 5         | PERM          | 1.0                  | 2020-01-06 |            | left out | has no case at the date
W7       | P7              | 5         | PERM          |                      | 2020-01-06 |            | left out | hours not recorded
W8       | P8              |           | FIXED         | 1.0                  | 2020-01-06 |            | counts   | role not recorded: not known to be 0; one child
W9       | P9              | 5         | PERM          | 1.0                  | 2026-04-01 |            | left out | the start is in the future
W10      |                 | 5         | PERM          | 1.0                  | 2020-01-06 |            | left out | not in the case system
W11      | P11             | 5         | CASUAL        | 1.0                  | 2020-01-06 |            | counts   | one child, whose involvement ends in the future
"""
[[given]]
table = "records.involvements"
rows = """
involvement_id | professional_id | role_code | started_on | ended_on   | child_id
I1             | P1              | CW        | 2025-01-06 |            | A
I2             | P1              | CW        | 2025-06-01 |            | A
I3             | P1              | CW        | 2025-01-06 |            | B
I4             | P1              | CW        | 2025-01-06 |            | C
I5             | P1              | IRO       | 2025-01-06 |            | D
I6             | P2              | CW        | 2026-03-31 |            | E
I7             | P2              | CW        | 2025-01-06 |            | A
I8             | P3              | CW        | 2025-01-06 |            | F
I9             | P4              | CW        | 2025-01-06 |            | G
I10            | P5              | CW        | 2025-01-06 |            | H
I11            | P6              | CW        | 2025-01-06 | 2026-03-31 | I
I12            | P6              | CW        | 2026-04-01 |            | J
I13            | P6              |           | 2025-01-06 |            | K
I14            | P7              | CW        | 2025-01-06 |            | L
I15            | P8              | CW        | 2025-01-06 |            | M
I16            | P9              | CW        | 2025-01-06 |            | N
I17            |                 | CW        | 2025-01-06 |            | O
I18            | P11             | CW        | 2025-01-06 | 2026-04-01 | P
"""
*/
