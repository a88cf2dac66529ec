/*
code              = "8866"
source            = "CIN census"
title             = "A referral's source is missing or not in the list"
kind              = "error"
severity          = "warning"
table             = "records.child_in_need_episodes"
column            = "referral_source_code"
first_return_year = 2023
fix               = "Record who made the referral."
*/
SELECT referral.received_row
FROM records.child_in_need_episodes AS referral
WHERE referral.referral_source_code IS NULL OR referral.referral_source_code NOT IN (
  '1A', '1B', '1C', '1D', '2A', '2B', '3A', '3B', '3C', '3D', '3E', '3F', '4', '5A', '5B', '5C', '5D', '6', '7', '8', '9',
  '10'
)
/*
# Worked example.
as_at = 2026-03-31
[[given]]
table = "records.child_in_need_episodes"
rows = """
received_row | referral_id | child_id | referred_on | referral_source_code | verdict | because
2            | R1          | A        | 2025-05-01  |                      | broken  | blank
3            | R2          | B        | 2025-05-01  | 99                   | broken  | not in the list
4            | R3          | C        | 2025-05-01  | 5D                   | met     | early help
5            | R4          | D        | 2025-05-01  | 10                   | met     | recorded as unknown
"""
*/
