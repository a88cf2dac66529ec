/*
code              = "8896"
source            = "CIN census"
title             = "An episode has two or more open assessments"
kind              = "error"
severity          = "warning"
table             = "records.assessments"
column            = "authorised_on"
first_return_year = 2023
fix               = "Authorise or end the one that is finished."
*/
SELECT assessment.received_row
FROM records.assessments AS assessment
WHERE assessment.authorised_on IS NULL AND assessment.referral_id IS NOT NULL
QUALIFY count(*) OVER (PARTITION BY assessment.child_id, assessment.referral_id) > 1
/*
# Worked example.
as_at = 2026-03-31
[[given]]
table = "records.assessments"
rows = """
received_row | assessment_id | child_id | referral_id | started_on | authorised_on | verdict | because
2            | A1            | A        | R1          | 2025-05-02 |               | broken  | open at the same time as A2
3            | A2            | A        | R1          | 2025-07-02 |               | broken  | open at the same time as A1
4            | A3            | A        | R2          | 2025-09-02 |               | met     | another episode
5            | A4            | B        | R3          | 2025-05-02 | 2025-05-20    | met     | authorised
6            | A5            | B        | R3          | 2025-06-02 |               | met     | the only open one
"""
*/
