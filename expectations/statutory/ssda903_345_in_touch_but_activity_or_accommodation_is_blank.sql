/*
code              = "345"
source            = "SSDA903"
title             = "The council is in touch with a care leaver but has no activity or accommodation on record"
kind              = "error"
severity          = "warning"
table             = "records.care_leavers"
column            = "activity_code"
first_return_year = 2023
fix               = "Record the care leaver's activity and accommodation."
reading           = "Activity 0 means not known or not applicable, and counts as blank."
*/
SELECT leaver.received_row
FROM records.care_leavers AS leaver
WHERE leaver.in_touch_code = 'YES'
  AND (leaver.activity_code IS NULL OR leaver.activity_code = '0' OR leaver.accommodation_code IS NULL)
/*
# Worked example.
as_at = 2026-03-31
[[given]]
table = "records.care_leavers"
rows = """
received_row | care_leaver_id | child_id | in_touch_code | accommodation_code | accommodation_suitable_code | activity_code | verdict | because
2            | K1             | A        | YES           | B                  | 1                           |               | broken  | no activity
3            | K2             | B        | YES           |                    |                             | F1            | broken  | no accommodation
4            | K3             | C        | YES           | B                  | 1                           | 0             | broken  | activity 0: not known
5            | K4             | D        | YES           | B                  | 1                           | F1            | met     | both
6            | K5             | E        | NO            |                    |                             |               | met     | not in touch
"""
*/
