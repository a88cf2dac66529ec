/*
code              = "8868"
source            = "CIN census"
title             = "A section 47 enquiry was never concluded although its episode closed"
kind              = "error"
severity          = "warning"
table             = "records.section_47_enquiries"
column            = "ended_on"
first_return_year = 2023
fix               = "Conclude the enquiry, or reopen the episode."
reading           = "An enquiry is concluded by a conference, by no further action or by its end date: the standard has an end date but no 'conference not required' marker."
*/
SELECT enquiry.received_row
FROM records.section_47_enquiries AS enquiry
JOIN records.child_in_need_episodes AS referral ON referral.referral_id = enquiry.referral_id
WHERE referral.closed_on IS NOT NULL
  AND enquiry.ended_on IS NULL AND enquiry.is_no_further_action IS NOT TRUE
  AND NOT EXISTS (
    SELECT 1 FROM records.initial_child_protection_conferences AS conference
    WHERE conference.enquiry_id = enquiry.enquiry_id
  )
/*
# Worked example.
as_at = 2026-03-31
[[given]]
table = "records.section_47_enquiries"
rows = """
received_row | enquiry_id | child_id | referral_id | started_on | ended_on   | is_no_further_action | verdict | because
2            | S1         | A        | R1          | 2025-05-02 |            |                      | broken  | nothing concludes it
3            | S2         | B        | R2          | 2025-05-02 |            |                      | met     | the episode is open
4            | S3         | C        | R3          | 2025-05-02 | 2025-05-20 |                      | met     | ended
5            | S4         | D        | R4          | 2025-05-02 |            | true                 | met     | no further action
6            | S5         | E        | R5          | 2025-05-02 |            |                      | met     | a conference
"""
[[given]]
table = "records.child_in_need_episodes"
rows = """
referral_id | child_id | referred_on | closed_on
R1          | A        | 2025-05-01  | 2025-09-01
R2          | B        | 2025-05-01  |
R3          | C        | 2025-05-01  | 2025-09-01
R4          | D        | 2025-05-01  | 2025-09-01
R5          | E        | 2025-05-01  | 2025-09-01
"""
[[given]]
table = "records.initial_child_protection_conferences"
rows = """
conference_id | child_id | enquiry_id | held_on
C1            | E        | S5         | 2025-05-20
"""
*/
