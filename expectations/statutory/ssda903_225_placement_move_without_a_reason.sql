/*
code              = "225"
source            = "SSDA903"
title             = "A placement ended by a move without a reason"
kind              = "error"
severity          = "warning"
table             = "records.placements"
column            = "change_reason_code"
first_return_year = 2023
fix               = "Record why the placement changed."
reading           = "A move is a placement followed on the same day by another placement of the child; a temporary placement counts as neither."
*/
SELECT placement.received_row
FROM records.placements AS placement
WINDOW child AS (PARTITION BY placement.child_id ORDER BY placement.started_on, placement.placement_id)
QUALIFY placement.change_reason_code IS NULL
  AND placement.placement_type_code NOT IN ('T0', 'T1', 'T2', 'T3', 'T4')
  AND lead(placement.started_on) OVER child = placement.ended_on
  AND lead(placement.placement_type_code) OVER child NOT IN ('T0', 'T1', 'T2', 'T3', 'T4')
/*
# Worked example.
as_at = 2026-03-31
[[given]]
table = "records.placements"
rows = """
received_row | placement_id | child_id | placement_type_code | started_on | ended_on   | change_reason_code | verdict | because
2            | P1           | A        | U6                  | 2025-01-01 | 2025-05-01 |                    | broken  | moved, no reason
3            | P2           | A        | K2                  | 2025-05-01 | 2025-08-01 | CARPL              | met     | moved, with a reason
4            | P3           | A        | U6                  | 2025-08-01 | 2025-09-01 |                    | met     | a holiday follows
5            | P4           | A        | T2                  | 2025-09-01 | 2025-09-08 |                    | met     | temporary
6            | P5           | A        | U6                  | 2025-09-08 |            |                    | met     | open
7            | P6           | B        | U6                  | 2025-01-01 | 2025-05-01 |                    | met     | care ended
"""
*/
