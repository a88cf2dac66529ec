/*
code              = "218"
source            = "SSDA903"
title             = "A placement has no Ofsted reference number (URN) although its type needs one"
kind              = "error"
severity          = "warning"
table             = "records.placements"
column            = "urn"
first_return_year = 2026
fix               = "Record the URN of the home or agency."
reading           = "Z1, which Z11 to Z14 replaced in 2025-26, did not need one. The standard does not say which authority a placement is in, so one outside England, which needs no URN, is listed too."
*/
SELECT placement.received_row
FROM records.placements AS placement
WHERE placement.urn IS NULL
  AND placement.placement_type_code NOT IN (
    'P1', 'P3', 'R1', 'R2', 'R5', 'T0', 'T1', 'T2', 'T3', 'T4', 'Z1', 'Z11', 'Z12', 'Z13', 'Z14'
  )
  AND (placement.ended_on IS NULL OR placement.ended_on > DATE '2015-03-31')
/*
# Worked example.
as_at = 2026-03-31
[[given]]
table = "records.placements"
rows = """
received_row | placement_id | child_id | placement_type_code | urn     | started_on | ended_on   | verdict | because
2            | P1           | A        | U6                  |         | 2025-05-01 |            | broken  | foster care without
3            | P2           | B        | U6                  | 2500039 | 2025-05-01 |            | met     | with
4            | P3           | C        | P1                  |         | 2025-05-01 |            | met     | with parents
5            | P4           | D        | U6                  |         | 2014-05-01 | 2015-03-31 | met     | ended before it was asked for
6            | P5           | E        | Z1                  |         | 2023-05-01 | 2023-09-01 | met     | the retired code for 'other'
"""
*/
