/*
code              = "8873Q"
source            = "CIN census"
title             = "The only assessment of an episode found no factors, but the episode did not close 'after assessment'"
kind              = "query"
severity          = "info"
table             = "records.assessments"
column            = "assessment_id"
first_return_year = 2023
fix               = "Check the factors and the reason for closure."
reading           = "Only closed episodes and completed assessments are checked."
*/
SELECT assessment.received_row
FROM (
  SELECT every.received_row, every.assessment_id, every.referral_id
  FROM records.assessments AS every
  WHERE every.referral_id IS NOT NULL
  QUALIFY count(*) OVER (PARTITION BY every.referral_id) = 1 AND every.authorised_on IS NOT NULL
) AS assessment
JOIN records.child_in_need_episodes AS referral ON referral.referral_id = assessment.referral_id
JOIN records.assessment_factors AS factors ON factors.assessment_id = assessment.assessment_id
WHERE list_contains(TRY_CAST(TRY_CAST(factors.factors_json AS JSON) AS VARCHAR[]), '21')
  AND referral.closed_on IS NOT NULL
  AND (referral.close_reason_code IS NULL OR referral.close_reason_code NOT IN ('RC8', 'RC9'))
/*
# Worked example.
as_at = 2026-03-31
[[given]]
table = "records.assessments"
rows = """
received_row | assessment_id | child_id | referral_id | started_on | authorised_on | verdict | because
2            | A1            | A        | R1          | 2025-05-02 | 2025-05-20    | broken  | no factors, closed as RC7
3            | A2            | B        | R2          | 2025-05-02 | 2025-05-20    | met     | closed as RC8
4            | A3            | C        | R3          | 2025-05-02 | 2025-05-20    | met     | the episode is open: it has no reason yet
5            | A4            | D        | R4          | 2025-05-02 | 2025-05-20    | met     | A5 exists too
6            | A5            | D        | R4          | 2025-06-02 | 2025-06-20    | met     | A4 exists too
7            | A6            | E        | R5          | 2025-05-02 | 2025-05-20    | met     | factors were found
"""
[[given]]
table = "records.child_in_need_episodes"
rows = """
referral_id | child_id | referred_on | closed_on  | close_reason_code
R1          | A        | 2025-05-01  | 2025-09-01 | RC7
R2          | B        | 2025-05-01  | 2025-09-01 | RC8
R3          | C        | 2025-05-01  |            |
R4          | D        | 2025-05-01  | 2025-09-01 | RC7
R5          | E        | 2025-05-01  | 2025-09-01 | RC7
"""
[[given]]
table = "records.assessment_factors"
rows = """
assessment_factors_id | assessment_id | factors_json
F1                    | A1            | ["21"]
F2                    | A2            | ["21"]
F3                    | A3            | ["21"]
F4                    | A4            | ["21"]
F5                    | A5            | ["21"]
F6                    | A6            | ["3B"]
"""
*/
