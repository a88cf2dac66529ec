/*
code              = "8825Q"
source            = "CIN census"
title             = "An episode closed 'after assessment' has no assessment"
kind              = "query"
severity          = "info"
table             = "records.child_in_need_episodes"
column            = "close_reason_code"
first_return_year = 2023
fix               = "Record the assessment, or correct the reason for closure."
*/
SELECT referral.received_row
FROM records.child_in_need_episodes AS referral
WHERE referral.close_reason_code IN ('RC8', 'RC9')
  AND NOT EXISTS (
    SELECT 1 FROM records.assessments AS assessment WHERE assessment.referral_id = referral.referral_id
  )
/*
# Worked example.
as_at = 2026-03-31
[[given]]
table = "records.child_in_need_episodes"
rows = """
received_row | referral_id | child_id | referred_on | closed_on  | close_reason_code | verdict | because
2            | R1          | A        | 2025-05-01  | 2025-06-01 | RC8               | broken  | no assessment
3            | R2          | B        | 2025-05-01  | 2025-06-01 | RC9               | met     | assessed
4            | R3          | C        | 2025-05-01  | 2025-06-01 | RC7               | met     | closed for another reason
5            | R4          | D        | 2025-05-01  | 2025-06-01 | RC9               | broken  | the assessment belongs to another referral
"""
[[given]]
table = "records.assessments"
rows = """
assessment_id | child_id | referral_id | started_on
A1            | B        | R2          | 2025-05-02
A2            | D        | R0          | 2024-05-02
"""
*/
