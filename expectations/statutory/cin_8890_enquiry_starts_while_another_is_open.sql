/*
code              = "8890"
source            = "CIN census"
title             = "A section 47 enquiry starts while another of the same episode is open"
kind              = "error"
severity          = "warning"
table             = "records.section_47_enquiries"
column            = "started_on"
first_return_year = 2023
fix               = "Correct the dates, or conclude the one that was replaced."
reading           = "The later of the two is listed. An enquiry is open up to and including the day of the conference it led to, as the rule says 'on or between'; without a conference, up to the day before its end date, which the standard holds."
*/
SELECT enquiry.received_row
FROM records.section_47_enquiries AS enquiry
LEFT JOIN (
  SELECT conference.enquiry_id, max(conference.held_on) AS held_on
  FROM records.initial_child_protection_conferences AS conference
  GROUP BY conference.enquiry_id
) AS led_to ON led_to.enquiry_id = enquiry.enquiry_id
WHERE enquiry.referral_id IS NOT NULL
QUALIFY enquiry.started_on <= max(
  coalesce(
    led_to.held_on, enquiry.ended_on - 1, CASE WHEN enquiry.is_no_further_action IS NOT TRUE THEN DATE 'infinity' END
  )
) OVER (
  PARTITION BY enquiry.child_id, enquiry.referral_id ORDER BY enquiry.started_on, enquiry.enquiry_id
  ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
)
/*
# Worked example.
as_at = 2026-03-31
[[given]]
table = "records.section_47_enquiries"
rows = """
received_row | enquiry_id | child_id | referral_id | started_on | ended_on   | is_no_further_action | verdict | because
2            | S1         | A        | R1          | 2025-05-02 | 2025-05-20 |                      | met     | the first
3            | S2         | A        | R1          | 2025-05-19 | 2025-05-19 |                      | broken  | a day before S1 ended
4            | S3         | A        | R1          | 2025-05-20 |            |                      | met     | on the day S1 ended
5            | S4         | A        | R1          | 2025-09-01 | 2025-09-10 |                      | broken  | S3 is open
6            | S5         | A        | R2          | 2025-09-02 |            | true                 | met     | another episode
7            | S6         | A        | R2          | 2025-09-20 |            |                      | met     | S5 ended in no further action and is not open
8            | S7         | B        | R3          | 2025-05-02 | 2025-05-10 |                      | met     | the first
9            | S8         | B        | R3          | 2025-05-20 |            |                      | broken  | on the day of the conference S7 led to
"""
[[given]]
table = "records.initial_child_protection_conferences"
rows = """
conference_id | child_id | enquiry_id | held_on
C1            | B        | S7         | 2025-05-20
"""
*/
