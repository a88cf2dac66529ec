/*
code        = "CL01"
title       = "Care leavers in touch"
family      = "care_leavers"
denominator = "relevant and former relevant young people aged 17 to 25, excluding short breaks"
numerator   = "young people in touch"
unit        = "percent"
good_is     = "high"
periods     = ["snapshot", "rolling_12_months"]
history     = "current state only"
source      = "LAIT 317; DASH outcome4"
sourced     = "verified"
reading     = "Care leavers are relevant and former relevant young people aged 17 to 25 on the last day (our interpretation), shown as 17 to 18, 19 to 21 and 22 to 25. A birthday on 29 February is on 28 February in other years. Those who died or returned home are left out, and so are those under legal status V3 or V4 (short breaks) on that day. Not in touch, refusing, no longer needing the service and blank are included. The return assesses those aged 17 to 21 around their birthday; the extract keeps only the current row, so all are assessed by it and earlier periods are not measured."
broken_down_by = "age"
breakdown   = "within the group"
small_numbers = "S1"
*/
SELECT period.period_id, leaver.care_leaver_id AS case_id, leaver.child_id,
       leaver.in_touch_code IS NOT DISTINCT FROM 'YES' AS counts,
       CASE
         WHEN child.born_on + INTERVAL 19 YEAR > period.ends_on THEN '17 to 18'
         WHEN child.born_on + INTERVAL 22 YEAR > period.ends_on THEN '19 to 21'
         ELSE '22 to 25'
       END AS breakdown
FROM records.care_leavers AS leaver
JOIN records.children AS child ON child.child_id = leaver.child_id
JOIN profile.periods AS period
  ON child.born_on + INTERVAL 17 YEAR <= period.ends_on AND child.born_on + INTERVAL 26 YEAR > period.ends_on
WHERE leaver.eligibility_code IN ('Relevant', 'Former Relevant')
  AND coalesce(leaver.in_touch_code NOT IN ('DIED', 'RHOM'), TRUE)
  AND NOT EXISTS (
    FROM records.legal_statuses AS short_break
    WHERE short_break.child_id = leaver.child_id AND short_break.legal_status_code IN ('V3', 'V4')
      AND short_break.started_on <= period.ends_on
      AND (short_break.ended_on IS NULL OR short_break.ended_on > period.ends_on)
  )
/*
# Worked example.
as_at = 2026-02-28
period_kind = "snapshot"
numerator = 6
denominator = 12
[[given]]
table = "records.care_leavers"
rows = """
care_leaver_id | child_id | eligibility_code | in_touch_code | verdict        | because
C1             | A        | Relevant         | YES           | counts         | 17 on the day
C2             | B        | Relevant         | YES           | left out       | 17 tomorrow
C3             | C        | Former Relevant  | YES           | counts         | 19 tomorrow: in the youngest group
C4             | D        | Former Relevant  | YES           | counts         | 19 on the day: in the middle group
C5             | E        | Former Relevant  | NO            | does not count | born on a leap day, 22 on 28 February: in the oldest group
C6             | F        | Former Relevant  | YES           | counts         | 26 tomorrow
C7             | G        | Former Relevant  | YES           | left out       | 26 on the day
C8             | H        | Former Relevant  | DIED          | left out       | died
C9             | I        | Former Relevant  | RHOM          | left out       | returned home
C10            | J        | Former Relevant  | REFU          | does not count | refuses the service
C11            | K        | Former Relevant  | NREQ          | does not count | no longer needs the service
C12            | L        | Former Relevant  |               | does not count | not recorded
C13            | M        | Relevant         | YES           | left out       | short breaks (V4) on the day
C14            | N        | Relevant         | YES           | counts         | short breaks ended on the day
C15            | O        | Eligible         | YES           | left out       | still looked after
C16            | P        | Qualifying       | YES           | left out       | qualifying only
C17            | Q        | Former Relevant  | YES           | left out       | no date of birth
C18            | R        |                  | YES           | left out       | status not recorded
C19            | S        | Relevant         | YES           | left out       | short breaks (V3) start on the day
C20            | T        | Relevant         | YES           | counts         | short breaks are in the future
C21            | U        | Former Relevant  | NO            | does not count | 22 tomorrow: in the middle group
C22            | V        | Former Relevant  | NO            | does not count | not in touch, in the oldest group
"""
[[given]]
table = "records.children"
rows = """
child_id | born_on
A        | 2009-02-28
B        | 2009-03-01
C        | 2007-03-01
D        | 2007-02-28
E        | 2004-02-29
F        | 2000-03-01
G        | 2000-02-28
H        | 2005-06-01
I        | 2005-06-01
J        | 2005-06-01
K        | 2005-06-01
L        | 2005-06-01
M        | 2008-06-01
N        | 2008-06-01
O        | 2008-06-01
P        | 2005-06-01
Q        |
R        | 2005-06-01
S        | 2008-06-01
T        | 2008-06-01
U        | 2004-03-01
V        | 2001-06-01
"""
[[given]]
table = "records.legal_statuses"
rows = """
legal_status_id | child_id | legal_status_code | started_on | ended_on
L1              | M        | V4                | 2025-06-02 |
L2              | N        | V4                | 2025-06-02 | 2026-02-28
L3              | S        | V3                | 2026-02-28 | 2026-03-06
L4              | T        | V4                | 2026-03-01 |
L5              | A        | C2                | 2020-01-10 |
"""
[[breakdown]]
group = "17 to 18"
numerator = 4
denominator = 4
[[breakdown]]
group = "19 to 21"
numerator = 1
denominator = 5
[[breakdown]]
group = "22 to 25"
numerator = 1
denominator = 3
*/
