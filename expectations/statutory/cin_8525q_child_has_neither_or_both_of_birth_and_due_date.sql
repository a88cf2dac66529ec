/*
code              = "8525Q"
source            = "CIN census"
title             = "A child has neither a date of birth nor a due date, or has both"
kind              = "query"
severity          = "info"
table             = "records.children"
column            = "born_on"
first_return_year = 2023
fix               = "Record the date of birth; keep the due date only while the child is unborn."
reading           = "Only people who have been referred are checked, as the census holds no others."
*/
SELECT child.received_row
FROM records.children AS child
WHERE (child.born_on IS NULL) = (child.expected_born_on IS NULL)
  AND child.child_id IN (SELECT referral.child_id FROM records.child_in_need_episodes AS referral)
/*
# Worked example.
as_at = 2026-03-31
[[given]]
table = "records.children"
rows = """
received_row | child_id | born_on    | expected_born_on | verdict | because
2            | A        | 2015-02-01 |                  | met     | born
3            | B        |            | 2026-06-01       | met     | unborn
4            | C        |            |                  | broken  | neither
5            | D        | 2026-02-20 | 2026-03-01       | broken  | both: the due date stayed after the birth
6            | E        |            |                  | met     | never referred
"""
[[given]]
table = "records.child_in_need_episodes"
rows = """
referral_id | child_id | referred_on
R1          | A        | 2025-05-01
R2          | B        | 2026-02-01
R3          | C        | 2025-05-01
R4          | D        | 2026-01-01
"""
*/
