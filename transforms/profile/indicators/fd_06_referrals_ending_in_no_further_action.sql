/*
code        = "FD06"
title       = "Referrals ending in no further action"
family      = "front_door"
denominator = "referrals in the period"
numerator   = "referrals that ended in no further action"
unit        = "percent"
good_is     = "neutral"
periods     = ["rolling_12_months", "last_6_months", "month", "week"]
history     = "recomputed"
source      = "LAIT 290"
sourced     = "verified"
reading     = "The referral itself ended in no further action (cine_referral_nfa = Y), whenever that was decided; an assessment that ended in no further action is not meant. Referrals are counted, not children. Nothing recorded means that it did not."
small_numbers = "S1"
*/
SELECT period.period_id, referral.referral_id AS case_id, referral.child_id,
       referral.is_no_further_action IS TRUE AS counts
FROM records.child_in_need_episodes AS referral
JOIN profile.periods AS period ON referral.referred_on BETWEEN period.starts_on AND period.ends_on
/*
# Worked example.
as_at = 2026-03-31
period_kind = "rolling_12_months"
numerator = 3
denominator = 5
[[given]]
table = "records.child_in_need_episodes"
rows = """
referral_id | child_id | referred_on | closed_on  | is_no_further_action | verdict        | because
R1          | A        | 2025-04-01  | 2025-04-01 | true                 | counts         | on the first day of the period
R2          | A        | 2025-11-01  |            | true                 | counts         | the same child again
R3          | B        | 2025-11-01  |            | false                | does not count | work followed
R4          | C        | 2025-11-01  | 2025-11-02 |                      | does not count | further action not recorded, although closed the next day
R5          | D        | 2026-03-31  |            | true                 | counts         | on the as-at date
R6          | E        | 2026-04-01  |            | true                 | left out       | the referral is in the future
R7          | F        | 2025-03-31  | 2025-04-10 | true                 | left out       | referred the day before the period
"""
*/
