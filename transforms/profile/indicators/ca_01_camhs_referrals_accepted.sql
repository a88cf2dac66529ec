/*
code        = "CA01"
title       = "CAMHS referrals accepted"
family      = "camhs"
denominator = "referrals decided in the period"
numerator   = "referrals accepted"
unit        = "percent"
good_is     = "neutral"
periods     = ["rolling_12_months", "month"]
history     = "recomputed"
source      = "seed 002 C21"
sourced     = "proposed"
reading     = "A referral is decided if its decision is not pending and is dated in the period. A dated decision that does not record what was decided is included, as not accepted. Rows that match no child are counted too."
small_numbers = "S2"
*/
SELECT period.period_id, referral.referral_id AS case_id, referral.matched_child_id AS child_id,
       referral.decision_code IS NOT DISTINCT FROM 'ACCEPTED' AS counts
FROM records.camhs_referrals AS referral
JOIN profile.periods AS period ON referral.decided_on BETWEEN period.starts_on AND period.ends_on
WHERE referral.decision_code IS DISTINCT FROM 'PENDING'
/*
# Worked example.
as_at = 2026-03-31
period_kind = "rolling_12_months"
numerator = 3
denominator = 6
[[given]]
table = "records.camhs_referrals"
rows = """
referral_id | matched_child_id | received_on | decision_code | decided_on | verdict        | because
C1          | A                | 2025-03-20  | ACCEPTED      | 2025-04-01 | counts         | decided on the first day of the period
C2          | B                | 2026-03-20  | REJECTED      | 2026-03-31 | does not count | not accepted, on the as-at date
C3          | C                | 2025-06-02  | REDIRECTED    | 2025-06-09 | does not count | signposted elsewhere
C4          | D                | 2025-06-02  | PENDING       | 2025-06-09 | left out       | pending, even with a date
C5          | E                | 2025-06-02  | ACCEPTED      |            | left out       | day of the decision not recorded
C6          | F                | 2026-03-20  | ACCEPTED      | 2026-04-01 | left out       | the decision is in the future
C7          | G                | 2025-03-20  | ACCEPTED      | 2025-03-31 | left out       | decided the day before the period
C8          | H                | 2025-06-02  |               | 2025-06-09 | does not count | decided, but the decision is not recorded
C9          |                  | 2025-06-02  | ACCEPTED      | 2025-06-09 | counts         | matches no child
C10         | A                | 2025-06-02  | ACCEPTED      | 2025-06-09 | counts         | a second referral of the child is a separate case
"""
*/
