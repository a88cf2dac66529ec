/*
code              = "8555Q"
source            = "CIN census"
title             = "A child was referred after the recorded date of death"
kind              = "query"
severity          = "info"
table             = "records.child_in_need_episodes"
column            = "referred_on"
first_return_year = 2023
fix               = "Correct the day of the referral or the date of death."
*/
SELECT referral.received_row
FROM records.child_in_need_episodes AS referral
JOIN records.children AS child ON child.child_id = referral.child_id
WHERE referral.referred_on > child.died_on
/*
# Worked example.
as_at = 2026-03-31
[[given]]
table = "records.child_in_need_episodes"
rows = """
received_row | referral_id | child_id | referred_on | verdict | because
2            | R1          | A        | 2025-05-02  | broken  | the day after
3            | R2          | B        | 2025-05-01  | met     | on the day of death
4            | R3          | C        | 2025-05-02  | met     | alive
"""
[[given]]
table = "records.children"
rows = """
child_id | died_on
A        | 2025-05-01
B        | 2025-05-01
C        |
"""
*/
