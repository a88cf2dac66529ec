/*
code        = "CL04"
title       = "Care leavers aged 19 to 21 in suitable accommodation"
family      = "care_leavers"
denominator = "former relevant young people aged 19, 20 or 21 on the last day of the period"
numerator   = "young people in suitable accommodation"
unit        = "percent"
good_is     = "high"
periods     = ["rolling_12_months"]
history     = "current state only"
source      = "LAIT 112"
sourced     = "verified"
reading     = "Suitable means recorded as 1. Those who died or returned home are left out, and so are those gone abroad, deported or whose residence is not known (G, H, R). Blank accommodation is included, and so are young people not in touch, refusing or no longer needing the service. Only the current row is kept, so earlier periods are not measured (the alternative is to give it as a figure for a single day). A birthday on 29 February is on 28 February in other years (the alternative is 1 March)."
small_numbers = "S1"
*/
SELECT period.period_id, leaver.care_leaver_id AS case_id, leaver.child_id,
       leaver.accommodation_suitable_code IS NOT DISTINCT FROM '1' AS counts
FROM records.care_leavers AS leaver
JOIN records.children AS child ON child.child_id = leaver.child_id
JOIN profile.periods AS period
  ON child.born_on + INTERVAL 19 YEAR <= period.ends_on AND child.born_on + INTERVAL 22 YEAR > period.ends_on
WHERE leaver.eligibility_code = 'Former Relevant'
  AND coalesce(leaver.in_touch_code NOT IN ('DIED', 'RHOM'), TRUE)
  AND coalesce(leaver.accommodation_code NOT IN ('G', 'H', 'R'), TRUE)
/*
# Worked example.
as_at = 2026-02-28
period_kind = "rolling_12_months"
numerator = 3
denominator = 7
[[given]]
table = "records.care_leavers"
rows = """
care_leaver_id | child_id | eligibility_code | in_touch_code | accommodation_code | accommodation_suitable_code | verdict        | because
C1             | A        | Former Relevant  | YES           | U                  | 1                           | counts         | 19 on the day
C2             | B        | Former Relevant  | YES           | U                  | 1                           | left out       | 19 tomorrow
C3             | C        | Former Relevant  | YES           | U                  | 1                           | counts         | 22 tomorrow
C4             | D        | Former Relevant  | YES           | U                  | 1                           | left out       | 22 on the day
C5             | E        | Former Relevant  | YES           | U                  | 1                           | left out       | born on a leap day, 22 on 28 February
C6             | F        | Former Relevant  | NO            |                    |                             | does not count | not in touch, nothing known
C7             | F        | Relevant         | YES           | U                  | 1                           | left out       | relevant, not former relevant
C8             | G        | Former Relevant  | RHOM          | B                  | 1                           | left out       | returned home
C9             | H        | Former Relevant  | DIED          |                    |                             | left out       | died
C10            | I        | Former Relevant  | YES           | G                  | 1                           | left out       | gone abroad
C11            | J        | Former Relevant  | REFU          | R                  |                             | left out       | residence not known
C12            | K        | Former Relevant  | YES           | S                  | 2                           | does not count | no fixed abode
C13            | L        | Former Relevant  |               | U                  | 1                           | counts         | not recorded whether in touch
C14            | M        | Former Relevant  | YES           | U                  | 1                           | left out       | no date of birth
C15            | N        |                  | YES           | U                  | 1                           | left out       | status not recorded
C16            | O        | Former Relevant  | REFU          | B                  |                             | does not count | refuses the service; suitability not recorded
C18            | Q        | Former Relevant  | YES           | H                  | 1                           | left out       | deported
C17            | P        | Former Relevant  | NREQ          | B                  | 2                           | does not count | no longer needs the service
"""
[[given]]
table = "records.children"
rows = """
child_id | born_on
A        | 2007-02-28
B        | 2007-03-01
C        | 2004-03-01
D        | 2004-02-28
E        | 2004-02-29
F        | 2005-06-01
G        | 2005-06-01
H        | 2005-06-01
I        | 2005-06-01
J        | 2005-06-01
K        | 2005-06-01
L        | 2005-06-01
M        |
N        | 2005-06-01
O        | 2005-06-01
P        | 2005-06-01
Q        | 2005-06-01
"""
*/
