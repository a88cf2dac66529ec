/*
code              = "1104"
source            = "CIN census"
title             = "An initial child protection conference was held before its referral"
kind              = "error"
severity          = "warning"
table             = "records.initial_child_protection_conferences"
column            = "held_on"
first_return_year = 2023
fix               = "Correct the day of the conference or of the referral."
*/
SELECT conference.received_row
FROM records.initial_child_protection_conferences AS conference
JOIN records.child_in_need_episodes AS referral ON referral.referral_id = conference.referral_id
WHERE conference.held_on < referral.referred_on
/*
# Worked example.
as_at = 2026-03-31
[[given]]
table = "records.initial_child_protection_conferences"
rows = """
received_row | conference_id | child_id | referral_id | held_on    | verdict | because
2            | C1            | A        | R1          | 2025-04-30 | broken  | a day before
3            | C2            | B        | R2          | 2025-05-01 | met     | on the day
4            | C3            | C        | R3          |            | met     | not yet held
"""
[[given]]
table = "records.child_in_need_episodes"
rows = """
referral_id | child_id | referred_on | closed_on
R1          | A        | 2025-05-01  |
R2          | B        | 2025-05-01  |
R3          | C        | 2025-05-01  |
"""
*/
