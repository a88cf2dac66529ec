/*
code        = "CP06"
title       = "Section 47 enquiries leading to a conference"
family      = "cp"
denominator = "section 47 enquiries that ended in the period, one for each child"
numerator   = "enquiries with an initial child protection conference"
unit        = "percent"
good_is     = "neutral"
periods     = ["rolling_12_months"]
history     = "recomputed"
source      = "SSD"
sourced     = "verified"
reading     = "An enquiry led to a conference if one is recorded for it, even if it has not yet been held; the enquiry's own outcome flags are not used."
small_numbers = "S1"
*/
SELECT period.period_id, enquiry.enquiry_id AS case_id, enquiry.child_id, led_to.enquiry_id IS NOT NULL AS counts
FROM records.section_47_enquiries AS enquiry
JOIN profile.periods AS period ON enquiry.ended_on BETWEEN period.starts_on AND period.ends_on
LEFT JOIN (
  SELECT DISTINCT conference.enquiry_id FROM records.initial_child_protection_conferences AS conference
) AS led_to ON led_to.enquiry_id = enquiry.enquiry_id
/*
# Worked example.
as_at = 2026-03-31
period_kind = "rolling_12_months"
numerator = 4
denominator = 7
[[given]]
table = "records.section_47_enquiries"
rows = """
enquiry_id | child_id | started_on | ended_on   | is_no_further_action | verdict        | because
S1         | A        | 2025-03-20 | 2025-04-01 | false                | counts         | ended on the first day of the period
S2         | B        | 2025-06-01 | 2025-06-10 | true                 | does not count | no conference
S3         | C        | 2025-06-01 | 2025-06-10 | false                | counts         | two conferences count once
S4         | D        | 2026-03-20 | 2026-03-31 |                      | counts         | ended on the as-at date; the conference has not yet been held
S5         | E        | 2026-03-20 | 2026-04-01 | false                | left out       | the end is in the future
S6         | F        | 2025-06-01 |            | false                | left out       | still open, although a conference was held
S7         | G        | 2025-03-01 | 2025-03-31 | false                | left out       | ended the day before the period
S8         | H        | 2025-06-01 | 2025-06-10 | true                 | counts         | both no further action and a conference are recorded
S9         | I        | 2025-06-01 | 2025-06-10 | false                | does not count | the child's conference names no enquiry
S10        | C        | 2025-09-01 | 2025-09-10 | false                | does not count | the child's conferences belong to the earlier enquiry
"""
[[given]]
table = "records.initial_child_protection_conferences"
rows = """
conference_id | child_id | enquiry_id | held_on
C1            | A        | S1         | 2025-04-08
C2            | C        | S3         | 2025-06-20
C3            | C        | S3         | 2025-06-21
C4            | D        | S4         |
C5            | E        | S5         | 2026-03-30
C6            | F        | S6         | 2025-06-12
C7            | G        | S7         | 2025-03-20
C8            | H        | S8         | 2025-06-12
C9            | I        |            | 2025-06-12
"""
*/
