/*
code              = "376"
source            = "SSDA903"
title             = "A temporary placement for the carer's holiday lasted more than three weeks"
kind              = "error"
severity          = "warning"
table             = "records.placements"
column            = "ended_on"
first_return_year = 2023
fix               = "Correct the dates, or give the placement the type it became."
reading           = "A placement still open is measured to the extract's as-at date."
*/
SELECT placement.received_row
FROM records.placements AS placement
WHERE placement.placement_type_code = 'T3'
  AND coalesce(placement.ended_on, (SELECT run.as_at FROM quality.run AS run)) - placement.started_on > 21
/*
# Worked example.
as_at = 2026-03-31
[[given]]
table = "records.placements"
rows = """
received_row | placement_id | child_id | placement_type_code | started_on | ended_on   | verdict | because
2            | P1           | A        | T3                  | 2025-05-01 | 2025-05-22 | met     | 21 days
3            | P2           | B        | T3                  | 2025-05-01 | 2025-05-23 | broken  | 22 days
4            | P3           | C        | T3                  | 2026-03-09 |            | broken  | 22 days and still open
5            | P4           | D        | U6                  | 2025-05-01 |            | met     | not temporary
"""
*/
