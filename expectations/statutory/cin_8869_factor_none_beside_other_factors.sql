/*
code              = "8869"
source            = "CIN census"
title             = "An assessment has 'no factors' (21) and other factors"
kind              = "error"
severity          = "warning"
table             = "records.assessment_factors"
column            = "factors_json"
first_return_year = 2023
fix               = "Remove 21, or the factors recorded by mistake."
*/
SELECT factors.received_row
FROM records.assessment_factors AS factors
WHERE list_contains(TRY_CAST(TRY_CAST(factors.factors_json AS JSON) AS VARCHAR[]), '21')
  AND len(list_distinct(TRY_CAST(TRY_CAST(factors.factors_json AS JSON) AS VARCHAR[]))) > 1
/*
# Worked example.
as_at = 2026-03-31
[[given]]
table = "records.assessment_factors"
rows = """
received_row | assessment_factors_id | assessment_id | factors_json | verdict | because
2            | F1                    | A1            | ["21", "3B"] | broken  | with 3B
3            | F2                    | A2            | ["21"]       | met     | alone
4            | F3                    | A3            | ["3B", "4B"] | met     | no 21
5            | F4                    | A4            | ["21", "21"] | met     | the same twice: another rule reports it
"""
*/
