/*
code        = "PF08"
title       = "Private fostering arrangements ceased"
family      = "private_fostering"
denominator = "none, it is a count"
numerator   = "arrangements that ended in the period"
unit        = "count"
good_is     = "neutral"
periods     = ["rolling_12_months", "last_6_months", "week"]
history     = "recomputed"
source      = "webarchive PF SFR 2009"
sourced     = "verified"
reading     = "Every row in the log with an end in the period, including proposals that were not taken up."
broken_down_by = "reason it ended"
breakdown   = "share of all"
group_codes    = "pf_end_reason"
small_numbers = "S4"
*/
SELECT period.period_id, arrangement.pf_ref AS case_id, arrangement.child_id, TRUE AS counts,
       arrangement.end_reason_code AS breakdown
FROM records.private_fostering_arrangements AS arrangement
JOIN profile.periods AS period ON arrangement.ended_on BETWEEN period.starts_on AND period.ends_on
/*
# Worked example.
as_at = 2026-03-31
period_kind = "rolling_12_months"
numerator = 5
denominator = 5
[[given]]
table = "records.private_fostering_arrangements"
rows = """
pf_ref | child_id | notified_on | started_on | ended_on   | end_reason_code | verdict  | because
F1     | A        | 2023-01-10  | 2023-01-01 | 2025-04-01 | HOME            | counts   | the first day of the period
F2     | B        | 2025-01-10  | 2025-01-01 | 2026-03-31 | HOME            | counts   | the as-at date
F3     | C        | 2025-05-10  | 2025-05-01 | 2025-09-01 | CLA             | counts   | became looked after
F4     | D        | 2025-06-10  |            | 2025-07-01 | NOT_PF          | counts   | a proposal that never began
F5     | E        | 2025-06-10  | 2025-06-10 | 2025-08-01 |                 | counts   | reason not recorded
F6     | F        | 2025-01-10  | 2025-01-01 | 2025-03-31 | HOME            | left out | the day before the period
F7     | G        | 2025-01-10  | 2025-01-01 | 2026-04-01 | TURNED_16       | left out | the end is in the future
F8     | H        | 2025-01-10  | 2025-01-01 |            | HOME            | left out | a reason without an end date: still open
"""
[[breakdown]]
group = "HOME"
numerator = 2
denominator = 5
[[breakdown]]
group = "CLA"
numerator = 1
denominator = 5
[[breakdown]]
group = "NOT_PF"
numerator = 1
denominator = 5
[[breakdown]]
group = "not recorded"
numerator = 1
denominator = 5
*/
