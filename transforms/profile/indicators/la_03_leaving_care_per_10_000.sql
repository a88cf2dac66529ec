/*
code        = "LA03"
title       = "Leaving care per 10,000"
family      = "cla"
denominator = "population aged 0 to 17"
numerator   = "children who left care in the period, excluding short breaks"
unit        = "rate_per_10000"
good_is     = "neutral"
periods     = ["rolling_12_months", "last_6_months", "week"]
history     = "recomputed"
source      = "LAIT LAC_Cease_Rate, 208"
sourced     = "verified"
reading     = "A child left care if an episode ceased in the period for any reason other than X1 (a new episode starts the same day); a blank reason is not X1. A child who left twice counts once. An ending is left out if legal status V3 or V4 (short breaks) was open on the day before it. Rates for a week or half a year are not scaled up to a year."
small_numbers = "S1"
*/
WITH ending AS (
  SELECT episode.child_id, episode.ceased_on
  FROM records.looked_after_episodes AS episode
  WHERE episode.ceased_on IS NOT NULL
    AND episode.ceased_reason_code IS DISTINCT FROM 'X1'
    AND NOT EXISTS (
      FROM records.legal_statuses AS short_break
      WHERE short_break.child_id = episode.child_id AND short_break.legal_status_code IN ('V3', 'V4')
        AND short_break.started_on <= episode.ceased_on - 1
        AND (short_break.ended_on IS NULL OR short_break.ended_on > episode.ceased_on - 1)
    )
)
SELECT DISTINCT period.period_id, ending.child_id AS case_id, ending.child_id, TRUE AS counts
FROM ending
JOIN profile.periods AS period ON ending.ceased_on BETWEEN period.starts_on AND period.ends_on
/*
# Worked example.
as_at = 2026-03-31
period_kind = "rolling_12_months"
numerator = 6
denominator = 4000
[[given]]
table = "records.children"
rows = """
child_id | verdict  | because
A        | counts   | left on the first day of the period
B        | counts   | left on the as-at date
C        | left out | a new episode started the same day (X1)
D        | counts   | left twice: one child
E        | left out | short breaks were open the day before
F        | counts   | short breaks ended the day before the ending
G        | left out | the ending is in the future
H        | left out | left the day before the period
I        | counts   | reason not recorded
J        | left out | short breaks that ended with care
K        | left out | short breaks began the day before the ending
L        | counts   | short breaks began on the day of the ending
"""
[[given]]
table = "records.looked_after_episodes"
rows = """
episode_id | child_id | started_on | ceased_on  | ceased_reason_code
E1         | A        | 2024-01-10 | 2025-04-01 | E4A
E2         | B        | 2024-01-10 | 2026-03-31 | E11
E3         | C        | 2024-01-10 | 2025-06-01 | X1
E4         | C        | 2025-06-01 |            |
E5         | D        | 2024-01-10 | 2025-06-01 | E4B
E6         | D        | 2025-07-10 | 2025-09-01 | E4A
E7         | E        | 2024-01-10 | 2025-06-01 | E8
E8         | F        | 2024-01-10 | 2025-06-02 | E8
E9         | G        | 2024-01-10 | 2026-04-01 | E8
E10        | H        | 2024-01-10 | 2025-03-31 | E8
E11        | I        | 2024-01-10 | 2025-10-01 |
E12        | J        | 2024-01-10 | 2025-10-01 | E8
E13        | K        | 2024-01-10 | 2025-10-01 | E8
E14        | L        | 2024-01-10 | 2025-10-01 | E8
"""
[[given]]
table = "records.legal_statuses"
rows = """
legal_status_id | child_id | legal_status_code | started_on | ended_on
L1              | E        | V4                | 2024-01-10 |
L2              | F        | V4                | 2024-01-10 | 2025-06-01
L3              | J        | V3                | 2024-01-10 | 2025-10-01
L4              | A        | V2                | 2024-01-10 |
L5              | B        | V3                | 2026-04-01 |
L6              | K        | V3                | 2025-09-30 |
L7              | L        | V4                | 2025-10-01 |
"""
[[given]]
table = "records.population"
rows = """
authority_code | year | age | persons
E06000099      | 2025 | 5   | 4000
"""
*/
