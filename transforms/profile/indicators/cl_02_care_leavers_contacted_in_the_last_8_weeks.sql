/*
code        = "CL02"
title       = "Care leavers contacted in the last 8 weeks"
family      = "care_leavers"
denominator = "relevant and former relevant young people aged 21 or under at the date"
numerator   = "young people with a contact in the 56 days up to the date"
unit        = "percent"
good_is     = "high"
periods     = ["snapshot"]
history     = "current state only"
source      = "general"
sourced     = "unverified"
reading     = "A contact counts if the latest one recorded is at most 56 days before the date; day 56 is included. A blank, or a contact in the future, is no contact. All relevant and former relevant young people are included, whatever is recorded about being in touch; those without a date of birth are left out. A birthday on 29 February is on 28 February in other years. The extract keeps only the latest contact, so earlier dates are not measured."
small_numbers = "S1"
*/
SELECT period.period_id, leaver.care_leaver_id AS case_id, leaver.child_id,
       coalesce(leaver.latest_contact_on BETWEEN period.ends_on - 56 AND period.ends_on, FALSE) AS counts
FROM records.care_leavers AS leaver
JOIN records.children AS child ON child.child_id = leaver.child_id
JOIN profile.periods AS period ON child.born_on + INTERVAL 22 YEAR > period.ends_on
WHERE leaver.eligibility_code IN ('Relevant', 'Former Relevant')
/*
# Worked example.
as_at = 2026-02-28
period_kind = "snapshot"
numerator = 4
denominator = 8
[[given]]
table = "records.care_leavers"
rows = """
care_leaver_id | child_id | eligibility_code | in_touch_code | latest_contact_on | verdict        | because
C1             | A        | Former Relevant  | YES           | 2026-01-03        | counts         | 56 days ago
C2             | B        | Former Relevant  | YES           | 2026-01-02        | does not count | 57 days ago
C3             | C        | Relevant         | YES           | 2026-02-28        | counts         | on the day
C4             | D        | Relevant         | YES           | 2026-03-01        | does not count | the contact is in the future
C5             | E        | Former Relevant  | NO            |                   | does not count | not in touch
C6             | F        | Former Relevant  | YES           | 2026-02-20        | counts         | 22 tomorrow
C7             | G        | Former Relevant  | YES           | 2026-02-20        | left out       | 22 on the day
C8             | H        | Former Relevant  | YES           | 2026-02-20        | left out       | born on a leap day, 22 on 28 February
C9             | I        | Eligible         | YES           | 2026-02-20        | left out       | still looked after
C10            | J        | Qualifying       | YES           | 2026-02-20        | left out       | qualifying only
C11            | K        |                  | YES           | 2026-02-20        | left out       | status not recorded
C12            | L        | Former Relevant  | YES           | 2026-02-20        | left out       | no date of birth
C13            | M        | Former Relevant  |               | 2026-02-20        | counts         | not recorded whether in touch
C14            | N        | Former Relevant  | RHOM          |                   | does not count | returned home: included, and not contacted
"""
[[given]]
table = "records.children"
rows = """
child_id | born_on
A        | 2005-06-01
B        | 2005-06-01
C        | 2009-06-01
D        | 2009-06-01
E        | 2005-06-01
F        | 2004-03-01
G        | 2004-02-28
H        | 2004-02-29
I        | 2009-06-01
J        | 2005-06-01
K        | 2005-06-01
L        |
M        | 2005-06-01
N        | 2005-06-01
"""
*/
