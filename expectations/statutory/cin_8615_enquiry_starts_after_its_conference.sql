/*
code              = "8615"
source            = "CIN census"
title             = "A section 47 enquiry starts after the conference it led to"
kind              = "error"
severity          = "warning"
table             = "records.section_47_enquiries"
column            = "started_on"
first_return_year = 2023
fix               = "Correct the start of the enquiry or the day of the conference."
reading           = "A row without a start is set aside, so only the order of the dates is checked here."
*/
SELECT DISTINCT enquiry.received_row
FROM records.section_47_enquiries AS enquiry
JOIN records.initial_child_protection_conferences AS conference ON conference.enquiry_id = enquiry.enquiry_id
WHERE enquiry.started_on > conference.held_on
/*
# Worked example.
as_at = 2026-03-31
[[given]]
table = "records.section_47_enquiries"
rows = """
received_row | enquiry_id | child_id | started_on | verdict | because
2            | S1         | A        | 2025-05-21 | broken  | a day after its conference
3            | S2         | B        | 2025-05-20 | met     | on the day of its conference
4            | S3         | C        | 2025-05-21 | met     | no conference
"""
[[given]]
table = "records.initial_child_protection_conferences"
rows = """
conference_id | child_id | enquiry_id | held_on
C1            | A        | S1         | 2025-05-20
C2            | B        | S2         | 2025-05-20
"""
*/
