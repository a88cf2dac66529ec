/*
code        = "CP01"
title       = "Section 47 enquiries per 10,000"
family      = "cp"
denominator = "population aged 0 to 17"
numerator   = "section 47 enquiries that started in the period, one for each child"
unit        = "rate_per_10000"
good_is     = "neutral"
periods     = ["rolling_12_months", "last_6_months", "week"]
history     = "recomputed"
source      = "LAIT 217"
sourced     = "verified"
reading     = "Every enquiry, by the day it started and whatever its outcome; a child may count more than once. Rates for shorter periods use the whole population and are not scaled up to a year."
small_numbers = "S1"
*/
SELECT period.period_id, enquiry.enquiry_id AS case_id, enquiry.child_id, TRUE AS counts
FROM records.section_47_enquiries AS enquiry
JOIN profile.periods AS period ON enquiry.started_on BETWEEN period.starts_on AND period.ends_on
/*
# Worked example.
as_at = 2026-03-31
period_kind = "rolling_12_months"
numerator = 5
denominator = 2500
[[given]]
table = "records.section_47_enquiries"
rows = """
enquiry_id | child_id | started_on | ended_on   | is_no_further_action | verdict  | because
S1         | A        | 2025-04-01 | 2025-04-20 | false                | counts   | on the first day of the period
S2         | A        | 2025-11-01 | 2025-11-20 | true                 | counts   | the same child again; ended in no further action
S3         | B        | 2026-03-31 |            |                      | counts   | on the as-at date, still open
S4         | C        | 2025-03-31 | 2025-04-20 | false                | left out | started the day before the period, ended in it
S5         | D        | 2026-04-01 |            |                      | left out | the start is in the future
S6         | E        | 2025-11-01 | 2025-10-01 |                      | counts   | ended before it started: a fault, still included
S7         | F        | 2026-02-28 | 2026-04-10 |                      | counts   | the end is in the future
"""
[[given]]
table = "records.population"
rows = """
authority_code | year | age | persons
E06000099      | 2025 | 5   | 2500
E06000099      | 2025 | 18  | 100
"""
*/
