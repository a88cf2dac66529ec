/*
code        = "DQ01"
title       = "Ethnicity of children known"
family      = "data_quality"
denominator = "child in need episodes open at the date"
numerator   = "episodes of a child whose ethnicity is recorded"
unit        = "percent"
good_is     = "high"
periods     = ["snapshot"]
history     = "current state only"
source      = "903 rule 103; CIN rule 4220"
sourced     = "proposed"
reading     = "Known means recorded and not NOBT (not yet obtained); refused (REFU) is known. A code outside the list counts as recorded, and is reported. An episode is open if it was referred by the date, not closed by it, and the referral did not end in no further action. Episodes are counted, not children. Only today's ethnicity is kept, so earlier dates are not measured."
threshold   = "95 per cent or more (local)"
small_numbers = "S1"
*/
SELECT period.period_id, episode.referral_id AS case_id, episode.child_id,
       coalesce(child.ethnicity_code <> 'NOBT', FALSE) AS counts
FROM records.child_in_need_episodes AS episode
JOIN profile.periods AS period
  ON episode.referred_on <= period.ends_on
 AND (episode.closed_on IS NULL OR episode.closed_on > period.ends_on)
LEFT JOIN records.children AS child ON child.child_id = episode.child_id
WHERE episode.is_no_further_action IS NOT TRUE
/*
# Worked example.
as_at = 2026-03-31
period_kind = "snapshot"
numerator = 5
denominator = 7
[[given]]
table = "records.child_in_need_episodes"
rows = """
referral_id | child_id | referred_on | closed_on  | is_no_further_action | verdict        | because
R1          | A        | 2025-01-10  |            | false                | counts         | recorded
R2          | A        | 2026-03-31  |            |                      | counts         | a second open episode of the child, referred on the date
R3          | B        | 2025-01-10  |            | false                | counts         | refused is known
R4          | C        | 2025-01-10  |            | false                | does not count | not yet obtained
R5          | D        | 2025-01-10  |            | false                | does not count | not recorded
R6          | E        | 2025-01-10  |            | false                | counts         | a code outside the list counts as recorded
R7          | F        | 2025-01-10  | 2026-03-31 | false                | left out       | closed on the date
R8          | F        | 2025-01-10  | 2026-04-01 | false                | counts         | closes tomorrow
R9          | F        | 2026-03-01  |            | true                 | left out       | no further action
R10         | F        | 2026-04-01  |            | false                | left out       | the referral is in the future
"""
[[given]]
table = "records.children"
rows = """
child_id | ethnicity_code
A        | WBRI
B        | REFU
C        | NOBT
D        |
E        | XXXX
F        | BCRB
"""
*/
