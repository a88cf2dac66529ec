/*
code              = "8839"
source            = "CIN census"
title             = "An episode has two or more open section 47 enquiries"
kind              = "error"
severity          = "warning"
table             = "records.section_47_enquiries"
column            = "ended_on"
first_return_year = 2023
fix               = "Conclude the enquiry that is finished."
reading           = "An enquiry is concluded by a conference, by no further action or by its end date: the standard has an end date but no 'conference not required' marker."
*/
SELECT enquiry.received_row
FROM records.section_47_enquiries AS enquiry
WHERE enquiry.referral_id IS NOT NULL
  AND enquiry.ended_on IS NULL AND enquiry.is_no_further_action IS NOT TRUE
  AND NOT EXISTS (
    SELECT 1 FROM records.initial_child_protection_conferences AS conference
    WHERE conference.enquiry_id = enquiry.enquiry_id
  )
QUALIFY count(*) OVER (PARTITION BY enquiry.child_id, enquiry.referral_id) > 1
/*
# Worked example.
as_at = 2026-03-31
[[given]]
table = "records.section_47_enquiries"
rows = """
received_row | enquiry_id | child_id | referral_id | started_on | ended_on   | is_no_further_action | verdict | because
2            | S1         | A        | R1          | 2026-03-02 |            |                      | broken  | open at the same time as S2
3            | S2         | A        | R1          | 2026-03-20 |            |                      | broken  | open at the same time as S1
4            | S3         | A        | R1          | 2026-03-20 |            |                      | met     | a conference concluded it
5            | S4         | A        | R2          | 2026-03-20 |            |                      | met     | another episode
6            | S5         | B        | R3          | 2026-03-02 | 2026-03-10 |                      | met     | ended
7            | S6         | B        | R3          | 2026-03-20 |            |                      | met     | the only open one
8            | S7         | B        | R3          | 2026-03-20 |            | true                 | met     | no further action
"""
[[given]]
table = "records.initial_child_protection_conferences"
rows = """
conference_id | child_id | enquiry_id | held_on
C1            | A        | S3         | 2026-03-30
"""
*/
