/*
code              = "133"
source            = "SSDA903"
title             = "A care leaver who is homeless or in custody is recorded in suitable accommodation"
kind              = "error"
severity          = "warning"
table             = "records.care_leavers"
column            = "accommodation_suitable_code"
first_return_year = 2023
fix               = "Correct the accommodation, or record it as unsuitable."
*/
SELECT leaver.received_row
FROM records.care_leavers AS leaver
WHERE leaver.accommodation_code IN ('S', 'X') AND leaver.accommodation_suitable_code = '1'
/*
# Worked example.
as_at = 2026-03-31
[[given]]
table = "records.care_leavers"
rows = """
received_row | care_leaver_id | child_id | in_touch_code | accommodation_code | accommodation_suitable_code | activity_code | verdict | because
2            | K1             | A        | YES           | S                  | 1                           | F1            | broken  | homeless
3            | K2             | B        | YES           | X                  | 1                           | F1            | broken  | custody
4            | K3             | C        | YES           | S                  | 2                           | F1            | met     | unsuitable
5            | K4             | D        | YES           | B                  | 1                           | F1            | met     | with parents
"""
*/
