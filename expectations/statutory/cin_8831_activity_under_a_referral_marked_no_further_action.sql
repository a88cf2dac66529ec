/*
code              = "8831"
source            = "CIN census"
title             = "A referral that ended in no further action has an assessment, enquiry or conference"
kind              = "error"
severity          = "warning"
table             = "records.child_in_need_episodes"
column            = "is_no_further_action"
first_return_year = 2023
fix               = "Correct the outcome of the referral, or move the work to the right referral."
*/
SELECT referral.received_row
FROM records.child_in_need_episodes AS referral
WHERE referral.is_no_further_action
  AND referral.referral_id IN (
    SELECT assessment.referral_id FROM records.assessments AS assessment
    UNION ALL SELECT enquiry.referral_id FROM records.section_47_enquiries AS enquiry
    UNION ALL SELECT conference.referral_id FROM records.initial_child_protection_conferences AS conference
  )
/*
# Worked example.
as_at = 2026-03-31
[[given]]
table = "records.child_in_need_episodes"
rows = """
received_row | referral_id | child_id | referred_on | is_no_further_action | verdict | because
2            | R1          | A        | 2025-05-01  | true                 | broken  | an assessment
3            | R2          | B        | 2025-05-01  | true                 | broken  | an enquiry
4            | R3          | C        | 2025-05-01  | true                 | broken  | a conference
5            | R4          | D        | 2025-05-01  | true                 | met     | nothing
6            | R5          | E        | 2025-05-01  | false                | met     | accepted
"""
[[given]]
table = "records.assessments"
rows = """
assessment_id | child_id | referral_id | started_on
A1            | A        | R1          | 2025-05-02
A2            | E        | R5          | 2025-05-02
A3            | D        |             | 2025-05-02
"""
[[given]]
table = "records.section_47_enquiries"
rows = """
enquiry_id | child_id | referral_id | started_on
S1         | B        | R2          | 2025-05-02
"""
[[given]]
table = "records.initial_child_protection_conferences"
rows = """
conference_id | child_id | referral_id | held_on
C1            | C        | R3          | 2025-05-20
"""
*/
