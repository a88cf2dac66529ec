/*
code        = "CP04"
title       = "Initial child protection conferences per 10,000"
family      = "cp"
denominator = "population aged 0 to 17"
numerator   = "initial conferences held in the period, one for each child, including transfers in"
unit        = "rate_per_10000"
good_is     = "neutral"
periods     = ["rolling_12_months"]
history     = "recomputed"
source      = "LAIT 269"
sourced     = "verified"
reading     = "Every conference, by the day it was held, including transfers in; a conference without that day has not been held."
small_numbers = "S1"
*/
SELECT period.period_id, conference.conference_id AS case_id, conference.child_id, TRUE AS counts
FROM records.initial_child_protection_conferences AS conference
JOIN profile.periods AS period ON conference.held_on BETWEEN period.starts_on AND period.ends_on
/*
# Worked example.
as_at = 2026-03-31
period_kind = "rolling_12_months"
numerator = 5
denominator = 2000
[[given]]
table = "records.initial_child_protection_conferences"
rows = """
conference_id | meeting_id | child_id | enquiry_id | held_on    | is_transfer_in | verdict  | because
C1            | M1         | A        | S1         | 2025-04-01 | false          | counts   | on the first day of the period
C2            | M1         | B        | S2         | 2025-04-01 | false          | counts   | a sibling at the same meeting
C3            | M2         | C        |            | 2025-09-10 | true           | counts   | transfer in
C4            | M3         | D        | S4         | 2026-03-31 |                | counts   | on the as-at date; transfer not recorded
C5            | M4         | E        | S5         | 2025-03-31 | false          | left out | the day before the period
C6            | M5         | F        | S6         | 2026-04-01 | false          | left out | the conference is in the future
C7            | M6         | G        | S7         |            | false          | left out | not held
C8            | M7         | A        |            | 2025-12-10 | false          | counts   | the same child again; no enquiry recorded
"""
[[given]]
table = "records.population"
rows = """
authority_code | year | age | persons
E06000099      | 2024 | 5   | 1900
E06000099      | 2025 | 5   | 2000
E06000099      | 2025 | 18  | 100
"""
*/
