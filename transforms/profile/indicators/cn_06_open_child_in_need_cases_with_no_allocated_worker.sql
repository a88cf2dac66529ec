/*
code        = "CN06"
title       = "Open child in need cases with no allocated worker"
family      = "cin"
denominator = "child in need episodes open at the date"
numerator   = "episodes whose child has no case worker at the date"
unit        = "count"
good_is     = "low"
periods     = ["snapshot"]
history     = "recomputed"
source      = "local"
sourced     = "proposed"
reading     = "A child has a case worker if an involvement in role CW, for any of the child's episodes, is open at the date (ended on the date is not open); other roles do not count. An episode is open if it was referred by the date, not closed by it, and the referral did not end in no further action. Episodes are counted, not children."
threshold   = "0 (local)"
small_numbers = "S1"
*/
SELECT period.period_id, episode.referral_id AS case_id, episode.child_id,
       count(involvement.involvement_id) = 0 AS counts
FROM records.child_in_need_episodes AS episode
JOIN profile.periods AS period
  ON episode.referred_on <= period.ends_on
 AND (episode.closed_on IS NULL OR episode.closed_on > period.ends_on)
LEFT JOIN records.involvements AS involvement
  ON involvement.child_id = episode.child_id AND involvement.role_code = 'CW'
 AND involvement.started_on <= period.ends_on
 AND coalesce(involvement.ended_on, 'infinity'::DATE) > period.ends_on
WHERE episode.is_no_further_action IS NOT TRUE
GROUP BY period.period_id, episode.referral_id, episode.child_id
/*
# Worked example.
as_at = 2026-03-31
period_kind = "snapshot"
numerator = 7
denominator = 11
[[given]]
table = "records.child_in_need_episodes"
rows = """
referral_id | child_id | referred_on | closed_on  | is_no_further_action | verdict        | because
R1          | A        | 2025-01-10  |            | false                | does not count | allocated
R2          | B        | 2026-03-31  |            |                      | counts         | referred on the date, nobody allocated yet; further action not recorded
R3          | C        | 2025-01-10  |            | false                | counts         | the worker left on the date
R4          | D        | 2025-01-10  |            | false                | does not count | the worker leaves tomorrow
R5          | E        | 2025-01-10  |            | false                | counts         | the worker starts tomorrow
R6          | F        | 2025-01-10  |            | false                | counts         | only a reviewing officer
R7          | G        | 2025-01-10  |            | false                | counts         | role not recorded
R8          | H        | 2025-01-10  |            | false                | does not count | two case workers
R9          | I        | 2025-01-10  | 2026-03-31 | false                | left out       | closed on the date
R10         | J        | 2025-01-10  | 2026-04-01 | false                | counts         | closes tomorrow, nobody allocated
R11         | K        | 2026-03-10  |            | true                 | left out       | no further action
R12         | L        | 2026-04-01  |            | false                | left out       | the referral is in the future
R13         | M        | 2026-03-01  |            | false                | does not count | allocated from the date, under another episode
R14         | N        | 2026-03-01  |            | false                | counts         | another child's worker does not count
"""
[[given]]
table = "records.involvements"
rows = """
involvement_id | professional_id | role_code | started_on | ended_on   | child_id | referral_id
I1             | P1              | CW        | 2025-01-10 |            | A        | R1
I2             | P1              | CW        | 2025-01-10 | 2026-03-31 | C        | R3
I3             | P1              | CW        | 2025-01-10 | 2026-04-01 | D        | R4
I4             | P1              | CW        | 2026-04-01 |            | E        | R5
I5             | P2              | IRO       | 2025-01-10 |            | F        | R6
I6             | P2              |           | 2025-01-10 |            | G        | R7
I7             | P1              | CW        | 2025-01-10 |            | H        | R8
I8             | P3              | CW        | 2025-02-10 |            | H        | R8
I9             | P3              | CW        | 2026-03-31 |            | M        |
"""
*/
