/*
code              = "431"
source            = "SSDA903"
title             = "An episode says that care started (S) on the day the last episode ended"
kind              = "error"
severity          = "warning"
table             = "records.looked_after_episodes"
column            = "start_reason_code"
first_return_year = 2023
fix               = "Give the reason for the change, or correct the end of the last episode."
*/
SELECT episode.received_row
FROM records.looked_after_episodes AS episode
QUALIFY episode.start_reason_code = 'S' AND episode.started_on = lag(episode.ceased_on) OVER (
  PARTITION BY episode.child_id ORDER BY episode.started_on, episode.episode_id
)
/*
# Worked example.
as_at = 2026-03-31
[[given]]
table = "records.looked_after_episodes"
rows = """
received_row | episode_id | child_id | started_on | start_reason_code | ceased_on  | ceased_reason_code | verdict | because
2            | E1         | A        | 2025-01-01 | S                 | 2025-05-01 | E4A                | met     | the first
3            | E2         | A        | 2025-05-01 | S                 | 2025-06-01 | E4A                | broken  | that same day
4            | E3         | A        | 2025-06-02 | S                 |            |                    | met     | the day after
5            | E4         | B        | 2025-01-01 | S                 | 2025-05-01 | X1                 | met     | the first
6            | E5         | B        | 2025-05-01 | P                 |            |                    | met     | a change
"""
*/
