/*
code              = "433"
source            = "SSDA903"
title             = "An episode continues care but does not start on the day the last one ended"
kind              = "error"
severity          = "warning"
table             = "records.looked_after_episodes"
column            = "started_on"
first_return_year = 2023
fix               = "Correct the dates, so that one episode follows the other."
*/
SELECT episode.received_row
FROM records.looked_after_episodes AS episode
QUALIFY episode.start_reason_code IN ('P', 'L', 'T', 'U', 'B')
  AND lag(episode.episode_id) OVER (PARTITION BY episode.child_id ORDER BY episode.started_on, episode.episode_id) IS NOT NULL
  AND lag(episode.ceased_on) OVER (PARTITION BY episode.child_id ORDER BY episode.started_on, episode.episode_id) IS DISTINCT FROM episode.started_on
/*
# Worked example.
as_at = 2026-03-31
[[given]]
table = "records.looked_after_episodes"
rows = """
received_row | episode_id | child_id | started_on | start_reason_code | ceased_on  | ceased_reason_code | verdict | because
2            | E1         | A        | 2025-01-01 | S                 | 2025-05-01 | X1                 | met     | the first
3            | E2         | A        | 2025-05-01 | P                 | 2025-06-01 | X1                 | met     | that same day
4            | E3         | A        | 2025-06-02 | L                 |            |                    | broken  | a day later
5            | E4         | A        | 2025-08-01 | T                 |            |                    | broken  | the last has no end
6            | E5         | B        | 2025-01-01 | P                 |            |                    | met     | none before it
7            | E6         | C        | 2025-01-01 | S                 | 2025-02-01 | X1                 | met     | the first
8            | E7         | C        | 2025-03-01 | S                 |            |                    | met     | starts care again
"""
*/
