/*
code              = "1103"
source            = "CIN census"
title             = "An assessment starts before its referral"
kind              = "error"
severity          = "warning"
table             = "records.assessments"
column            = "started_on"
first_return_year = 2023
fix               = "Correct the start of the assessment or the day of the referral."
*/
SELECT assessment.received_row
FROM records.assessments AS assessment
JOIN records.child_in_need_episodes AS referral ON referral.referral_id = assessment.referral_id
WHERE assessment.started_on < referral.referred_on
/*
# Worked example.
as_at = 2026-03-31
[[given]]
table = "records.assessments"
rows = """
received_row | assessment_id | child_id | referral_id | started_on | verdict | because
2            | A1            | A        | R1          | 2025-05-02 | broken  | a day before
3            | A2            | B        | R2          | 2025-05-01 | met     | on the day
4            | A3            | C        |             | 2025-04-30 | met     | no referral to compare with
"""
[[given]]
table = "records.child_in_need_episodes"
rows = """
referral_id | child_id | referred_on | closed_on
R1          | A        | 2025-05-03  |
R2          | B        | 2025-05-01  |
"""
*/
