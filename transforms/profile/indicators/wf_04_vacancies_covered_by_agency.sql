/*
code        = "WF04"
title       = "Vacancies covered by agency"
family      = "workforce"
denominator = "full-time equivalent of vacant posts"
numerator   = "full-time equivalent of vacant posts covered by agency"
unit        = "percent"
good_is     = "neutral"
periods     = ["snapshot"]
history     = "current state only"
source      = "LAIT Vacancies_cover"
sourced     = "verified"
reading     = "Vacant and covered are as the list of posts says; not recorded is not covered. A vacancy whose first day is in the future is not yet vacant. A post whose hours are not recorded is left out. The list has only today's posts, so earlier dates are not measured."
small_numbers = "S3"
*/
SELECT period.period_id, post.post_id AS case_id, NULL::VARCHAR AS child_id,
       coalesce(post.is_agency_covering, FALSE) AS counts,
       CASE WHEN post.is_agency_covering THEN post.full_time_equivalent ELSE 0 END AS numerator_part,
       post.full_time_equivalent AS denominator_part
FROM records.posts AS post
JOIN profile.periods AS period ON coalesce(post.vacant_since_on <= period.ends_on, TRUE)
WHERE post.is_vacant AND post.full_time_equivalent IS NOT NULL
/*
# Worked example.
as_at = 2026-03-31
period_kind = "snapshot"
numerator = 1.5
denominator = 4
[[given]]
table = "records.posts"
rows = """
post_id | full_time_equivalent | is_vacant | is_agency_covering | vacant_since_on | verdict        | because
V1      | 1.0                  | true      | true               | 2025-10-01      | counts         | covered
V2      | 0.5                  | true      | true               | 2026-03-31      | counts         | vacant and covered from the date
V3      | 1.0                  | true      | false              | 2025-10-01      | does not count | not covered
V4      | 0.5                  | true      |                    | 2025-10-01      | does not count | not recorded whether covered
V5      | 1.0                  | true      | false              |                 | does not count | first day of the vacancy not recorded
V6      | 1.0                  | true      | true               | 2026-04-01      | left out       | the vacancy is in the future
V7      | 1.0                  | false     | true               | 2025-10-01      | left out       | filled
V8      | 1.0                  |           | true               | 2025-10-01      | left out       | not recorded whether vacant
V9      |                      | true      | true               | 2025-10-01      | left out       | hours not recorded
"""
*/
