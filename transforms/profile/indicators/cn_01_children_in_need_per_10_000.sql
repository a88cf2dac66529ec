/*
code        = "CN01"
title       = "Children in need per 10,000"
family      = "cin"
denominator = "population aged 0 to 17"
numerator   = "child in need episodes open at the date"
unit        = "rate_per_10000"
good_is     = "neutral"
periods     = ["snapshot"]
history     = "recomputed"
source      = "LAIT CIN measure"
sourced     = "verified"
reading     = "Open means referred by the date, not closed by it (closed on the date is not open), and the referral did not end in no further action. Episodes are counted, not children. Children on plans, looked after and leaving care are included."
small_numbers = "S1"
*/
SELECT period.period_id, episode.referral_id AS case_id, episode.child_id, TRUE AS counts
FROM records.child_in_need_episodes AS episode
JOIN profile.periods AS period
  ON episode.referred_on <= period.ends_on
 AND (episode.closed_on IS NULL OR episode.closed_on > period.ends_on)
WHERE episode.is_no_further_action IS NOT TRUE
/*
# Worked example.
as_at = 2026-03-31
period_kind = "snapshot"
numerator = 4
denominator = 3000
[[given]]
table = "records.child_in_need_episodes"
rows = """
referral_id | child_id | referred_on | closed_on  | is_no_further_action | verdict  | because
R1          | A        | 2024-05-01  |            | false                | counts   | open
R2          | B        | 2026-03-31  |            |                      | counts   | referred on the day; further action not recorded
R3          | C        | 2024-05-01  | 2026-03-31 | false                | left out | closed on the day
R4          | D        | 2024-05-01  | 2026-04-01 | false                | counts   | closes tomorrow
R5          | E        | 2026-03-01  |            | true                 | left out | no further action
R6          | F        | 2026-04-01  |            | false                | left out | the referral is in the future
R7          | A        | 2026-02-01  |            | false                | counts   | the same child, a second open episode
R8          | G        | 2024-05-01  | 2025-01-01 | false                | left out | closed long ago
"""
[[given]]
table = "records.population"
rows = """
authority_code | year | age | persons
E06000099      | 2024 | 0   | 1000
E06000099      | 2025 | 0   | 1100
E06000099      | 2025 | 17  | 1900
E06000099      | 2025 | 18  | 1500
E06000099      | 2027 | 0   | 1200
"""
*/
