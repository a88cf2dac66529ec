/*
code              = "8606"
source            = "CIN census"
title             = "A child was referred more than 40 weeks before birth or due date"
kind              = "error"
severity          = "warning"
table             = "records.child_in_need_episodes"
column            = "referred_on"
first_return_year = 2023
fix               = "Correct the day of the referral, the date of birth or the due date."
*/
SELECT referral.received_row
FROM records.child_in_need_episodes AS referral
JOIN records.children AS child ON child.child_id = referral.child_id
WHERE referral.referred_on < child.born_on - 280 OR referral.referred_on < child.expected_born_on - 280
/*
# Worked example.
as_at = 2026-03-31
[[given]]
table = "records.child_in_need_episodes"
rows = """
received_row | referral_id | child_id | referred_on | verdict | because
2            | R1          | A        | 2024-12-31  | met     | 280 days before birth
3            | R2          | B        | 2024-12-30  | broken  | 281 days before birth
4            | R3          | C        | 2025-06-01  | broken  | 281 days before the due date
5            | R5          | E        | 2025-06-01  | met     | 280 days before the due date
6            | R4          | D        | 2025-06-01  | met     | neither date is known
"""
[[given]]
table = "records.children"
rows = """
child_id | born_on    | expected_born_on
A        | 2025-10-07 |
B        | 2025-10-07 |
C        |            | 2026-03-09
D        |            |
E        |            | 2026-03-08
"""
*/
