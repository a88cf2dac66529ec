/*
code              = "388"
source            = "SSDA903"
title             = "A looked-after episode ended for a new one (X1), but none starts that day"
kind              = "error"
severity          = "warning"
table             = "records.looked_after_episodes"
column            = "ceased_reason_code"
first_return_year = 2023
fix               = "Record the next episode, or why care ended."
*/
SELECT episode.received_row
FROM records.looked_after_episodes AS episode
QUALIFY episode.ceased_reason_code = 'X1' AND lead(episode.started_on) OVER (
  PARTITION BY episode.child_id ORDER BY episode.started_on, episode.episode_id
) IS DISTINCT FROM episode.ceased_on
/*
# Worked example.
as_at = 2026-03-31
[[given]]
table = "records.looked_after_episodes"
rows = """
received_row | episode_id | child_id | started_on | start_reason_code | ceased_on  | ceased_reason_code | verdict | because
2            | E1         | A        | 2025-01-01 | S                 | 2025-05-01 | X1                 | met     | E2 starts that day
3            | E2         | A        | 2025-05-01 | L                 | 2025-08-01 | X1                 | broken  | E3 starts a day later
4            | E3         | A        | 2025-08-02 | L                 | 2025-09-01 | X1                 | broken  | none follows
5            | E4         | B        | 2025-01-01 | S                 | 2025-05-01 | E4A                | met     | care ended
6            | E5         | C        | 2025-01-01 | S                 | 2025-05-01 | X1                 | broken  | the next is another child's
"""
*/
