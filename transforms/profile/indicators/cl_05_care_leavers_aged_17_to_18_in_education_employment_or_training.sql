/*
code        = "CL05"
title       = "Care leavers aged 17 to 18 in education, employment or training"
family      = "care_leavers"
denominator = "relevant and former relevant young people aged 17 or 18 on the last day of the period"
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
  ON child.born_on + INTERVAL 17 YEAR <= period.ends_on AND child.born_on + INTERVAL 19 YEAR > period.ends_on
WHERE leaver.eligibility_code IN ('Relevant', 'Former Relevant')
  AND coalesce(leaver.in_touch_code NOT IN ('DIED', 'RHOM'), TRUE)
/*
# Worked example.
as_at = 2025-02-28
period_kind = "rolling_12_months"
numerator = 8
denominator = 15
[[given]]
table = "records.care_leavers"
rows = """
care_leaver_id | child_id | eligibility_code | in_touch_code | accommodation_code | activity_code | verdict        | because
C1             | A        | Relevant         | YES           | D                  | F2            | counts         | 17 on the day; full-time education
C2             | B        | Relevant         | YES           | D                  | F2            | left out       | 17 tomorrow
C3             | C        | Former Relevant  | YES           | U                  | P4            | counts         | 19 tomorrow; part-time apprenticeship
C4             | D        | Former Relevant  | YES           | U                  | F2            | left out       | 19 on the day
C5             | E        | Relevant         | YES           | E                  | P5            | counts         | born on a leap day, 17 on 28 February; part-time work
C6             | F        | Former Relevant  | NO            |                    |               | does not count | not in touch, nothing known
C7             | G        | Former Relevant  | RHOM          | B                  | F1            | left out       | returned home
C8             | H        | Former Relevant  | DIED          |                    |               | left out       | died
C9             | I        | Former Relevant  | YES           | G                  | F1            | counts         | gone abroad, included here; higher education
C10            | J        | Former Relevant  | YES           | U                  | G4            | does not count | illness or disability
C11            | K        | Former Relevant  | YES           | U                  | G5            | does not count | not in education, employment or training
C12            | L        | Former Relevant  | YES           | U                  | G6            | does not count | pregnancy or parenting
C13            | M        | Former Relevant  | YES           | U                  | 0             | does not count | not known
C14            | N        | Former Relevant  |               | U                  | F4            | counts         | not recorded whether in touch; full-time apprenticeship
C15            | O        | Former Relevant  | REFU          | U                  | G5            | does not count | refuses the service
C16            | P        | Former Relevant  | YES           | U                  | F3            | does not count | a code no longer in use is not on the list
C17            | Q        | Former Relevant  | YES           | U                  | F2            | left out       | no date of birth
C18            | R        | Eligible         | YES           | U                  | F2            | left out       | still looked after
C19            | S        |                  | YES           | U                  | F2            | left out       | status not recorded
C20            | T        | Former Relevant  | YES           | U                  | P1            | counts         | part-time higher education
C21            | U        | Former Relevant  | YES           | U                  | P2            | counts         | part-time education
C22            | V        | Former Relevant  | YES           | U                  | F5            | counts         | full-time training or employment
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
N        | 2007-01-10
O        | 2007-01-10
P        | 2007-01-10
Q        |
R        | 2007-06-10
S        | 2007-01-10
T        | 2007-01-10
U        | 2007-01-10
V        | 2007-01-10
"""
*/
