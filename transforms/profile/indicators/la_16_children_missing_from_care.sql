/*
code        = "LA16"
title       = "Children missing from care in the period"
family      = "cla"
denominator = "children looked after at any time in the period, excluding short breaks"
numerator   = "children who went missing in the period or were missing when it began"
unit        = "percent"
good_is     = "low"
periods     = ["rolling_12_months", "last_6_months", "week"]
history     = "recomputed"
source      = "LAIT 161"
sourced     = "verified"
reading     = "Missing means an episode of type M that starts in the period, or started before it and had not ended by its first day, whether or not the child was in care on that day. Each child counts once. A child was looked after in the period if an episode of care began by the last day and had not ended by the first (ended on the first day is out). An episode is left out if legal status V3 or V4 is open on its start, or on the first day of the period if it began before that."
small_numbers = "S1"
*/
WITH child AS (
  SELECT DISTINCT period.period_id, period.starts_on, period.ends_on, episode.child_id
  FROM records.looked_after_episodes AS episode
  JOIN profile.periods AS period
    ON episode.started_on <= period.ends_on
   AND (episode.ceased_on IS NULL OR episode.ceased_on > period.starts_on)
  WHERE NOT EXISTS (
    FROM records.legal_statuses AS short_break
    WHERE short_break.child_id = episode.child_id AND short_break.legal_status_code IN ('V3', 'V4')
      AND short_break.started_on <= greatest(episode.started_on, period.starts_on)
      AND (
        short_break.ended_on IS NULL OR short_break.ended_on > greatest(episode.started_on, period.starts_on)
      )
  )
)
SELECT child.period_id, child.child_id AS case_id, child.child_id, count(missing.missing_episode_id) > 0 AS counts
FROM child
LEFT JOIN records.missing_episodes AS missing
  ON missing.child_id = child.child_id AND missing.missing_type_code = 'M'
 AND missing.started_on <= child.ends_on
 AND (missing.started_on >= child.starts_on OR missing.ended_on IS NULL OR missing.ended_on > child.starts_on)
GROUP BY child.period_id, child.child_id
/*
# Worked example.
as_at = 2026-03-31
period_kind = "rolling_12_months"
numerator = 7
denominator = 13
[[given]]
table = "records.children"
rows = """
child_id | verdict        | because
A        | counts         | missing on the first day of the period, back the same day
B        | does not count | missing the day before the period, back on its first day
C        | counts         | missing the day before the period, back the day after its first
D        | counts         | missing since before the period, no end recorded
E        | counts         | missing on the as-at date
F        | does not count | the episode is in the future
G        | does not count | away without authorisation, not missing
H        | left out       | care ended on the first day of the period
I        | counts         | care ended the day after; missing later, after care
J        | left out       | short breaks on the first day of the period
K        | counts         | short breaks ended on the first day of the period; missing twice: one child
L        | left out       | entered for short breaks
M        | counts         | short breaks first, then continuously in care
N        | does not count | never missing
O        | left out       | care starts after the as-at date
P        | does not count | entered care on the as-at date
Q        | left out       | left care before the period
R        | does not count | type of episode not recorded
"""
[[given]]
table = "records.looked_after_episodes"
rows = """
episode_id | child_id | started_on | ceased_on
E1         | A        | 2024-01-10 |
E2         | B        | 2024-01-10 |
E3         | C        | 2024-01-10 |
E4         | D        | 2024-01-10 |
E5         | E        | 2024-01-10 |
E6         | F        | 2024-01-10 |
E7         | G        | 2024-01-10 |
E8         | H        | 2024-01-10 | 2025-04-01
E9         | I        | 2024-01-10 | 2025-04-02
E10        | J        | 2024-01-10 |
E11        | K        | 2024-01-10 | 2025-08-01
E12        | K        | 2025-08-01 |
E13        | L        | 2025-06-02 |
E14        | M        | 2025-06-02 | 2025-09-01
E15        | M        | 2025-09-01 |
E16        | N        | 2024-01-10 |
E17        | O        | 2026-04-01 |
E18        | P        | 2026-03-31 |
E19        | Q        | 2024-01-10 | 2025-03-01
E20        | R        | 2024-01-10 |
"""
[[given]]
table = "records.missing_episodes"
rows = """
missing_episode_id | child_id | missing_type_code | started_on | ended_on
A1                 | A        | M                 | 2025-04-01 | 2025-04-01
B1                 | B        | M                 | 2025-03-31 | 2025-04-01
C1                 | C        | M                 | 2025-03-31 | 2025-04-02
D1                 | D        | M                 | 2024-06-02 |
E1                 | E        | M                 | 2026-03-31 |
F1                 | F        | M                 | 2026-04-01 |
G1                 | G        | A                 | 2025-06-02 | 2025-06-03
H1                 | H        | M                 | 2025-06-02 | 2025-06-03
I1                 | I        | M                 | 2025-06-02 | 2025-06-03
J1                 | J        | M                 | 2025-06-02 | 2025-06-03
K1                 | K        | M                 | 2025-06-02 | 2025-06-03
K2                 | K        | M                 | 2025-07-02 | 2025-07-03
L1                 | L        | M                 | 2025-06-10 | 2025-06-11
M1                 | M        | M                 | 2025-10-02 | 2025-10-03
O1                 | O        | M                 | 2025-06-02 | 2025-06-03
Q1                 | Q        | M                 | 2025-06-02 | 2025-06-03
R1                 | R        |                   | 2025-06-02 | 2025-06-03
"""
[[given]]
table = "records.legal_statuses"
rows = """
legal_status_id | child_id | legal_status_code | started_on | ended_on
L1              | J        | V4                | 2024-01-10 |
L2              | K        | V3                | 2024-01-10 | 2025-04-01
L3              | L        | V4                | 2025-06-02 |
L4              | M        | V4                | 2025-06-02 | 2025-09-01
L5              | A        | V3                | 2025-04-02 | 2025-04-03
"""
*/
