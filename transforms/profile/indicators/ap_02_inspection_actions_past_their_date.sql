/*
code        = "AP02"
title       = "Inspection actions past their date"
family      = "action_plan"
denominator = "actions in the inspection action plan"
numerator   = "actions due before the date and not done by it"
unit        = "count"
good_is     = "low"
periods     = ["snapshot"]
history     = "current state only"
source      = "seed 002"
sourced     = "verified"
reading     = "An action is past its date if it was due before the date and is not done by it. Due on the date is not yet past it; done on the date is done. Every action in the plan is included; one without a due date is never past it. The plan does not say when an action was added, so earlier dates are not measured."
threshold   = "0 (seed 002)"
small_numbers = "S1"
*/
SELECT period.period_id, action.action_id AS case_id, NULL::VARCHAR AS child_id,
       coalesce(action.due_on < period.ends_on, FALSE)
         AND (action.done_on IS NULL OR action.done_on > period.ends_on) AS counts
FROM records.inspection_actions AS action
CROSS JOIN profile.periods AS period
/*
# Worked example.
as_at = 2026-03-31
period_kind = "snapshot"
numerator = 2
denominator = 7
[[given]]
table = "records.inspection_actions"
rows = """
action_id | priority_band_code | due_on     | done_on    | verdict        | because
A1        | IMMEDIATE          | 2026-03-30 |            | counts         | due yesterday
A2        | M3                 | 2026-03-31 |            | does not count | due on the date
A3        | M3                 | 2025-12-31 | 2026-03-31 | does not count | done on the date, late
A4        | M6                 | 2025-12-31 | 2026-04-01 | counts         | the day it is done is in the future
A5        | M6                 | 2026-06-30 |            | does not count | not yet due
A6        | LONG               |            |            | does not count | no due date
A7        | IMMEDIATE          | 2026-01-31 | 2026-01-15 | does not count | done
"""
*/
