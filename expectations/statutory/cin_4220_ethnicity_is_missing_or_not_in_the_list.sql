/*
code              = "4220"
source            = "CIN census"
title             = "A child's ethnicity is missing or not in the list"
kind              = "error"
severity          = "warning"
table             = "records.children"
column            = "ethnicity_code"
first_return_year = 2023
fix               = "Record the child's ethnicity; NOBT if it is not yet obtained, REFU if it was refused."
reading           = "Only people who have been referred are checked, as the census holds no others."
*/
SELECT child.received_row
FROM records.children AS child
WHERE (child.ethnicity_code IS NULL OR child.ethnicity_code NOT IN (
  'WBRI', 'WIRI', 'WIRT', 'WOTH', 'WROM', 'MWBC', 'MWBA', 'MWAS', 'MOTH', 'AIND', 'APKN', 'ABAN', 'AOTH', 'BCRB', 'BAFR',
  'BOTH', 'CHNE', 'OOTH', 'REFU', 'NOBT'
))
  AND child.child_id IN (SELECT referral.child_id FROM records.child_in_need_episodes AS referral)
/*
# Worked example.
as_at = 2026-03-31
[[given]]
table = "records.children"
rows = """
received_row | child_id | ethnicity_code | verdict | because
2            | A        | WBRI           | met     | in the list
3            | B        |                | broken  | blank
4            | C        | WBRT           | broken  | not in the list
5            | D        | NOBT           | met     | recorded as not yet obtained
6            | E        |                | met     | never referred
"""
[[given]]
table = "records.child_in_need_episodes"
rows = """
referral_id | child_id | referred_on
R1          | A        | 2025-05-01
R2          | B        | 2025-05-01
R3          | C        | 2025-05-01
R4          | D        | 2025-05-01
"""
*/
