/*
code        = "CL06"
title       = "Care leavers aged 19 to 21 in education, employment or training"
family      = "care_leavers"
denominator = "former relevant young people aged 19, 20 or 21 on the last day of the period"
numerator   = "young people in education, employment or training"
unit        = "percent"
good_is     = "high"
periods     = ["rolling_12_months"]
history     = "current state only"
source      = "LAIT 113"
sourced     = "verified"
reading     = "In education, employment or training means activity F1, P1, F2, P2, F4, P4, F5 or P5. Those who died or returned home are left out. Young people not in touch, refusing or no longer needing the service are included, and so are those whose activity is not known. Only the current row is kept, so earlier periods are not measured. A birthday on 29 February is on 28 February in other years (the alternative is 1 March)."
small_numbers = "S1"
*/
SELECT period.period_id, leaver.care_leaver_id AS case_id, leaver.child_id,
       coalesce(leaver.activity_code IN ('F1', 'P1', 'F2', 'P2', 'F4', 'P4', 'F5', 'P5'), FALSE) AS counts
FROM records.care_leavers AS leaver
JOIN records.children AS child ON child.child_id = leaver.child_id
JOIN profile.periods AS period
  ON child.born_on + INTERVAL 19 YEAR <= period.ends_on AND child.born_on + INTERVAL 22 YEAR > period.ends_on
WHERE leaver.eligibility_code = 'Former Relevant'
  AND coalesce(leaver.in_touch_code NOT IN ('DIED', 'RHOM'), TRUE)
/*
# Worked example.
as_at = 2026-02-28
period_kind = "rolling_12_months"
numerator = 8
denominator = 13
[[given]]
table = "records.care_leavers"
rows = """
care_leaver_id | child_id | eligibility_code | in_touch_code | accommodation_code | activity_code | verdict        | because
C1             | A        | Former Relevant  | YES           | U                  | F1            | counts         | 19 on the day; higher education
C2             | B        | Former Relevant  | YES           | U                  | F1            | left out       | 19 tomorrow
C3             | C        | Former Relevant  | YES           | U                  | P2            | counts         | 22 tomorrow; part-time education
C4             | D        | Former Relevant  | YES           | U                  | F5            | left out       | 22 on the day
C5             | E        | Former Relevant  | YES           | U                  | F5            | left out       | born on a leap day, 22 on 28 February
C6             | F        | Former Relevant  | NO            |                    |               | does not count | not in touch, nothing known
C7             | F        | Relevant         | YES           | U                  | F5            | left out       | relevant, not former relevant
C8             | G        | Former Relevant  | RHOM          | B                  | F5            | left out       | returned home
C9             | H        | Former Relevant  | DIED          |                    |               | left out       | died
C10            | I        | Former Relevant  | YES           | R                  | F5            | counts         | residence not known, included here
C11            | J        | Former Relevant  | YES           | U                  | G4            | does not count | illness or disability
C12            | K        | Former Relevant  | YES           | U                  | G6            | does not count | pregnancy or parenting
C13            | L        | Former Relevant  | YES           | U                  | 0             | does not count | not known
C14            | M        | Former Relevant  |               | U                  | P1            | counts         | not recorded whether in touch; part-time higher education
C15            | N        | Former Relevant  | NREQ          | U                  | G5            | does not count | no longer needs the service
C16            | O        | Former Relevant  | YES           | U                  | F5            | left out       | no date of birth
C17            | P        |                  | YES           | U                  | F5            | left out       | status not recorded
C18            | Q        | Former Relevant  | YES           | U                  | F2            | counts         | full-time education
C19            | R        | Former Relevant  | YES           | U                  | F4            | counts         | full-time apprenticeship
C20            | S        | Former Relevant  | YES           | U                  | P4            | counts         | part-time apprenticeship
C21            | T        | Former Relevant  | YES           | U                  | P5            | counts         | part-time training or employment
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
M        | 2005-06-01
N        | 2005-06-01
O        |
P        | 2005-06-01
Q        | 2005-06-01
R        | 2005-06-01
S        | 2005-06-01
T        | 2005-06-01
"""
*/
