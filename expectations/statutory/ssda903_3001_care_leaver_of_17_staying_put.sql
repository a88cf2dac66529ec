/*
code              = "3001"
source            = "SSDA903"
title             = "A 17-year-old care leaver is recorded as staying put with former foster carers"
kind              = "error"
severity          = "warning"
table             = "records.care_leavers"
column            = "accommodation_code"
first_return_year = 2023
fix               = "Correct the accommodation: staying put begins at 18."
reading           = "Age at the extract's as-at date."
*/
SELECT leaver.received_row
FROM records.care_leavers AS leaver
JOIN records.children AS child ON child.child_id = leaver.child_id
WHERE leaver.accommodation_code = 'Z'
  AND (SELECT run.as_at FROM quality.run AS run) >= child.born_on + INTERVAL 17 YEAR
  AND (SELECT run.as_at FROM quality.run AS run) < child.born_on + INTERVAL 18 YEAR
/*
# Worked example.
as_at = 2026-03-31
[[given]]
table = "records.care_leavers"
rows = """
received_row | care_leaver_id | child_id | in_touch_code | accommodation_code | accommodation_suitable_code | activity_code | verdict | because
2            | K1             | A        | YES           | Z                  | 1                           | F1            | broken  | 17 today
3            | K2             | B        | YES           | Z                  | 1                           | F1            | broken  | 18 tomorrow
4            | K3             | C        | YES           | Z                  | 1                           | F1            | met     | 18 today
5            | K4             | D        | YES           | B                  | 1                           | F1            | met     | with parents
"""
[[given]]
table = "records.children"
rows = """
child_id | born_on
A        | 2009-03-31
B        | 2008-04-01
C        | 2008-03-31
D        | 2009-03-31
"""
*/
