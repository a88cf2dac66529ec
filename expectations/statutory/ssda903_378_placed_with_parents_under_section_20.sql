/*
code              = "378"
source            = "SSDA903"
title             = "A child under section 20 is placed with parents"
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
WHERE placement.placement_type_code IN ('P1') AND status.legal_status_code IN ('V2')
/*
# Worked example.
as_at = 2026-03-31
[[given]]
table = "records.placements"
rows = """
received_row | placement_id | child_id | placement_type_code | started_on | ended_on   | verdict | because
2            | P1           | A        | P1                  | 2025-05-01 |            | broken  | section 20 is in force
3            | P2           | B        | P1                  | 2025-05-01 |            | met     | a care order
4            | P3           | C        | P1                  | 2025-05-01 |            | met     | section 20 ended on the day
5            | P4           | A        | U6                  | 2024-05-01 | 2025-05-01 | met     | foster care
6            | P5           | D        | P1                  | 2025-01-01 | 2025-05-01 | met     | section 20 began on the day it ended
"""
[[given]]
table = "records.legal_statuses"
rows = """
legal_status_id | child_id | legal_status_code | started_on | ended_on
L1              | A        | V2                | 2024-05-01 |
L2              | B        | C2                | 2024-05-01 |
L3              | C        | V2                | 2024-05-01 | 2025-05-01
L4              | D        | V2                | 2025-05-01 |
"""
*/
