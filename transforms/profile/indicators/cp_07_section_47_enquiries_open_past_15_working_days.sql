/*
code        = "CP07"
title       = "Section 47 enquiries open past 15 working days"
family      = "cp"
denominator = "section 47 enquiries open at the date"
numerator   = "enquiries open for more than 15 working days, with no conference held and not ended in no further action"
unit        = "count"
good_is     = "low"
periods     = ["snapshot"]
history     = "recomputed"
source      = "CIN rule 8675Q"
sourced     = "verified"
reading     = "Open means started by the date and not ended by it; the day the enquiry started is day 0, and due on the date is not yet late. An enquiry is not late if its conference was held by the date or it ended in no further action. For an earlier date, no further action does not count if the enquiry ended later, because it was not yet known then."
threshold   = "0 (CIN rule 8675Q)"
small_numbers = "S1"
*/
WITH conference AS (
  SELECT conference.enquiry_id, min(conference.held_on) AS held_on
  FROM records.initial_child_protection_conferences AS conference
  GROUP BY conference.enquiry_id
),
open_enquiry AS (
  SELECT period.period_id, period.ends_on, enquiry.enquiry_id, enquiry.child_id, enquiry.started_on,
         enquiry.is_no_further_action IS TRUE
           AND (period.is_current OR enquiry.ended_on IS NULL) AS is_no_further_action,
         records.working_days_after(enquiry.started_on, 15) AS due_on
  FROM records.section_47_enquiries AS enquiry
  JOIN profile.periods AS period
    ON enquiry.started_on <= period.ends_on
   AND (enquiry.ended_on IS NULL OR enquiry.ended_on > period.ends_on)
)
-- An enquiry that started before the calendar of working days has no due date and is late.
SELECT open_enquiry.period_id, open_enquiry.enquiry_id AS case_id, open_enquiry.child_id,
       coalesce(open_enquiry.due_on, open_enquiry.started_on) < open_enquiry.ends_on
         AND NOT open_enquiry.is_no_further_action
         AND coalesce(conference.held_on > open_enquiry.ends_on, TRUE) AS counts
FROM open_enquiry
LEFT JOIN conference ON conference.enquiry_id = open_enquiry.enquiry_id
/*
# Worked example.
as_at = 2025-05-07
period_kind = "snapshot"
numerator = 6
denominator = 12
[[given]]
table = "records.section_47_enquiries"
rows = """
enquiry_id | child_id | started_on | ended_on   | is_no_further_action | verdict        | because
S1         | A        | 2025-04-10 |            |                      | counts         | the 15th working day, over Easter and the early May bank holiday, was yesterday
S2         | B        | 2025-04-11 |            |                      | does not count | the 15th working day is today
S3         | C        | 2025-03-03 |            | false                | does not count | a conference was held on the date
S4         | D        | 2025-03-03 |            | false                | counts         | the conference is in the future
S5         | E        | 2025-03-03 |            | false                | counts         | the conference has no date
S6         | F        | 2025-03-03 |            | true                 | does not count | no further action, the end not recorded
S7         | G        | 2025-03-03 | 2025-05-07 | false                | left out       | ended on the date
S8         | H        | 2025-03-03 | 2025-05-08 | false                | counts         | the end is in the future
S9         | I        | 2025-05-08 |            |                      | left out       | the start is in the future
S10        | J        | 2025-05-07 |            |                      | does not count | started on the date
S11        | K        | 2025-03-03 |            |                      | counts         | the child's conference belongs to another enquiry
S12        | L        | 2025-03-03 |            |                      | does not count | two conferences, the first in time
S13        | M        | 1989-03-01 |            |                      | counts         | open since before the calendar of working days
S14        | N        | 2025-04-12 |            |                      | does not count | started on a Saturday: due today
S15        | K        | 2024-03-01 | 2024-03-20 | false                | left out       | ended long ago
"""
[[given]]
table = "records.initial_child_protection_conferences"
rows = """
conference_id | child_id | enquiry_id | held_on
C1            | C        | S3         | 2025-05-07
C2            | D        | S4         | 2025-05-08
C3            | E        | S5         |
C4            | K        | S15        | 2025-03-20
C5            | L        | S12        | 2025-03-10
C6            | L        | S12        | 2025-05-20
"""
*/
