/*
code        = "CL03"
title       = "Care leavers aged 17 to 18 in suitable accommodation"
family      = "care_leavers"
denominator = "relevant and former relevant young people aged 17 or 18 on the last day of the period"
numerator   = "young people in suitable accommodation"
unit        = "percent"
good_is     = "high"
periods     = ["rolling_12_months"]
history     = "current state only"
source      = "LAIT 112; DASH outcome4"
sourced     = "verified"
reading     = "Suitable means recorded as 1. Those who died or returned home are left out, and so are those gone abroad, deported or whose residence is not known (G, H, R). Blank accommodation is included, and so are young people not in touch, refusing or no longer needing the service. Only the current row is kept, so earlier periods are not measured (the alternative is to give it as a figure for a single day). A birthday on 29 February is on 28 February in other years (the alternative is 1 March)."
small_numbers = "S1"
*/
SELECT period.period_id, leaver.care_leaver_id AS case_id, leaver.child_id,
       leaver.accommodation_suitable_code IS NOT DISTINCT FROM '1' AS counts
FROM records.care_leavers AS leaver
JOIN records.children AS child ON child.child_id = leaver.child_id
JOIN profile.periods AS period
  ON child.born_on + INTERVAL 17 YEAR <= period.ends_on AND child.born_on + INTERVAL 19 YEAR > period.ends_on
WHERE leaver.eligibility_code IN ('Relevant', 'Former Relevant')
  AND coalesce(leaver.in_touch_code NOT IN ('DIED', 'RHOM'), TRUE)
  AND coalesce(leaver.accommodation_code NOT IN ('G', 'H', 'R'), TRUE)
/*
# Worked example.
as_at = 2025-02-28
period_kind = "rolling_12_months"
numerator = 4
denominator = 8
[[given]]
table = "records.care_leavers"
rows = """
care_leaver_id | child_id | eligibility_code       | in_touch_code | accommodation_code | accommodation_suitable_code | verdict        | because
C1             | A        | Relevant               | YES           | D                  | 1                           | counts         | 17 on the day
C2             | B        | Relevant               | YES           | D                  | 1                           | left out       | 17 tomorrow
C3             | C        | Former Relevant        | YES           | U                  | 1                           | counts         | 19 tomorrow
C4             | D        | Former Relevant        | YES           | U                  | 1                           | left out       | 19 on the day
C5             | E        | Relevant               | YES           | E                  | 1                           | counts         | born on a leap day, 17 on 28 February
C6             | F        | Former Relevant        | NO            |                    |                             | does not count | not in touch, nothing known
C7             | G        | Former Relevant        | RHOM          | B                  | 1                           | left out       | returned home
C8             | H        | Former Relevant        | DIED          |                    |                             | left out       | died
C9             | I        | Former Relevant        | YES           | G                  | 1                           | left out       | gone abroad
C10            | J        | Former Relevant        | YES           | H                  | 1                           | left out       | deported
C11            | K        | Former Relevant        | REFU          | R                  |                             | left out       | residence not known
C12            | L        | Former Relevant        | YES           | S                  | 2                           | does not count | no fixed abode
C13            | M        | Former Relevant        |               | U                  | 1                           | counts         | not recorded whether in touch
C14            | N        | Former Relevant        | YES           | U                  | 1                           | left out       | no date of birth
C15            | O        |                        | YES           | U                  | 1                           | left out       | status not recorded
C16            | P        | Eligible               | YES           | U                  | 1                           | left out       | still looked after
C17            | Q        | Former Relevant        | REFU          | B                  |                             | does not count | refuses the service; suitability not recorded
C18            | R        | Former Relevant        | NREQ          | B                  | 2                           | does not count | no longer needs the service
C19            | S        | No Current Eligibility | YES           | B                  | 1                           | left out       | no current status
"""
[[given]]
table = "records.children"
rows = """
child_id | born_on
A        | 2008-02-28
B        | 2008-03-01
C        | 2006-03-01
D        | 2006-02-28
E        | 2008-02-29
F        | 2007-01-10
G        | 2007-01-10
H        | 2007-01-10
I        | 2007-01-10
J        | 2007-01-10
K        | 2007-01-10
L        | 2007-01-10
M        | 2007-01-10
N        |
O        | 2007-01-10
P        | 2007-06-10
Q        | 2007-01-10
R        | 2007-01-10
S        | 2007-01-10
"""
*/
