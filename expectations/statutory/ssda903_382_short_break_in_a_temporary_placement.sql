/*
code              = "382"
source            = "SSDA903"
title             = "A child on short breaks is in a temporary placement"
kind              = "error"
severity          = "warning"
table             = "records.placements"
column            = "placement_type_code"
first_return_year = 2023
fix               = "Correct the placement type or the legal status."
reading           = "A status and a placement do not overlap if one ends on the day the other starts."
*/
SELECT DISTINCT placement.received_row
FROM records.placements AS placement
JOIN records.legal_statuses AS status
  ON status.child_id = placement.child_id
 AND status.started_on < coalesce(placement.ended_on, DATE 'infinity')
 AND placement.started_on < coalesce(status.ended_on, DATE 'infinity')
WHERE placement.placement_type_code IN ('T0', 'T1', 'T2', 'T3', 'T4') AND status.legal_status_code IN ('V3', 'V4')
/*
# Worked example.
as_at = 2026-03-31
[[given]]
table = "records.placements"
rows = """
received_row | placement_id | child_id | placement_type_code | started_on | ended_on   | verdict | because
2            | P1           | A        | T1                  | 2025-05-01 | 2025-05-05 | broken  | short breaks are in force
3            | P2           | B        | T1                  | 2025-05-01 | 2025-05-05 | met     | section 20
4            | P4           | C        | T1                  | 2025-05-01 | 2025-05-05 | met     | short breaks began on the day it ended
5            | P5           | D        | T1                  | 2025-05-05 | 2025-05-09 | met     | short breaks ended on the day it began
6            | P3           | A        | U6                  | 2025-06-01 | 2025-06-05 | met     | foster care
"""
[[given]]
table = "records.legal_statuses"
rows = """
legal_status_id | child_id | legal_status_code | started_on | ended_on
L1              | A        | V3                | 2024-05-01 |
L3              | C        | V3                | 2025-05-05 |
L4              | D        | V3                | 2024-05-01 | 2025-05-05
L2              | B        | V2                | 2024-05-01 |
"""
*/
