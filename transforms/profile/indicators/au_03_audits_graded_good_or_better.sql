/*
code        = "AU03"
title       = "Audits graded good or better"
family      = "audit"
denominator = "audits in the period"
numerator   = "audits graded good or outstanding"
unit        = "percent"
good_is     = "high"
periods     = ["rolling_12_months"]
history     = "recomputed"
source      = "as AU02"
sourced     = "proposed"
reading     = "The moderated grade if there is one, otherwise the auditor's own. An audit without a grade stays in the denominator."
beside      = "always the auditor's own grade"
small_numbers = "S1"
*/
SELECT period.period_id, audit.audit_id AS case_id, audit.child_id,
       coalesce(coalesce(audit.moderated_grade_code, audit.grade_code) IN ('O', 'G'), FALSE) AS counts,
       coalesce(audit.grade_code IN ('O', 'G'), FALSE) AS counts_beside
FROM records.audits AS audit
JOIN profile.periods AS period ON audit.audited_on BETWEEN period.starts_on AND period.ends_on
/*
# Worked example.
as_at = 2026-03-31
period_kind = "rolling_12_months"
numerator = 3
denominator = 6
numerator_beside = 3
[[given]]
table = "records.audits"
rows = """
audit_id | child_id | audited_on | grade_code | moderated_grade_code | verdict        | because
A1       | A        | 2025-04-01 | G          |                      | counts         | good, not moderated; on the first day of the period
A2       | B        | 2026-03-31 | R          | G                    | counts         | moderated up; on the as-at date
A3       | C        | 2025-09-01 | O          | R                    | does not count | moderated down
A4       | D        | 2025-09-01 | I          |                      | does not count | inadequate
A5       | E        | 2025-09-01 |            |                      | does not count | not graded
A6       | A        | 2025-10-01 | O          | O                    | counts         | the same child audited again
A7       | F        | 2025-03-31 | G          |                      | left out       | the day before the period
A8       | G        | 2026-04-01 | G          |                      | left out       | the audit is in the future
"""
*/
