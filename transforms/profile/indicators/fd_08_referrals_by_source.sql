/*
code        = "FD08"
title       = "Referrals by source"
family      = "front_door"
denominator = "referrals in the period"
numerator   = "referrals whose source is recorded; by group, referrals from that group of sources"
unit        = "percent"
good_is     = "neutral"
periods     = ["rolling_12_months"]
history     = "recomputed"
source      = "LAIT 374; CIN codes"
sourced     = "verified"
broken_down_by = "source of the referral"
breakdown   = "share of all"
reading     = "Sources are grouped by CIN code: individual 1A to 1D, school 2, health 3, housing 4, local authority 5, police 6, other legal agency 7, other 8, anonymous 9, unknown 10. Unknown (10) is its own group and counts as recorded; a blank or a code outside the list is not recorded. Referrals are counted, not children, including those that ended in no further action."
small_numbers = "S1"
*/
WITH referral AS (
  SELECT referral.referral_id, referral.child_id, referral.referred_on,
         CASE
           WHEN referral.referral_source_code = '10' THEN 'unknown'
           WHEN referral.referral_source_code IN ('1A', '1B', '1C', '1D') THEN 'individual'
           WHEN referral.referral_source_code IN ('2A', '2B') THEN 'school'
           WHEN referral.referral_source_code IN ('3A', '3B', '3C', '3D', '3E', '3F') THEN 'health'
           WHEN referral.referral_source_code = '4' THEN 'housing'
           WHEN referral.referral_source_code IN ('5A', '5B', '5C', '5D') THEN 'local authority'
           WHEN referral.referral_source_code = '6' THEN 'police'
           WHEN referral.referral_source_code = '7' THEN 'other legal agency'
           WHEN referral.referral_source_code = '8' THEN 'other'
           WHEN referral.referral_source_code = '9' THEN 'anonymous'
         END AS source_group
  FROM records.child_in_need_episodes AS referral
)
SELECT period.period_id, referral.referral_id AS case_id, referral.child_id,
       referral.source_group AS breakdown, referral.source_group IS NOT NULL AS counts
FROM referral
JOIN profile.periods AS period ON referral.referred_on BETWEEN period.starts_on AND period.ends_on
/*
# Worked example.
as_at = 2026-03-31
period_kind = "rolling_12_months"
numerator = 11
denominator = 13
[[given]]
table = "records.child_in_need_episodes"
rows = """
referral_id | child_id | referred_on | referral_source_code | is_no_further_action | verdict        | because
R1          | A        | 2025-04-01  | 1A                   | false                | counts         | family, on the first day of the period
R2          | A        | 2025-09-01  | 10                   | false                | counts         | recorded as unknown: its own group, not an individual
R3          | B        | 2025-09-01  | 2B                   | false                | counts         | education services
R4          | C        | 2025-09-01  | 3E                   | true                 | counts         | A&E; no further action is included
R5          | D        | 2025-09-01  | 4                    | false                | counts         | housing
R6          | E        | 2025-09-01  | 5D                   | false                | counts         | early help
R7          | F        | 2025-09-01  | 6                    | false                | counts         | police
R8          | G        | 2025-09-01  | 6                    | false                | counts         | police
R9          | H        | 2025-09-01  | 7                    | false                | counts         | another legal agency
R10         | I        | 2025-09-01  | 8                    | false                | counts         | other
R11         | J        | 2026-03-31  | 9                    | false                | counts         | anonymous, on the as-at date
R12         | K        | 2025-09-01  |                      | false                | does not count | source not recorded
R13         | L        | 2025-09-01  | 6B                   | false                | does not count | a code outside the list
R14         | M        | 2026-04-01  | 6                    | false                | left out       | the referral is in the future
R15         | N        | 2025-03-31  | 6                    | false                | left out       | the day before the period
"""
[[breakdown]]
group = "police"
numerator = 2
denominator = 13
[[breakdown]]
group = "individual"
numerator = 1
denominator = 13
[[breakdown]]
group = "unknown"
numerator = 1
denominator = 13
[[breakdown]]
group = "not recorded"
numerator = 2
denominator = 13
*/
