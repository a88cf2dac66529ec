/*
code              = "8535Q"
source            = "CIN census"
title             = "A child's date of death is before the date of birth"
kind              = "query"
severity          = "info"
table             = "records.children"
column            = "died_on"
first_return_year = 2023
fix               = "Correct the date of birth or the date of death."
*/
SELECT child.received_row
FROM records.children AS child
WHERE child.died_on < child.born_on
/*
# Worked example.
as_at = 2026-03-31
[[given]]
table = "records.children"
rows = """
received_row | child_id | born_on    | died_on    | verdict | because
2            | A        | 2020-02-29 | 2020-02-28 | broken  | a day before birth
3            | B        | 2020-02-29 | 2020-02-29 | met     | on the day of birth
4            | C        | 2020-02-29 |            | met     | alive
"""
*/
