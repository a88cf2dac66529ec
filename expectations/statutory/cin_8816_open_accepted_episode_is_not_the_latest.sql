/*
code              = "8816"
source            = "CIN census"
title             = "An open episode is not the child's latest"
kind              = "error"
severity          = "warning"
table             = "records.child_in_need_episodes"
column            = "closed_on"
first_return_year = 2023
fix               = "Close the episode, or correct the later referral."
*/
SELECT referral.received_row
FROM records.child_in_need_episodes AS referral
QUALIFY referral.closed_on IS NULL AND NOT referral.is_no_further_action
  AND referral.referred_on < max(referral.referred_on) OVER (PARTITION BY referral.child_id)
/*
# Worked example.
as_at = 2026-03-31
[[given]]
table = "records.child_in_need_episodes"
rows = """
received_row | referral_id | child_id | referred_on | is_no_further_action | closed_on  | verdict | because
2            | R1          | A        | 2025-01-01  | false                |            | broken  | R2 is later
3            | R2          | A        | 2025-05-01  | true                 | 2025-05-02 | met     | the latest
4            | R3          | B        | 2025-01-01  | false                | 2025-02-01 | met     | closed
5            | R4          | B        | 2025-05-01  | false                |            | met     | the latest
6            | R5          | C        | 2025-01-01  |                      |            | met     | not known to be accepted
7            | R6          | C        | 2025-05-01  | false                |            | met     | the latest
"""
*/
