/*
code              = "371"
source            = "SSDA903"
title             = "A child under 16 was placed in supported accommodation"
kind              = "error"
severity          = "warning"
table             = "records.placements"
column            = "placement_type_code"
first_return_year = 2025
fix               = "Correct the placement type, the start or the date of birth; if they are right, tell the placements team at once."
*/
SELECT placement.received_row
FROM records.placements AS placement
JOIN records.children AS child ON child.child_id = placement.child_id
WHERE placement.placement_type_code = 'K3' AND placement.started_on < child.born_on + INTERVAL 16 YEAR
/*
# Worked example.
as_at = 2026-03-31
[[given]]
table = "records.placements"
rows = """
received_row | placement_id | child_id | placement_type_code | started_on | ended_on | verdict | because
2            | P1           | A        | K3                  | 2025-04-30 |          | broken  | the day before the 16th birthday
3            | P2           | B        | K3                  | 2025-05-01 |          | met     | on the 16th birthday
4            | P3           | C        | U6                  | 2025-04-30 |          | met     | foster care
"""
[[given]]
table = "records.children"
rows = """
child_id | born_on
A        | 2009-05-01
B        | 2009-05-01
C        | 2009-05-01
"""
*/
