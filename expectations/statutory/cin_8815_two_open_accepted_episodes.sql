/*
code              = "8815"
source            = "CIN census"
title             = "A child has two or more open episodes"
kind              = "error"
severity          = "warning"
table             = "records.child_in_need_episodes"
column            = "closed_on"
first_return_year = 2023
fix               = "Close the episode that has ended."
*/
SELECT referral.received_row
FROM records.child_in_need_episodes AS referral
WHERE referral.closed_on IS NULL AND NOT referral.is_no_further_action
QUALIFY count(*) OVER (PARTITION BY referral.child_id) > 1
/*
# Worked example.
as_at = 2026-03-31
[[given]]
table = "records.child_in_need_episodes"
rows = """
received_row | referral_id | child_id | referred_on | is_no_further_action | closed_on  | verdict | because
2            | R1          | A        | 2025-01-01  | false                |            | broken  | open at the same time as R2
3            | R2          | A        | 2025-05-01  | false                |            | broken  | open at the same time as R1
4            | R3          | B        | 2025-01-01  | false                | 2025-02-01 | met     | closed
5            | R4          | B        | 2025-05-01  | false                |            | met     | the only open one
6            | R5          | C        | 2025-01-01  | true                 |            | met     | no further action
7            | R6          | C        | 2025-05-01  | false                |            | met     | the only accepted one
"""
*/
