/*
code              = "8585Q"
source            = "CIN census"
title             = "An episode closed because the child died, but the child has no date of death"
kind              = "query"
severity          = "info"
table             = "records.child_in_need_episodes"
column            = "close_reason_code"
first_return_year = 2023
fix               = "Record the date of death, or correct the reason for closure."
*/
SELECT referral.received_row
FROM records.child_in_need_episodes AS referral
JOIN records.children AS child ON child.child_id = referral.child_id
WHERE referral.close_reason_code = 'RC2' AND child.died_on IS NULL
/*
# Worked example.
as_at = 2026-03-31
[[given]]
table = "records.child_in_need_episodes"
rows = """
received_row | referral_id | child_id | referred_on | closed_on  | close_reason_code | verdict | because
2            | R1          | A        | 2025-05-01  | 2025-06-01 | RC2               | broken  | no date of death
3            | R2          | B        | 2025-05-01  | 2025-06-01 | RC2               | met     | died on the day before
4            | R3          | C        | 2025-05-01  | 2025-06-01 | RC7               | met     | closed for another reason
"""
[[given]]
table = "records.children"
rows = """
child_id | died_on
A        |
B        | 2025-05-31
C        |
"""
*/
