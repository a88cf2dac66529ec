/*
code        = "AU02"
title       = "Audit grades"
family      = "audit"
denominator = "audits in the period"
numerator   = "audits with a grade"
unit        = "percent"
good_is     = "neutral"
periods     = ["rolling_12_months"]
history     = "recomputed"
source      = "seed 000 four-point scale"
sourced     = "verified"
reading     = "We interpret the grade as in AU03: the moderated grade if there is one, otherwise the auditor's own. An audit without a grade stays in the denominator, so that each grade's share is a share of all audits. Requires improvement is called adequate before November 2013."
broken_down_by = "grade"
breakdown   = "share of all"
group_codes    = "grade4"
small_numbers = "S1"
*/
SELECT period.period_id, audit.audit_id AS case_id, audit.child_id,
       coalesce(audit.moderated_grade_code, audit.grade_code) IS NOT NULL AS counts,
       coalesce(audit.moderated_grade_code, audit.grade_code) AS breakdown
FROM records.audits AS audit
JOIN profile.periods AS period ON audit.audited_on BETWEEN period.starts_on AND period.ends_on
/*
# Worked example.
as_at = 2026-03-31
period_kind = "rolling_12_months"
numerator = 6
denominator = 7
[[given]]
table = "records.audits"
rows = """
audit_id | child_id | audited_on | grade_code | moderated_grade_code | verdict        | because
A1       | A        | 2025-04-01 | G          |                      | counts         | good, not moderated; on the first day of the period
A2       | B        | 2026-03-31 | R          | G                    | counts         | moderated up to good; on the as-at date
A3       | C        | 2025-09-01 | O          | R                    | counts         | moderated down to requires improvement
A4       | D        | 2025-09-01 | I          |                      | counts         | inadequate
A5       | E        | 2025-09-01 |            | O                    | counts         | graded only at moderation
A6       | A        | 2025-10-01 | O          | O                    | counts         | the same child audited again
A7       | F        | 2025-09-01 |            |                      | does not count | not graded
A8       | G        | 2025-03-31 | G          |                      | left out       | the day before the period
A9       | H        | 2026-04-01 | G          |                      | left out       | the audit is in the future
"""
[[breakdown]]
group = "O"
numerator = 2
denominator = 7
[[breakdown]]
group = "G"
numerator = 2
denominator = 7
[[breakdown]]
group = "R"
numerator = 1
denominator = 7
[[breakdown]]
group = "I"
numerator = 1
denominator = 7
[[breakdown]]
group = "not recorded"
numerator = 1
denominator = 7
*/
