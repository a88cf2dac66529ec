/*
code              = "8630"
source            = "CIN census"
title             = "An episode closed before its referral"
kind              = "error"
severity          = "warning"
table             = "records.child_in_need_episodes"
column            = "closed_on"
first_return_year = 2023
fix               = "Correct the day of the referral or of the closure."
*/
SELECT referral.received_row
FROM records.child_in_need_episodes AS referral
WHERE referral.closed_on < referral.referred_on
/*
# Worked example.
as_at = 2026-03-31
[[given]]
table = "records.child_in_need_episodes"
rows = """
received_row | referral_id | child_id | referred_on | closed_on  | verdict | because
2            | R1          | A        | 2025-05-01  | 2025-04-30 | broken  | a day before
3            | R2          | B        | 2025-05-01  | 2025-05-01 | met     | on the day
4            | R3          | C        | 2025-05-01  |            | met     | open
"""
*/
