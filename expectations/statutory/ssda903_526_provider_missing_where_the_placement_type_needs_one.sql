/*
code              = "526"
source            = "SSDA903"
title             = "A placement has no provider although its type needs one"
kind              = "error"
severity          = "warning"
table             = "records.placements"
column            = "provider_code"
first_return_year = 2026
fix               = "Record who provides the placement."
reading           = "Z1, which Z11 to Z14 replaced in 2025-26, did not need one."
*/
SELECT placement.received_row
FROM records.placements AS placement
WHERE placement.provider_code IS NULL
  AND placement.placement_type_code NOT IN ('T0', 'T1', 'T2', 'T3', 'T4', 'Z1', 'Z11', 'Z12', 'Z13', 'Z14')
/*
# Worked example.
as_at = 2026-03-31
[[given]]
table = "records.placements"
rows = """
received_row | placement_id | child_id | placement_type_code | provider_code | started_on | verdict | because
2            | P1           | A        | U6                  |               | 2025-05-01 | broken  | foster care without
3            | P2           | B        | U6                  | PR1           | 2025-05-01 | met     | with
4            | P3           | C        | T1                  |               | 2025-05-01 | met     | temporary
5            | P4           | D        | Z12                 |               | 2025-05-01 | met     | takes none
6            | P5           | E        | Z1                  |               | 2023-05-01 | met     | the retired code for 'other'
"""
*/
