/*
code              = "8867"
source            = "CIN census"
title             = "An assessment is still open although its episode closed"
kind              = "error"
severity          = "warning"
table             = "records.assessments"
column            = "authorised_on"
first_return_year = 2023
fix               = "Authorise or end the assessment, or reopen the episode."
*/
SELECT assessment.received_row
FROM records.assessments AS assessment
JOIN records.child_in_need_episodes AS referral ON referral.referral_id = assessment.referral_id
WHERE assessment.authorised_on IS NULL AND referral.closed_on IS NOT NULL
/*
# Worked example.
as_at = 2026-03-31
[[given]]
table = "records.assessments"
rows = """
received_row | assessment_id | child_id | referral_id | started_on | authorised_on | verdict | because
2            | A1            | A        | R1          | 2025-05-02 |               | broken  | the episode closed
3            | A2            | B        | R2          | 2025-05-02 |               | met     | the episode is open
4            | A3            | C        | R3          | 2025-05-02 | 2025-05-20    | met     | authorised
"""
[[given]]
table = "records.child_in_need_episodes"
rows = """
referral_id | child_id | referred_on | closed_on
R1          | A        | 2025-05-01  | 2025-06-01
R2          | B        | 2025-05-01  |
R3          | C        | 2025-05-01  | 2025-06-01
"""
*/
