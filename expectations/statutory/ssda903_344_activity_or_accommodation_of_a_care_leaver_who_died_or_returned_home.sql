/*
code              = "344"
source            = "SSDA903"
title             = "A care leaver who died or returned home has an activity or accommodation on record"
kind              = "error"
severity          = "warning"
table             = "records.care_leavers"
column            = "in_touch_code"
first_return_year = 2023
fix               = "Remove the activity and accommodation, or correct the in-touch code."
reading           = "Activity 0 means that there is none."
*/
SELECT leaver.received_row
FROM records.care_leavers AS leaver
WHERE leaver.in_touch_code IN ('DIED', 'RHOM')
  AND (leaver.activity_code <> '0' OR leaver.accommodation_code IS NOT NULL)
/*
# Worked example.
as_at = 2026-03-31
[[given]]
table = "records.care_leavers"
rows = """
received_row | care_leaver_id | child_id | in_touch_code | accommodation_code | accommodation_suitable_code | activity_code | verdict | because
2            | K1             | A        | DIED          | B                  |                             |               | broken  | accommodation
3            | K2             | B        | RHOM          |                    |                             | F1            | broken  | activity
4            | K3             | C        | DIED          |                    |                             | 0             | met     | neither
5            | K4             | D        | RHOM          |                    |                             |               | met     | neither
6            | K5             | E        | YES           | B                  | 1                           | F1            | met     | in touch
"""
*/
