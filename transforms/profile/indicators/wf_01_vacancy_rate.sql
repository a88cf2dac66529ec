/*
code        = "WF01"
title       = "Vacancy rate"
family      = "workforce"
denominator = "full-time equivalent of vacant posts and of social workers in post, excluding agency"
numerator   = "full-time equivalent of vacant posts"
unit        = "percent"
good_is     = "low"
periods     = ["snapshot"]
history     = "current state only"
source      = "DASH enabler3; LAIT 287"
sourced     = "verified"
reading     = "Vacant means that the list of posts says so, whether or not the post is covered by agency or advertised; a vacancy whose first day is in the future is not yet vacant. In post means social workers (role not 0) who started by the date and have not left by it, excluding agency workers. Posts and workers whose hours are not recorded are left out. The lists have only today's posts, hours and roles, so earlier dates are not measured."
small_numbers = "S3"
*/
SELECT period.period_id, post.post_id AS case_id, NULL::VARCHAR AS child_id, TRUE AS counts,
       post.full_time_equivalent AS numerator_part, post.full_time_equivalent AS denominator_part
FROM records.posts AS post
JOIN profile.periods AS period ON coalesce(post.vacant_since_on <= period.ends_on, TRUE)
WHERE post.is_vacant AND post.full_time_equivalent IS NOT NULL
UNION ALL
SELECT period.period_id, worker.staff_id, NULL::VARCHAR, FALSE, 0, worker.full_time_equivalent
FROM records.staff AS worker
JOIN profile.periods AS period
  ON worker.started_on <= period.ends_on AND (worker.left_on IS NULL OR worker.left_on > period.ends_on)
WHERE worker.role_code IS DISTINCT FROM '0' AND worker.contract_code IS DISTINCT FROM 'AGENCY'
  AND worker.full_time_equivalent IS NOT NULL
/*
# Worked example.
as_at = 2026-03-31
period_kind = "snapshot"
numerator = 2.5
denominator = 7
[[given]]
table = "records.posts"
rows = """
post_id | full_time_equivalent | is_vacant | is_agency_covering | vacant_since_on | verdict  | because
V1      | 1.0                  | true      | true               | 2025-10-01      | counts   | vacant, covered by agency
V2      | 0.5                  | true      | false              | 2026-03-31      | counts   | vacant from the date, not covered
V3      | 1.0                  | true      |                    |                 | counts   | vacant, first day not recorded
V4      | 1.0                  | true      | false              | 2026-04-01      | left out | the vacancy is in the future
V5      | 1.0                  | false     | false              |                 | left out | filled
V6      | 1.0                  |           | false              |                 | left out | not recorded whether vacant
V7      |                      | true      | false              | 2025-10-01      | left out | hours not recorded
"""
[[given]]
table = "records.staff"
rows = """
staff_id | role_code | contract_code | full_time_equivalent | started_on | left_on    | verdict        | because
W1       | 5         | PERM          | 1.0                  | 2020-01-06 |            | does not count | in post
W2       | 4         | AGENCY        | 1.0                  | 2020-01-06 |            | left out       | agency
W3       | 0         | PERM          | 1.0                  | 2020-01-06 |            | left out       | not a social worker
W4       | 5         | PERM          | 1.0                  | 2020-01-06 | 2026-03-31 | left out       | left on the date
W5       | 1         | FIXED         | 0.5                  | 2026-03-31 | 2026-04-01 | does not count | started on the date, leaves tomorrow
W6       | 5         | PERM          | 1.0                  | 2026-04-01 |            | left out       | the start is in the future
W7       |           | PERM          | 1.0                  | 2020-01-06 |            | does not count | role not recorded: not known to be 0
W8       | 5         |               | 1.0                  | 2020-01-06 |            | does not count | contract not recorded: not known to be agency
W9       | 5         | PERM          |                      | 2020-01-06 |            | left out       | hours not recorded
W10      | 3         | CASUAL        | 1.0                  | 2020-01-06 |            | does not count | casual is not agency
"""
*/
