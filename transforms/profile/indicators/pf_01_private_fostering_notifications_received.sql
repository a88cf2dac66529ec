/*
code        = "PF01"
title       = "Private fostering notifications received"
family      = "private_fostering"
denominator = "none, it is a count"
numerator   = "notifications received in the period"
unit        = "count"
good_is     = "neutral"
periods     = ["rolling_12_months", "last_6_months", "week"]
history     = "recomputed"
source      = "PF1 return to 2015"
sourced     = "verified"
reading     = "Every kind of notification, including proposals and those discovered by the authority, by the day it was received, whether or not an arrangement began."
broken_down_by = "who notified"
breakdown   = "share of all"
group_codes    = "pf_notifier"
small_numbers = "S4"
*/
SELECT period.period_id, arrangement.pf_ref AS case_id, arrangement.child_id, TRUE AS counts,
       arrangement.notified_by_code AS breakdown
FROM records.private_fostering_arrangements AS arrangement
JOIN profile.periods AS period ON arrangement.notified_on BETWEEN period.starts_on AND period.ends_on
/*
# Worked example.
as_at = 2026-03-31
period_kind = "rolling_12_months"
numerator = 6
denominator = 6
[[given]]
table = "records.private_fostering_arrangements"
rows = """
pf_ref | child_id | notified_on | notified_by_code | notification_kind_code | started_on | ended_on   | verdict  | because
F1     | A        | 2025-04-01  | CARER            | EXISTING               | 2025-03-01 |            | counts   | the first day of the period
F2     | B        | 2026-03-31  | CARER            | PROPOSED               |            |            | counts   | the as-at date, not begun
F3     | C        | 2025-09-01  | LA               | DISCOVERED             | 2025-01-05 | 2025-09-20 | counts   | found by the authority
F4     | C        | 2025-11-01  | SCHOOL           | GOING_TO_LIVE          | 2025-12-01 |            | counts   | the same child notified again
F5     | D        | 2025-10-01  | PARENT           |                        |            | 2025-10-03 | counts   | kind not recorded
F6     | E        | 2025-10-01  |                  | EXISTING               | 2025-10-01 |            | counts   | who notified is not recorded
F7     | F        | 2025-03-31  | CARER            | EXISTING               | 2025-06-01 |            | left out | the day before the period, begun in it
F8     | G        | 2026-04-01  | CARER            | EXISTING               | 2026-03-01 |            | left out | the notification is in the future
"""
[[breakdown]]
group = "CARER"
numerator = 2
denominator = 6
[[breakdown]]
group = "LA"
numerator = 1
denominator = 6
[[breakdown]]
group = "not recorded"
numerator = 1
denominator = 6
*/
