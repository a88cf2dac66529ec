/*
code        = "CA04"
title       = "CAMHS wait for the first contact"
family      = "camhs"
denominator = "referrals with a first contact in the period"
numerator   = "days from the referral received to the first contact: the median, and the longest"
unit        = "median_days"
good_is     = "low"
periods     = ["rolling_12_months"]
history     = "recomputed"
source      = "MHSDS-style (general knowledge)"
sourced     = "unverified"
reading     = "Calendar days from the day the referral was received to the first contact, for first contacts made in the period (our interpretation). The same day is 0; a contact dated before the referral is a fault and gives a negative number. For the same referrals, the wait to the second contact (taken as the start of treatment) is also measured, if it was made by the period's last day. Children still waiting are not included: see CA03. Rows that match no child are counted too."
beside      = "wait to the second contact, taken as the start of treatment, if made by the period's last day"
small_numbers = "S2"
*/
SELECT period.period_id, referral.referral_id AS case_id, referral.matched_child_id AS child_id, TRUE AS counts,
       (referral.first_contact_on - referral.received_on)::DOUBLE AS numerator_part,
       CASE
         WHEN referral.second_contact_on <= period.ends_on
         THEN (referral.second_contact_on - referral.received_on)::DOUBLE
       END AS beside_part
FROM records.camhs_referrals AS referral
JOIN profile.periods AS period ON referral.first_contact_on BETWEEN period.starts_on AND period.ends_on
/*
# Worked example.
as_at = 2026-03-31
period_kind = "rolling_12_months"
numerator = 233
denominator = 6
value = 25
longest = 120
numerator_beside = 190
value_beside = 45
[[given]]
table = "records.camhs_referrals"
rows = """
referral_id | matched_child_id | received_on | decision_code | first_contact_on | second_contact_on | verdict  | because
C1          | A                | 2025-12-01  | ACCEPTED      | 2026-03-31       |                   | counts   | 120 days, the longest; no second contact yet
C2          | B                | 2025-03-02  | ACCEPTED      | 2025-04-01       | 2025-04-16        | counts   | 30 days, on the first day of the period; second contact after 45
C3          | C                | 2026-03-31  | ACCEPTED      | 2026-03-31       | 2026-04-14        | counts   | seen on the day received: 0 days; the second contact is in the future
C4          | D                | 2025-06-02  | ACCEPTED      | 2025-06-22       | 2025-07-02        | counts   | 20 days; second contact after 30
C5          | E                | 2024-02-28  | ACCEPTED      | 2025-03-31       | 2025-06-02        | left out | first seen before the period
C6          | F                | 2026-03-02  | ACCEPTED      | 2026-04-01       |                   | left out | the appointment is in the future
C7          | G                | 2024-06-03  | ACCEPTED      |                  |                   | left out | still waiting: counted in CA03
C8          |                  | 2025-12-06  | ACCEPTED      | 2026-02-07       | 2026-03-31        | counts   | 63 days, matches no child; second contact after 115, on the as-at date
C9          | I                | 2024-02-28  | ACCEPTED      | 2025-03-01       |                   | left out | first seen before the period, over a leap day
C10         | J                | 2025-06-02  | ACCEPTED      | 2025-06-02       |                   | counts   | 0 days, no second contact recorded
"""
*/
