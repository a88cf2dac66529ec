/*
code        = "LA02"
title       = "Starting care per 10,000"
family      = "cla"
denominator = "population aged 0 to 17"
numerator   = "starts to be looked after in the period, excluding short breaks"
unit        = "rate_per_10000"
good_is     = "neutral"
periods     = ["rolling_12_months", "last_6_months", "week"]
history     = "recomputed"
source      = "LAIT LAC_Start_Rate"
sourced     = "verified"
reading     = "A start is an episode that starts in the period for reason S (started to be looked after); each start counts, including a child's second. A start is left out if legal status V3 or V4 (short breaks) is open on its day. Rates for a week or half a year are not scaled up to a year."
small_numbers = "S1"
*/
SELECT period.period_id, episode.episode_id AS case_id, episode.child_id, TRUE AS counts
FROM records.looked_after_episodes AS episode
JOIN profile.periods AS period ON episode.started_on BETWEEN period.starts_on AND period.ends_on
WHERE episode.start_reason_code = 'S'
  AND NOT EXISTS (
    FROM records.legal_statuses AS short_break
    WHERE short_break.child_id = episode.child_id AND short_break.legal_status_code IN ('V3', 'V4')
      AND short_break.started_on <= episode.started_on
      AND (short_break.ended_on IS NULL OR short_break.ended_on > episode.started_on)
  )
/*
# Worked example.
as_at = 2026-03-31
period_kind = "rolling_12_months"
numerator = 7
denominator = 4000
[[given]]
table = "records.looked_after_episodes"
rows = """
episode_id | child_id | started_on | start_reason_code | ceased_on  | ceased_reason_code | verdict  | because
E1         | A        | 2025-04-01 | S                 |            |                    | counts   | on the first day of the period
E2         | B        | 2025-03-31 | S                 |            |                    | left out | the day before the period
E3         | C        | 2026-03-31 | S                 |            |                    | counts   | on the as-at date
E4         | D        | 2026-04-01 | S                 |            |                    | left out | the start is in the future
E5         | E        | 2025-06-02 | S                 | 2025-07-01 | E4A                | counts   | started and left
E6         | E        | 2025-11-03 | S                 |            |                    | counts   | the same child's second start
E7         | F        | 2025-06-02 | P                 |            |                    | left out | only the placement changed
E8         | F        | 2025-07-02 | L                 |            |                    | left out | only the legal status changed
E9         | G        | 2025-06-02 | S                 |            |                    | left out | short breaks (V4) start on the day
E10        | H        | 2025-06-02 | S                 |            |                    | left out | short breaks (V3), agreed long before
E11        | I        | 2025-06-02 | S                 |            |                    | counts   | short breaks ended on the day
E12        | J        | 2025-06-02 | S                 |            |                    | counts   | short breaks began the day after
E13        | K        | 2025-06-02 |                   |            |                    | left out | reason not recorded
E14        | L        | 2025-06-02 | S                 | 2025-06-02 | E8                 | counts   | ended on the day it began
"""
[[given]]
table = "records.legal_statuses"
rows = """
legal_status_id | child_id | legal_status_code | started_on | ended_on
L1              | A        | V2                | 2025-04-01 |
L2              | G        | V4                | 2025-06-02 |
L3              | H        | V3                | 2024-01-10 | 2025-06-03
L4              | I        | V4                | 2024-01-10 | 2025-06-02
L5              | J        | V3                | 2025-06-03 |
"""
[[given]]
table = "records.population"
rows = """
authority_code | year | age | persons
E06000099      | 2025 | 5   | 4000
"""
*/
