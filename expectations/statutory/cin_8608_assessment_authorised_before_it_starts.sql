/*
code              = "8608"
source            = "CIN census"
title             = "An assessment was authorised before it started"
kind              = "error"
severity          = "warning"
table             = "records.assessments"
column            = "authorised_on"
first_return_year = 2023
fix               = "Correct the start or the day of authorisation."
*/
SELECT assessment.received_row
FROM records.assessments AS assessment
WHERE assessment.authorised_on < assessment.started_on
/*
# Worked example.
as_at = 2026-03-31
[[given]]
table = "records.assessments"
rows = """
received_row | assessment_id | child_id | started_on | authorised_on | verdict | because
2            | A1            | A        | 2025-05-01 | 2025-04-30    | broken  | a day before
3            | A2            | B        | 2025-05-01 | 2025-05-01    | met     | on the day
4            | A3            | C        | 2025-05-01 |               | met     | open
"""
*/
