/*
code              = "8805"
source            = "CIN census"
title             = "A closed episode has no reason for closure"
kind              = "error"
severity          = "warning"
table             = "records.child_in_need_episodes"
column            = "close_reason_code"
first_return_year = 2023
fix               = "Record why the episode closed."
*/
SELECT referral.received_row
FROM records.child_in_need_episodes AS referral
WHERE referral.closed_on IS NOT NULL AND referral.close_reason_code IS NULL
/*
# Worked example.
as_at = 2026-03-31
[[given]]
table = "records.child_in_need_episodes"
rows = """
received_row | referral_id | child_id | referred_on | closed_on  | close_reason_code | verdict | because
2            | R1          | A        | 2025-05-01  | 2025-06-01 |                   | broken  | closed, no reason
3            | R2          | B        | 2025-05-01  | 2025-06-01 | RC7               | met     | both
4            | R3          | C        | 2025-05-01  |            |                   | met     | open
"""
*/
