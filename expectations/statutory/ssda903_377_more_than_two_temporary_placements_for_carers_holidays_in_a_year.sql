/*
code              = "377"
source            = "SSDA903"
title             = "A child had more than two temporary placements for the carer's holiday within 12 months"
kind              = "error"
severity          = "warning"
table             = "records.placements"
column            = "placement_type_code"
first_return_year = 2023
fix               = "Check the placement types."
reading           = "The third and later within any 12 months are listed."
*/
SELECT placement.received_row
FROM records.placements AS placement
WHERE placement.placement_type_code = 'T3'
QUALIFY lag(placement.started_on, 2) OVER (
  PARTITION BY placement.child_id ORDER BY placement.started_on, placement.placement_id
) > placement.started_on - INTERVAL 12 MONTH
/*
# Worked example.
as_at = 2026-03-31
[[given]]
table = "records.placements"
rows = """
received_row | placement_id | child_id | placement_type_code | started_on | ended_on   | verdict | because
2            | P1           | A        | T3                  | 2025-05-01 | 2025-05-05 | met     | the first
3            | P2           | A        | T3                  | 2025-08-01 | 2025-08-05 | met     | the second
4            | P3           | A        | T3                  | 2026-03-01 | 2026-03-05 | broken  | the third within 12 months
5            | P4           | A        | T3                  | 2026-08-01 | 2026-08-05 | met     | twelve months after the second
6            | P5           | B        | T3                  | 2025-05-01 | 2025-05-05 | met     | the first
7            | P6           | B        | T2                  | 2025-08-01 | 2025-08-05 | met     | the child's own holiday
8            | P7           | B        | T3                  | 2025-10-01 | 2025-10-05 | met     | the second
"""
*/
