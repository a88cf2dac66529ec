/*
code              = "8810"
source            = "CIN census"
title             = "An episode has a reason for closure but no closure date"
kind              = "error"
severity          = "warning"
table             = "records.child_in_need_episodes"
column            = "closed_on"
first_return_year = 2023
fix               = "Record when the episode closed, or remove the reason."
*/
SELECT referral.received_row
FROM records.child_in_need_episodes AS referral
WHERE referral.closed_on IS NULL AND referral.close_reason_code IS NOT NULL
/*
# Worked example.
as_at = 2026-03-31
[[given]]
table = "records.child_in_need_episodes"
rows = """
received_row | referral_id | child_id | referred_on | closed_on  | close_reason_code | verdict | because
2            | R1          | A        | 2025-05-01  |            | RC7               | broken  | reason, no date
3            | R2          | B        | 2025-05-01  | 2025-06-01 | RC7               | met     | both
4            | R3          | C        | 2025-05-01  |            |                   | met     | open
"""
*/
