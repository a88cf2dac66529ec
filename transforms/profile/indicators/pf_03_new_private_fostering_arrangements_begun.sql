/*
code        = "PF03"
title       = "New private fostering arrangements begun"
family      = "private_fostering"
denominator = "none, it is a count"
numerator   = "arrangements that began in the period"
unit        = "count"
good_is     = "neutral"
periods     = ["rolling_12_months", "last_6_months", "week"]
history     = "recomputed"
source      = "webarchive PF SFR 2009"
sourced     = "verified"
reading     = "Arrangements are counted by the day the child went to live with the carer, not the day of the notification; an arrangement later found not to be private fostering is included. A proposed start does not count as a start."
small_numbers = "S4"
*/
SELECT period.period_id, arrangement.pf_ref AS case_id, arrangement.child_id, TRUE AS counts
FROM records.private_fostering_arrangements AS arrangement
JOIN profile.periods AS period ON arrangement.started_on BETWEEN period.starts_on AND period.ends_on
/*
# Worked example.
as_at = 2026-03-31
period_kind = "rolling_12_months"
numerator = 5
denominator = 5
[[given]]
table = "records.private_fostering_arrangements"
rows = """
pf_ref | child_id | notified_on | proposed_start_on | started_on | ended_on   | end_reason_code | verdict  | because
F1     | A        | 2025-02-01  |                   | 2025-04-01 |            |                 | counts   | the first day of the period
F2     | B        | 2026-03-31  |                   | 2026-03-31 |            |                 | counts   | the as-at date
F3     | C        | 2026-04-05  |                   | 2025-07-01 |            |                 | counts   | notified after it began
F4     | D        | 2025-08-01  |                   | 2025-08-02 | 2025-09-01 | NOT_PF          | counts   | found not to be private fostering
F5     | D        | 2025-11-01  |                   | 2025-12-01 |            |                 | counts   | a second arrangement for the same child
F6     | E        | 2025-06-01  | 2025-08-01        |            |            |                 | left out | proposed, not begun
F7     | F        | 2025-06-01  |                   | 2025-03-31 |            |                 | left out | began the day before the period
F8     | G        | 2026-03-01  | 2026-04-01        | 2026-04-01 |            |                 | left out | the start is in the future
"""
*/
