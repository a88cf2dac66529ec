/*
code        = "PF02"
title       = "Private fostering visit within seven working days of notification"
family      = "private_fostering"
denominator = "notifications in the period whose seven working days ended by its last day"
numerator   = "notifications visited within the seven working days"
unit        = "percent"
good_is     = "high"
periods     = ["rolling_12_months", "last_6_months", "week"]
history     = "recomputed"
source      = "SI 2005/1533 regs 4 and 7 (text of reg 4 at Torbay NMS); webarchive PF SFR 2009"
sourced     = "verified"
reading     = "In time means a visit on or before the seventh working day after the notification (day 0), or before the notification; no visit is late. Every kind of notification counts, including those discovered by the authority. A notification whose seven working days end after the period is not counted. In our interpretation of open and late, an arrangement that has ended is not waiting for a visit."
threshold   = "100% (SI 2005/1533 regs 4 and 7); England 77% in 2009 (webarchive PF SFR 2009)"
open_and_late = "notifications from any year, not visited by the last day, whose seven working days ended before it and whose arrangement has not ended"
small_numbers = "S4"
*/
WITH notification AS (
  SELECT pf_ref, child_id, notified_on, initial_visit_on, records.working_days_after(notified_on, 7) AS due_on
  FROM records.private_fostering_arrangements
)
SELECT period.period_id, notification.pf_ref AS case_id, notification.child_id,
       coalesce(notification.initial_visit_on <= notification.due_on, FALSE) AS counts
FROM notification
JOIN profile.periods AS period
  ON notification.notified_on BETWEEN period.starts_on AND period.ends_on
 AND notification.due_on <= period.ends_on;

WITH notification AS (
  SELECT pf_ref, child_id, initial_visit_on, ended_on, records.working_days_after(notified_on, 7) AS due_on
  FROM records.private_fostering_arrangements
)
SELECT period.period_id, notification.pf_ref AS case_id, notification.child_id
FROM notification
JOIN profile.periods AS period
  ON notification.due_on < period.ends_on
 AND (notification.initial_visit_on IS NULL OR notification.initial_visit_on > period.ends_on)
 AND (notification.ended_on IS NULL OR notification.ended_on > period.ends_on)
/*
# Worked example.
as_at = 2026-04-14
period_kind = "rolling_12_months"
numerator = 4
denominator = 10
open_and_late_cases = "F5, F11, F13, F15, F16"
[[given]]
table = "records.private_fostering_arrangements"
rows = """
pf_ref | child_id | notified_on | notification_kind_code | initial_visit_on | ended_on   | verdict        | because
F1     | A        | 2025-04-15  | EXISTING               | 2025-04-28       |            | counts         | seventh working day over Good Friday and Easter Monday; notified on the first day of the period
F2     | B        | 2025-04-15  | PROPOSED               | 2025-04-29       |            | does not count | eighth working day
F3     | C        | 2025-08-16  | EXISTING               | 2025-08-28       |            | does not count | notified on a Saturday: the seventh working day, over the bank holiday, was the day before
F4     | D        | 2025-09-01  | DISCOVERED             | 2025-08-20       |            | counts         | visited before the notification
F5     | E        | 2025-09-01  | GOING_TO_LIVE          |                  |            | does not count | still not visited
F6     | F        | 2026-04-01  | EXISTING               | 2026-04-14       |            | counts         | the seventh working day is the as-at date
F7     | G        | 2026-04-02  | EXISTING               | 2026-04-02       |            | left out       | the seven working days end after the as-at date
F8     | H        | 2025-04-14  | EXISTING               | 2025-04-15       |            | left out       | notified the day before the period
F9     | I        | 2026-05-01  | EXISTING               |                  |            | left out       | the notification is in the future
F10    |          | 2025-10-01  |                        | 2025-10-02       |            | counts         | child and kind not recorded: still an arrangement
F11    | K        | 2026-03-31  | EXISTING               |                  |            | does not count | not visited: the seventh working day was the day before
F12    | L        | 2026-04-01  | EXISTING               |                  |            | does not count | not visited: the seventh working day is the as-at date, not yet late
F13    | M        | 2024-02-01  | EXISTING               |                  |            | open and late  | notified years ago, not visited
F14    | N        | 2024-02-01  | EXISTING               |                  | 2026-04-14 | left out       | not visited, ended on the as-at date
F15    | O        | 2024-02-01  | PROPOSED               |                  | 2026-04-15 | open and late  | not visited, ends tomorrow
F16    | P        | 2024-02-01  | EXISTING               | 2026-04-15       |            | open and late  | the visit is in the future
F17    | Q        | 2024-02-01  | EXISTING               | 2026-04-14       |            | left out       | visited on the as-at date, years late
F18    | R        | 2025-10-01  | EXISTING               |                  | 2025-12-01 | does not count | not visited before it ended, long after the seven working days
"""
*/
