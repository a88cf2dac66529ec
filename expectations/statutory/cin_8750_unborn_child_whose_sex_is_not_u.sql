/*
code              = "8750"
source            = "CIN census"
title             = "An unborn child's sex is not recorded as U"
kind              = "error"
severity          = "warning"
table             = "records.children"
column            = "sex_code"
first_return_year = 2025
fix               = "Record U until the child is born."
*/
SELECT child.received_row
FROM records.children AS child
WHERE child.born_on IS NULL AND child.expected_born_on IS NOT NULL AND child.sex_code IS DISTINCT FROM 'U'
/*
# Worked example.
as_at = 2026-03-31
[[given]]
table = "records.children"
rows = """
received_row | child_id | sex_code | born_on    | expected_born_on | verdict | because
2            | A        | U        |            | 2026-06-01       | met     | unborn, unknown
3            | B        | F        |            | 2026-06-01       | broken  | unborn, yet a sex
4            | C        |          |            | 2026-06-01       | broken  | unborn, blank
5            | D        | F        | 2026-01-01 |                  | met     | born
"""
*/
