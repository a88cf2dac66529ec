/*
code              = "8568"
source            = "CIN census"
title             = "A referral does not say whether it ended in no further action"
kind              = "error"
severity          = "warning"
table             = "records.child_in_need_episodes"
column            = "is_no_further_action"
first_return_year = 2023
fix               = "Record the outcome of the referral."
*/
SELECT referral.received_row
FROM records.child_in_need_episodes AS referral
WHERE referral.is_no_further_action IS NULL
/*
# Worked example.
as_at = 2026-03-31
[[given]]
table = "records.child_in_need_episodes"
rows = """
received_row | referral_id | child_id | referred_on | is_no_further_action | verdict | because
2            | R1          | A        | 2025-05-01  |                      | broken  | blank, or neither Y nor N
3            | R2          | B        | 2025-05-01  | true                 | met     | no further action
4            | R3          | C        | 2025-05-01  | false                | met     | accepted
"""
*/
