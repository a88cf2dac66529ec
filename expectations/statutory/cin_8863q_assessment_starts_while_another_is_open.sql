/*
code              = "8863Q"
source            = "CIN census"
title             = "An assessment starts while another of the same episode is open"
kind              = "query"
severity          = "info"
table             = "records.assessments"
column            = "started_on"
first_return_year = 2023
fix               = "Correct the dates, or end the one that was replaced."
reading           = "The later of the two is listed. An assessment is still open on the day it is authorised, as the rule says 'on or between'."
*/
SELECT assessment.received_row
FROM records.assessments AS assessment
WHERE assessment.referral_id IS NOT NULL
QUALIFY assessment.started_on <= max(coalesce(assessment.authorised_on, DATE 'infinity')) OVER (
  PARTITION BY assessment.child_id, assessment.referral_id ORDER BY assessment.started_on, assessment.assessment_id
  ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
)
/*
# Worked example.
as_at = 2026-03-31
[[given]]
table = "records.assessments"
rows = """
received_row | assessment_id | child_id | referral_id | started_on | authorised_on | verdict | because
2            | A1            | A        | R1          | 2025-05-01 | 2025-06-01    | met     | the first
3            | A2            | A        | R1          | 2025-06-01 | 2025-06-10    | broken  | on the day the first was authorised
4            | A3            | A        | R1          | 2025-06-11 |               | met     | the day after the second
5            | A4            | A        | R1          | 2025-09-01 |               | broken  | the third is open
6            | A5            | A        | R2          | 2025-09-02 |               | met     | another episode
7            | A6            | B        |             | 2025-05-01 |               | met     | no episode to compare within
"""
*/
