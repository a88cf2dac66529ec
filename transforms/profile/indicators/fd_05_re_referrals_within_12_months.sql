/*
code        = "FD05"
title       = "Re-referrals within 12 months"
family      = "front_door"
denominator = "referrals in the period"
numerator   = "referrals of a child who had an earlier referral in the previous 12 months"
unit        = "percent"
good_is     = "low"
periods     = ["rolling_12_months"]
history     = "recomputed"
source      = "LAIT 271; EES methodology re-referrals"
sourced     = "verified"
reading     = "The earlier referral is dated on or after the day 12 calendar months before, and before the referral itself: the anniversary counts (the alternative leaves it out), the same day does not. Referrals are counted, not children. Referrals that ended in no further action are included, both as referrals and as earlier ones."
small_numbers = "S1"
*/
WITH referral AS (
  SELECT referral_id, child_id, referred_on,
         max(referred_on) OVER (
           PARTITION BY child_id ORDER BY referred_on
           RANGE BETWEEN UNBOUNDED PRECEDING AND INTERVAL 1 DAY PRECEDING
         ) AS referred_before_on
  FROM records.child_in_need_episodes
)
SELECT period.period_id, referral.referral_id AS case_id, referral.child_id,
       coalesce(referral.referred_before_on >= referral.referred_on - INTERVAL 12 MONTH, FALSE) AS counts
FROM referral
JOIN profile.periods AS period ON referral.referred_on BETWEEN period.starts_on AND period.ends_on
/*
# Worked example.
as_at = 2026-02-28
period_kind = "rolling_12_months"
numerator = 4
denominator = 9
[[given]]
table = "records.child_in_need_episodes"
rows = """
referral_id | child_id | referred_on | is_no_further_action | closed_on  | verdict        | because
R1          | A        | 2024-07-10  | true                 |            | left out       | before the period; it counts as the earlier one
R2          | A        | 2025-07-10  | false                |            | counts         | on the anniversary of one that ended in no further action
R3          | B        | 2024-07-09  | false                |            | left out       | before the period
R4          | B        | 2025-07-10  | false                |            | does not count | a year and a day after the previous one
R5          | C        | 2025-09-01  | false                |            | does not count | twice on the same day
R6          | C        | 2025-09-01  | false                |            | does not count | twice on the same day
R7          | C        | 2025-09-02  | true                 |            | counts         | a day after
R8          | D        | 2025-03-01  | false                |            | does not count | first ever, on the first day of the period
R9          | D        | 2026-02-28  | false                |            | counts         | on the as-at date, one day less than a year
R10         | E        | 2026-03-01  | false                |            | left out       | the referral is in the future
R11         | F        | 2024-02-29  | false                |            | left out       | before the period
R12         | F        | 2025-02-28  | false                | 2025-03-01 | left out       | a day before the period
R13         | F        | 2025-03-02  | false                |            | counts         | two days after the previous one
R14         | G        | 2025-05-05  | false                |            | does not count | the child's only one; another child's referrals do not count
"""
*/
