/*
code              = "2991Q"
source            = "CIN census"
title             = "An episode has a section 47 enquiry but no assessment"
kind              = "query"
severity          = "info"
table             = "records.section_47_enquiries"
column            = "referral_id"
first_return_year = 2023
fix               = "Record the assessment, or move the enquiry to the right episode."
*/
SELECT enquiry.received_row
FROM records.section_47_enquiries AS enquiry
WHERE enquiry.referral_id IS NOT NULL
  AND NOT EXISTS (
    SELECT 1 FROM records.assessments AS assessment WHERE assessment.referral_id = enquiry.referral_id
  )
/*
# Worked example.
as_at = 2026-03-31
[[given]]
table = "records.section_47_enquiries"
rows = """
received_row | enquiry_id | child_id | referral_id | started_on | verdict | because
2            | S1         | A        | R1          | 2025-05-02 | broken  | no assessment
3            | S2         | B        | R2          | 2025-05-02 | met     | assessed
4            | S3         | C        |             | 2025-05-02 | met     | no episode to look in
"""
[[given]]
table = "records.assessments"
rows = """
assessment_id | child_id | referral_id | started_on
A1            | B        | R2          | 2025-05-02
"""
*/
