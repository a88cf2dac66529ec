/*
code              = "2889"
source            = "CIN census"
title             = "A section 47 enquiry starts before its referral"
kind              = "error"
severity          = "warning"
table             = "records.section_47_enquiries"
column            = "started_on"
first_return_year = 2023
fix               = "Correct the start of the enquiry or the day of the referral."
*/
SELECT enquiry.received_row
FROM records.section_47_enquiries AS enquiry
JOIN records.child_in_need_episodes AS referral ON referral.referral_id = enquiry.referral_id
WHERE enquiry.started_on < referral.referred_on
/*
# Worked example.
as_at = 2026-03-31
[[given]]
table = "records.section_47_enquiries"
rows = """
received_row | enquiry_id | child_id | referral_id | started_on | verdict | because
2            | S1         | A        | R1          | 2025-05-02 | broken  | a day before
3            | S2         | B        | R2          | 2025-05-01 | met     | on the day
4            | S3         | C        |             | 2025-04-30 | met     | no referral to compare with
"""
[[given]]
table = "records.child_in_need_episodes"
rows = """
referral_id | child_id | referred_on | closed_on
R1          | A        | 2025-05-03  |
R2          | B        | 2025-05-01  |
"""
*/
