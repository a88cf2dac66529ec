/*
code              = "432"
source            = "SSDA903"
title             = "Care had ended, but the next episode does not say that it started again (S)"
kind              = "error"
severity          = "warning"
table             = "records.looked_after_episodes"
column            = "start_reason_code"
first_return_year = 2023
fix               = "Correct the reason of this episode or the end of the last one."
*/
SELECT episode.received_row
FROM records.looked_after_episodes AS episode
QUALIFY episode.start_reason_code <> 'S' AND lag(episode.ceased_reason_code) OVER (
  PARTITION BY episode.child_id ORDER BY episode.started_on, episode.episode_id
) <> 'X1'
/*
# Worked example.
as_at = 2026-03-31
[[given]]
table = "records.looked_after_episodes"
rows = """
received_row | episode_id | child_id | started_on | start_reason_code | ceased_on  | ceased_reason_code | verdict | because
2            | E1         | A        | 2025-01-01 | S                 | 2025-05-01 | E4A                | met     | the first
3            | E2         | A        | 2025-08-01 | P                 | 2025-09-01 | X1                 | broken  | the child had gone home
4            | E3         | A        | 2025-09-01 | P                 |            |                    | met     | a change of episode
5            | E4         | B        | 2025-01-01 | S                 | 2025-05-01 |                    | met     | the first
6            | E5         | B        | 2025-05-01 | P                 |            |                    | met     | why the last one ended is not known
"""
*/
