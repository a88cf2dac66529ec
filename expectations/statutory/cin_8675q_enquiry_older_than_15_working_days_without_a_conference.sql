/*
code              = "8675Q"
source            = "CIN census"
title             = "A section 47 enquiry is older than 15 working days with no conference and no end"
kind              = "query"
severity          = "info"
table             = "records.section_47_enquiries"
column            = "ended_on"
first_return_year = 2023
fix               = "Hold and record the conference, or conclude the enquiry."
reading           = "An enquiry is concluded by a conference, by no further action or by its end date: the standard has an end date but no 'conference not required' marker. Checked at the extract's as-at date instead of 31 March."
*/
SELECT enquiry.received_row
FROM records.section_47_enquiries AS enquiry
WHERE enquiry.ended_on IS NULL AND enquiry.is_no_further_action IS NOT TRUE
  AND records.working_days_after(enquiry.started_on, 15) < (SELECT run.as_at FROM quality.run AS run)
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
received_row | enquiry_id | child_id | started_on | ended_on   | is_no_further_action | verdict | because
2            | S1         | A        | 2026-03-10 |            |                      | met     | today is the 15th working day
3            | S2         | B        | 2026-03-09 |            |                      | broken  | the 15th working day was yesterday
4            | S3         | C        | 2026-03-02 |            |                      | met     | a conference
5            | S4         | D        | 2026-03-02 |            | true                 | met     | no further action
6            | S5         | E        | 2026-03-02 | 2026-03-20 |                      | met     | concluded
"""
[[given]]
table = "records.initial_child_protection_conferences"
rows = """
conference_id | child_id | enquiry_id | held_on
C1            | C        | S3         | 2026-03-30
"""
*/
