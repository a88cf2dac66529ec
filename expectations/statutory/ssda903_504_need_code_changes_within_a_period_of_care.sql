/*
code              = "504"
source            = "SSDA903"
title             = "The category of need changes within a period of care"
kind              = "error"
severity          = "warning"
table             = "records.looked_after_episodes"
column            = "primary_need_code"
first_return_year = 2023
fix               = "Keep the need recorded when care began."
*/
SELECT episode.received_row
FROM records.looked_after_episodes AS episode
WHERE episode.looked_after_period_id IS NOT NULL
QUALIFY episode.primary_need_code <> lag(episode.primary_need_code) OVER (
  PARTITION BY episode.child_id, episode.looked_after_period_id ORDER BY episode.started_on, episode.episode_id
)
/*
# Worked example.
as_at = 2026-03-31
[[given]]
table = "records.looked_after_episodes"
rows = """
received_row | episode_id | child_id | looked_after_period_id | started_on | primary_need_code | verdict | because
2            | E1         | A        | C1                     | 2025-01-01 | N1                | met     | the first
3            | E2         | A        | C1                     | 2025-05-01 | N1                | met     | the same
4            | E3         | A        | C1                     | 2025-08-01 | N2                | broken  | changed
5            | E4         | A        | C1                     | 2025-09-01 | N2                | met     | the same as the one before
6            | E5         | A        | C2                     | 2025-12-01 | N3                | met     | another period of care
7            | E6         | B        | C3                     | 2025-01-01 |                   | met     | blank
8            | E7         | B        | C3                     | 2025-05-01 | N1                | met     | the one before is blank
"""
*/
