/*
code        = "PF09"
title       = "Children privately fostered at the date, by age"
family      = "private_fostering"
denominator = "none, it is a count"
numerator   = "private fostering arrangements open at the date"
unit        = "count"
good_is     = "neutral"
periods     = ["snapshot"]
history     = "recomputed"
source      = "PF1; edges unverified"
sourced     = "partly"
reading     = "Arrangements begun and not ended by the date (ended on the date is not open), one for each row in the log. We use these age bands, by age in whole years at the date: under 1, 1 to 4, 5 to 9, 10 to 15, 16 and over; the edges are unverified. A birthday on 29 February is on 28 February in other years. A child without a date of birth is in the total and in no band."
broken_down_by = "age at the date"
breakdown   = "share of all"
small_numbers = "S4"
*/
SELECT period.period_id, arrangement.pf_ref AS case_id, arrangement.child_id, TRUE AS counts,
       CASE
         WHEN child.born_on > period.ends_on THEN NULL
         WHEN child.born_on + INTERVAL 1 YEAR > period.ends_on THEN 'under 1'
         WHEN child.born_on + INTERVAL 5 YEAR > period.ends_on THEN '1 to 4'
         WHEN child.born_on + INTERVAL 10 YEAR > period.ends_on THEN '5 to 9'
         WHEN child.born_on + INTERVAL 16 YEAR > period.ends_on THEN '10 to 15'
         WHEN child.born_on + INTERVAL 16 YEAR <= period.ends_on THEN '16 and over'
       END AS breakdown
FROM records.private_fostering_arrangements AS arrangement
JOIN profile.periods AS period
  ON arrangement.started_on <= period.ends_on
 AND (arrangement.ended_on IS NULL OR arrangement.ended_on > period.ends_on)
LEFT JOIN records.children AS child ON child.child_id = arrangement.child_id
/*
# Worked example.
as_at = 2026-02-28
period_kind = "snapshot"
numerator = 12
denominator = 12
[[given]]
table = "records.private_fostering_arrangements"
rows = """
pf_ref | child_id | notified_on | started_on | ended_on   | verdict  | because
F1     | A        | 2025-09-01  | 2025-09-01 |            | counts   | one year old tomorrow
F2     | B        | 2025-09-01  | 2025-09-01 |            | counts   | one year old on the date
F3     | C        | 2025-09-01  | 2025-09-01 |            | counts   | five tomorrow
F4     | D        | 2025-09-01  | 2025-09-01 |            | counts   | five on the date
F5     | E        | 2025-09-01  | 2025-09-01 |            | counts   | ten tomorrow
F6     | F        | 2025-09-01  | 2025-09-01 |            | counts   | born on a leap day, ten on 28 February
F7     | G        | 2025-09-01  | 2025-09-01 |            | counts   | sixteen tomorrow
F8     | H        | 2025-09-01  | 2025-09-01 |            | counts   | sixteen on the date
F9     | I        | 2025-09-01  | 2025-09-01 | 2026-03-01 | counts   | no date of birth; ends tomorrow
F10    | J        | 2025-09-01  | 2026-02-28 |            | counts   | began on the date; the date of birth is in the future, a fault
F11    | B        | 2025-09-01  | 2025-09-01 |            | counts   | a second arrangement open for the same child, a fault
F12    | Z        | 2025-09-01  | 2025-09-01 |            | counts   | the child is not in the case system
F13    | K        | 2025-09-01  | 2025-09-01 | 2026-02-28 | left out | ended on the date
F14    | K        | 2026-02-01  | 2026-03-01 |            | left out | the start is in the future
F15    | K        | 2026-02-01  |            |            | left out | not begun
"""
[[given]]
table = "records.children"
rows = """
child_id | born_on
A        | 2025-03-01
B        | 2025-02-28
C        | 2021-03-01
D        | 2021-02-28
E        | 2016-03-01
F        | 2016-02-29
G        | 2010-03-01
H        | 2010-02-28
I        |
J        | 2026-04-01
K        | 2015-01-01
"""
[[breakdown]]
group = "under 1"
numerator = 1
denominator = 12
[[breakdown]]
group = "1 to 4"
numerator = 3
denominator = 12
[[breakdown]]
group = "5 to 9"
numerator = 2
denominator = 12
[[breakdown]]
group = "10 to 15"
numerator = 2
denominator = 12
[[breakdown]]
group = "16 and over"
numerator = 1
denominator = 12
[[breakdown]]
group = "not recorded"
numerator = 3
denominator = 12
*/
