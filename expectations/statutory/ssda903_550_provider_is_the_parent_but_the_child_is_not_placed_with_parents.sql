/*
code              = "550"
source            = "SSDA903"
title             = "A placement's provider is the parent although the child is not placed with parents"
kind              = "error"
severity          = "warning"
table             = "records.placements"
column            = "provider_code"
first_return_year = 2023
fix               = "Correct the provider or the placement type."
*/
SELECT placement.received_row
FROM records.placements AS placement
WHERE placement.provider_code = 'PR0' AND placement.placement_type_code <> 'P1'
/*
# Worked example.
as_at = 2026-03-31
[[given]]
table = "records.placements"
rows = """
received_row | placement_id | child_id | placement_type_code | provider_code | started_on | verdict | because
2            | P1           | A        | U6                  | PR0           | 2025-05-01 | broken  | foster care
3            | P2           | B        | P1                  | PR0           | 2025-05-01 | met     | with parents
4            | P3           | C        | U6                  | PR1           | 2025-05-01 | met     | the council
"""
*/
