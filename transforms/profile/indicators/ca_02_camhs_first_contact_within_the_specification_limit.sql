/*
code        = "CA02"
title       = "CAMHS first contact within the specification limit"
family      = "camhs"
denominator = "referrals with a first contact in the period"
numerator   = "referrals with the first contact within the contract's limit"
unit        = "percent"
good_is     = "high"
periods     = ["rolling_12_months", "month"]
history     = "recomputed"
source      = "seed 002 'waits longer than service specification'; limits unverified"
sourced     = "proposed"
reading     = "In time means a first contact on or before the day received plus seven days for each week of the contract's own limit, which each row gives in weeks. Not being brought does not stop the clock. A first contact dated before the referral was received is in time; without a limit it does not count as in time. Rows that match no child are counted too."
threshold   = "the local contract"
twin        = "CA03"
small_numbers = "S2"
*/
SELECT period.period_id, referral.referral_id AS case_id, referral.matched_child_id AS child_id,
       coalesce(
         referral.first_contact_on <= referral.received_on + 7 * referral.specification_limit_weeks::INTEGER, FALSE
       ) AS counts
FROM records.camhs_referrals AS referral
JOIN profile.periods AS period ON referral.first_contact_on BETWEEN period.starts_on AND period.ends_on
/*
# Worked example.
as_at = 2026-03-31
period_kind = "rolling_12_months"
numerator = 6
denominator = 9
[[given]]
table = "records.camhs_referrals"
rows = """
referral_id | matched_child_id | received_on | decision_code | first_contact_on | specification_limit_weeks | not_brought_count | verdict        | because
C1          | A                | 2026-02-02  | ACCEPTED      | 2026-03-30       | 8                         | 0                 | counts         | exactly eight weeks
C2          | B                | 2026-02-02  | ACCEPTED      | 2026-03-31       | 8                         | 0                 | does not count | one day more than eight weeks, on the as-at date
C3          | C                | 2024-11-26  | ACCEPTED      | 2025-04-01       | 18                        | 0                 | counts         | exactly eighteen weeks, on the first day of the period
C4          | D                | 2024-11-25  | ACCEPTED      | 2025-04-01       | 18                        | 2                 | does not count | one day more; not brought twice, which does not stop the clock
C5          | E                | 2025-03-10  | ACCEPTED      | 2025-03-31       | 8                         | 0                 | left out       | seen before the period
C6          | F                | 2026-03-10  | ACCEPTED      | 2026-04-01       | 8                         | 0                 | left out       | the appointment is in the future
C7          | G                | 2025-06-02  | ACCEPTED      |                  | 8                         | 0                 | left out       | not yet seen
C8          |                  | 2025-06-02  | ACCEPTED      | 2025-06-09       | 4                         | 0                 | counts         | matches no child
C9          | H                | 2025-06-02  | ACCEPTED      | 2025-06-09       |                           | 0                 | does not count | limit not recorded
C10         | I                | 2025-06-02  | ACCEPTED      | 2025-05-30       | 4                         | 0                 | counts         | dated before it was received: a fault, still within the limit
C11         | J                | 2025-06-02  | REJECTED      | 2025-06-16       | 4                         | 0                 | counts         | seen, whatever the decision is now
C12         | K                | 2025-06-02  | ACCEPTED      | 2025-06-02       | 0                         | 0                 | counts         | seen on the day it was received
"""
*/
