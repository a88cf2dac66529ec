/*
code        = "AU05"
title       = "Audit actions done by their date"
family      = "audit"
denominator = "actions from audits due in the period"
numerator   = "actions done on or before the day they were due"
unit        = "percent"
good_is     = "high"
periods     = ["rolling_12_months"]
history     = "recomputed"
source      = "proposed"
sourced     = "proposed"
reading     = "Actions are counted by the day they were due, whenever the audit was. Done on that day is in time; not done by then is not. An action without a due day is not counted."
threshold   = "100% (proposed)"
open_and_late = "actions due before the last day and not done by it"
small_numbers = "S1"
*/
SELECT period.period_id, action.action_id AS case_id, audit.child_id,
       coalesce(action.done_on <= action.due_on, FALSE) AS counts
FROM records.audit_actions AS action
JOIN profile.periods AS period ON action.due_on BETWEEN period.starts_on AND period.ends_on
LEFT JOIN records.audits AS audit ON audit.audit_id = action.audit_id;

SELECT period.period_id, action.action_id AS case_id, audit.child_id
FROM records.audit_actions AS action
JOIN profile.periods AS period
  ON action.due_on < period.ends_on AND (action.done_on IS NULL OR action.done_on > period.ends_on)
LEFT JOIN records.audits AS audit ON audit.audit_id = action.audit_id
/*
# Worked example.
as_at = 2026-03-31
period_kind = "rolling_12_months"
numerator = 3
denominator = 8
open_and_late_cases = "B5, B7, B10"
[[given]]
table = "records.audit_actions"
rows = """
action_id | audit_id | due_on     | done_on    | verdict        | because
B1        | A1       | 2025-04-01 | 2025-04-01 | counts         | done on the day due, the first of the period
B2        | A1       | 2025-07-01 | 2025-07-02 | does not count | done a day late
B3        | A1       | 2026-03-31 | 2026-03-31 | counts         | due and done on the as-at date
B4        | A1       | 2026-03-31 |            | does not count | due on the as-at date and not done: not in time, not yet late
B5        | A1       | 2026-03-30 |            | does not count | due yesterday, not done
B6        | A9       | 2025-09-01 | 2025-03-01 | counts         | done before the period; the audit is not in the file
B7        | A1       | 2025-09-01 | 2026-04-01 | does not count | the day it is done is in the future
B8        | A1       | 2025-09-01 | 2026-03-31 | does not count | done on the as-at date, late
B9        | A1       | 2025-03-31 | 2025-03-31 | left out       | due the day before the period
B10       | A1       | 2025-03-31 |            | open and late  | due the day before the period, still not done
B11       | A1       | 2026-04-01 |            | left out       | not yet due
B12       | A1       |            |            | left out       | no due day
B13       | A1       | 2025-03-31 | 2026-03-31 | left out       | due the day before the period, done on the as-at date
"""
[[given]]
table = "records.audits"
rows = """
audit_id | child_id | audited_on
A1       | A        | 2025-03-01
"""
*/
