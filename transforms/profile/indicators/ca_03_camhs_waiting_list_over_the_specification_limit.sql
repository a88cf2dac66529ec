/*
code        = "CA03"
title       = "CAMHS waiting list over the specification limit"
family      = "camhs"
denominator = "referrals waiting at the date"
numerator   = "referrals waiting longer than the contract's limit"
unit        = "count"
good_is     = "low"
periods     = ["snapshot"]
history     = "current state only"
source      = "seed 002"
sourced     = "proposed"
reading     = "Waiting means received by the date, decision accepted or pending, and no first contact or discharge by the date. Over the limit means that the limit of the row's own pathway, in weeks from the day received, ended before the date. Rows that match no child are counted too. The return has only today's decision, so earlier dates are not measured."
threshold   = "0 (seed 002)"
small_numbers = "S2"
*/
SELECT period.period_id, referral.referral_id AS case_id, referral.matched_child_id AS child_id,
       coalesce(referral.received_on + 7 * referral.specification_limit_weeks::INTEGER < period.ends_on, FALSE) AS counts
FROM records.camhs_referrals AS referral
JOIN profile.periods AS period
  ON referral.received_on <= period.ends_on
 AND (referral.first_contact_on IS NULL OR referral.first_contact_on > period.ends_on)
 AND (referral.discharged_on IS NULL OR referral.discharged_on > period.ends_on)
WHERE referral.decision_code IN ('ACCEPTED', 'PENDING')
/*
# Worked example.
as_at = 2026-03-31
period_kind = "snapshot"
numerator = 4
denominator = 7
[[given]]
table = "records.camhs_referrals"
rows = """
referral_id | matched_child_id | received_on | decision_code | first_contact_on | discharged_on | specification_limit_weeks | verdict        | because
C1          | A                | 2026-02-02  | ACCEPTED      |                  |               | 8                         | counts         | the eight weeks ended yesterday
C2          | B                | 2026-02-03  | PENDING       |                  |               | 8                         | does not count | the eight weeks end on the date
C3          |                  | 2025-06-01  | ACCEPTED      |                  |               | 18                        | counts         | matches no child, still waiting
C4          | C                | 2025-06-01  | ACCEPTED      | 2026-03-31       |               | 8                         | left out       | first seen on the date
C5          | D                | 2025-06-01  | ACCEPTED      | 2026-04-01       |               | 8                         | counts         | the appointment is in the future
C6          | E                | 2025-06-01  | ACCEPTED      |                  | 2026-03-31    | 8                         | left out       | discharged on the date
C7          | F                | 2025-06-01  | REJECTED      |                  |               | 8                         | left out       | not accepted
C8          | G                | 2026-03-31  | PENDING       |                  |               | 1                         | does not count | received on the date
C9          | H                | 2026-04-01  | PENDING       |                  |               | 0                         | left out       | the referral is in the future
C10         | I                | 2025-06-01  |               |                  |               | 8                         | left out       | decision not recorded
C11         | J                | 2025-06-01  | ACCEPTED      |                  |               |                           | does not count | limit not recorded: waiting, not known to be over the limit
C12         | K                | 2025-06-01  | ACCEPTED      |                  | 2026-04-01    | 8                         | counts         | the discharge is in the future
"""
*/
