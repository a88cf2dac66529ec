/*
code              = "8897Q"
source            = "CIN census"
title             = "A completed assessment has no factors"
kind              = "query"
severity          = "info"
table             = "records.assessments"
column            = "authorised_on"
first_return_year = 2023
fix               = "Record the factors found, or 21 if there were none."
*/
SELECT assessment.received_row
FROM records.assessments AS assessment
WHERE assessment.authorised_on IS NOT NULL
  AND NOT EXISTS (
    SELECT 1 FROM records.assessment_factors AS factors
    WHERE factors.assessment_id = assessment.assessment_id
      AND len(TRY_CAST(TRY_CAST(factors.factors_json AS JSON) AS VARCHAR[])) > 0
  )
/*
# Worked example.
as_at = 2026-03-31
[[given]]
table = "records.assessments"
rows = """
received_row | assessment_id | child_id | started_on | authorised_on | verdict | because
2            | A1            | A        | 2025-05-01 | 2025-06-01    | broken  | no row of factors
3            | A2            | B        | 2025-05-01 | 2025-06-01    | broken  | an empty list
4            | A3            | C        | 2025-05-01 | 2025-06-01    | met     | factors
5            | A4            | D        | 2025-05-01 |               | met     | open
"""
[[given]]
table = "records.assessment_factors"
rows = """
assessment_factors_id | assessment_id | factors_json
F2                    | A2            | []
F3                    | A3            | ["21"]
"""
*/
