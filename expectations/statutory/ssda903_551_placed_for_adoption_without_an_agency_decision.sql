/*
code              = "551"
source            = "SSDA903"
title             = "A child is placed for adoption but no decision that the child should be placed is recorded"
kind              = "error"
severity          = "warning"
table             = "records.placements"
column            = "placement_type_code"
first_return_year = 2023
fix               = "Record the agency decision-maker's decision."
*/
SELECT placement.received_row
FROM records.placements AS placement
WHERE placement.placement_type_code IN ('A3', 'A4', 'A5', 'A6')
  AND placement.child_id NOT IN (
    SELECT journey.child_id FROM records.permanence AS journey WHERE journey.agency_decision_on IS NOT NULL
  )
/*
# Worked example.
as_at = 2026-03-31
[[given]]
table = "records.placements"
rows = """
received_row | placement_id | child_id | placement_type_code | started_on | ended_on | verdict | because
2            | P1           | A        | A4                  | 2025-05-01 |          | broken  | no decision
3            | P2           | B        | A4                  | 2025-05-01 |          | met     | decided
4            | P3           | C        | U6                  | 2025-05-01 |          | met     | foster care
"""
[[given]]
table = "records.permanence"
rows = """
permanence_id | child_id | agency_decision_on
J1            | B        | 2025-03-01
"""
*/
