/*
code              = "8790"
source            = "CIN census"
title             = "A child has the disability code NONE and another code"
kind              = "error"
severity          = "warning"
table             = "records.disabilities"
column            = "disability_code"
first_return_year = 2023
fix               = "Remove NONE, or the disability recorded by mistake."
*/
SELECT disability.received_row
FROM records.disabilities AS disability
QUALIFY disability.disability_code = 'NONE'
  AND count(*) FILTER (disability.disability_code <> 'NONE') OVER (PARTITION BY disability.child_id) > 0
/*
# Worked example.
as_at = 2026-03-31
[[given]]
table = "records.disabilities"
rows = """
received_row | child_id | disability_id | disability_code | verdict | because
2            | A        | D1            | NONE            | broken  | with LD
3            | A        | D2            | LD              | met     | NONE is the row to look at
4            | B        | D3            | NONE            | met     | alone
5            | C        | D4            | NONE            | met     | the other row is blank
6            | C        | D5            |                 | met     | blank
"""
*/
