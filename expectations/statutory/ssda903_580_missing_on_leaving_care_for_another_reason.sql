/*
code              = "580"
source            = "SSDA903"
title             = "A child was missing when care ended, but the reason is not 'any other' (E8)"
kind              = "error"
severity          = "warning"
table             = "records.looked_after_episodes"
column            = "ceased_reason_code"
first_return_year = 2023
fix               = "Correct the reason the episode ceased or the missing episode."
*/
SELECT DISTINCT episode.received_row
FROM records.looked_after_episodes AS episode
JOIN records.missing_episodes AS missing
  ON missing.child_id = episode.child_id AND missing.started_on < episode.ceased_on
 AND (missing.ended_on IS NULL OR missing.ended_on >= episode.ceased_on)
WHERE episode.ceased_reason_code NOT IN ('X1', 'E8')
  AND missing.started_on >= coalesce(episode.entered_care_on, episode.started_on)
/*
# Worked example.
as_at = 2026-03-31
[[given]]
table = "records.looked_after_episodes"
rows = """
received_row | episode_id | child_id | started_on | entered_care_on | ceased_on  | ceased_reason_code | verdict | because
2            | E1         | A        | 2025-03-01 | 2025-01-01      | 2025-05-01 | E4A                | broken  | missing since April
3            | E2         | B        | 2025-01-01 | 2025-01-01      | 2025-05-01 | E8                 | met     | missing, and E8
4            | E3         | C        | 2025-01-01 | 2025-01-01      | 2025-05-01 | E4A                | met     | returned the day before
5            | E4         | D        | 2025-01-01 | 2025-01-01      | 2025-05-01 | E4A                | broken  | the missing episode ended with care
6            | E6         | F        | 2025-01-01 | 2025-01-01      | 2025-05-01 | E4A                | met     | went missing on the day care had ended
7            | E7         | G        | 2025-01-01 | 2025-01-01      | 2025-05-01 | E4A                | broken  | missing since the day care began
8            | E5         | E        | 2025-01-01 | 2025-01-01      | 2025-05-01 | X1                 | met     | still looked after
"""
[[given]]
table = "records.missing_episodes"
rows = """
missing_episode_id | child_id | started_on | ended_on
M1                 | A        | 2025-04-20 |
M2                 | B        | 2025-04-20 |
M3                 | C        | 2025-04-20 | 2025-04-30
M4                 | D        | 2025-04-20 | 2025-05-01
M5                 | E        | 2025-04-20 |
M6                 | F        | 2025-05-01 |
M7                 | G        | 2025-01-01 |
"""
*/
