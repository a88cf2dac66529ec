/*
code              = "8614"
source            = "CIN census"
title             = "An assessment that is not yet complete has factors"
kind              = "error"
severity          = "warning"
table             = "records.assessment_factors"
column            = "factors_json"
first_return_year = 2023
fix               = "Authorise the assessment, or remove the factors until it is authorised."
*/
SELECT factors.received_row
FROM records.assessment_factors AS factors
JOIN records.assessments AS assessment ON assessment.assessment_id = factors.assessment_id
WHERE assessment.authorised_on IS NULL
  AND len(TRY_CAST(TRY_CAST(factors.factors_json AS JSON) AS VARCHAR[])) > 0
/*
# Worked example.
as_at = 2026-03-31
[[given]]
table = "records.assessment_factors"
rows = """
received_row | assessment_factors_id | assessment_id | factors_json | verdict | because
2            | F1                    | A1            | ["3B"]       | broken  | not authorised
3            | F2                    | A2            | ["3B"]       | met     | authorised
4            | F3                    | A3            | []           | met     | no factor yet
"""
[[given]]
table = "records.assessments"
rows = """
assessment_id | child_id | started_on | authorised_on
A1            | A        | 2025-05-01 |
A2            | B        | 2025-05-01 | 2025-06-01
A3            | C        | 2025-05-01 |
"""
*/
