/*
code        = "CP02"
title       = "Initial child protection conferences within 15 working days"
family      = "cp"
denominator = "initial conferences held in the period, excluding transfers in"
numerator   = "conferences held within 15 working days of the strategy discussion that started the enquiry"
unit        = "percent"
good_is     = "high"
periods     = ["rolling_12_months", "last_6_months", "month", "week"]
history     = "recomputed"
source      = "LAIT 218; ESD 3217"
sourced     = "verified"
reading     = "In time means held on or before the 15th working day after the section 47 enquiry started (day 0). A conference dated before its enquiry, or without an enquiry, stays in the denominator and is not in time."
twin        = "CP07"
small_numbers = "S1"
*/
WITH conference AS (
  SELECT conference.conference_id, conference.child_id, conference.held_on,
         coalesce(
           conference.held_on >= enquiry.started_on
             AND conference.held_on <= records.working_days_after(enquiry.started_on, 15),
           FALSE
         ) AS is_in_time
  FROM records.initial_child_protection_conferences AS conference
  LEFT JOIN records.section_47_enquiries AS enquiry ON enquiry.enquiry_id = conference.enquiry_id
  WHERE conference.held_on IS NOT NULL AND conference.is_transfer_in IS NOT TRUE
)
SELECT period.period_id, conference.conference_id AS case_id, conference.child_id, conference.is_in_time AS counts
FROM conference
JOIN profile.periods AS period ON conference.held_on BETWEEN period.starts_on AND period.ends_on
/*
# Worked example.
as_at = 2026-03-31
period_kind = "rolling_12_months"
numerator = 4
denominator = 9
[[given]]
table = "records.initial_child_protection_conferences"
rows = """
conference_id | child_id | enquiry_id | held_on    | is_transfer_in | verdict        | because
C1            | A        | S1         | 2025-05-06 | false          | counts         | 15th working day over Good Friday, Easter Monday and the early May bank holiday
C2            | B        | S2         | 2025-05-07 | false          | does not count | 16th working day
C3            | C        | S3         | 2025-06-13 | false          | does not count | a day before the enquiry started
C4            | D        | S4         | 2025-06-14 | false          | counts         | on the day the enquiry started, a Saturday
C5            | E        |            | 2025-07-01 |                | does not count | no enquiry recorded
C6            | F        | S6         | 2025-07-02 | true           | left out       | transfer in
C7            | G        | S7         |            | false          | left out       | not held
C8            | H        | S8         | 2025-04-01 | false          | counts         | held on the first day of the period
C9            | I        | S9         | 2026-03-31 |                | counts         | held on the as-at date; transfer not recorded
C10           | J        | S10        | 2026-04-01 | false          | left out       | the conference is in the future
C11           | K        | S11        | 2025-10-25 | false          | does not count | due on a Friday, held on the Saturday
C12           | L        | S12        | 2025-08-08 | false          | does not count | the enquiry starts after the conference, which is in the future
"""
[[given]]
table = "records.section_47_enquiries"
rows = """
enquiry_id | child_id | started_on
S1         | A        | 2025-04-10
S2         | B        | 2025-04-10
S3         | C        | 2025-06-14
S4         | D        | 2025-06-14
S6         | F        | 2025-06-30
S7         | G        | 2025-06-30
S8         | H        | 2025-03-25
S9         | I        | 2026-03-25
S10        | J        | 2026-03-25
S11        | K        | 2025-10-03
S12        | L        | 2026-08-08
"""
*/
