/*
code              = "8610"
source            = "CIN census"
title             = "An accepted referral has no primary need"
kind              = "error"
severity          = "warning"
table             = "records.child_in_need_episodes"
column            = "primary_need_code"
first_return_year = 2023
fix               = "Record the child's primary need at referral."
*/
SELECT referral.received_row
FROM records.child_in_need_episodes AS referral
WHERE NOT referral.is_no_further_action AND referral.primary_need_code IS NULL
/*
# Worked example.
as_at = 2026-03-31
[[given]]
table = "records.child_in_need_episodes"
rows = """
received_row | referral_id | child_id | referred_on | is_no_further_action | primary_need_code | verdict | because
2            | R1          | A        | 2025-05-01  | false                |                   | broken  | accepted, no need
3            | R2          | B        | 2025-05-01  | false                | N0                | met     | recorded as not stated
4            | R3          | C        | 2025-05-01  | true                 |                   | met     | no further action
5            | R4          | D        | 2025-05-01  |                      |                   | met     | not known to be accepted: rule 8568 finds it
"""
*/
