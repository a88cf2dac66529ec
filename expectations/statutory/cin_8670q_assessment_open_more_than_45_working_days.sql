/*
code              = "8670Q"
source            = "CIN census"
title             = "An assessment has been open for more than 45 working days"
kind              = "query"
severity          = "info"
table             = "records.assessments"
column            = "authorised_on"
first_return_year = 2023
fix               = "Finish and authorise the assessment, or record when it was."
reading           = "Checked at the extract's as-at date instead of 31 March. Time runs from the start of the assessment; in AS01 and AS02 it runs from the referral."
*/
SELECT assessment.received_row
FROM records.assessments AS assessment
WHERE assessment.authorised_on IS NULL
  AND records.working_days_after(assessment.started_on, 45) < (SELECT run.as_at FROM quality.run AS run)
/*
# Worked example.
as_at = 2026-03-31
[[given]]
table = "records.assessments"
rows = """
received_row | assessment_id | child_id | started_on | authorised_on | verdict | because
2            | A1            | A        | 2026-01-27 |               | met     | today is the 45th working day
3            | A2            | B        | 2026-01-26 |               | broken  | the 45th working day was yesterday
4            | A3            | C        | 2026-01-02 | 2026-03-30    | met     | authorised, however late
"""
*/
