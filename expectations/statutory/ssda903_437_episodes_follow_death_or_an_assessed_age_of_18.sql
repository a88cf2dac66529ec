/*
code              = "437"
source            = "SSDA903"
title             = "A child died or was assessed as 18 or over, but more episodes follow"
kind              = "error"
severity          = "warning"
table             = "records.looked_after_episodes"
column            = "ceased_reason_code"
first_return_year = 2023
fix               = "Correct the reason the episode ceased, or remove the later episodes."
*/
SELECT episode.received_row
FROM records.looked_after_episodes AS episode
QUALIFY episode.ceased_reason_code IN ('E2', 'E15') AND lead(episode.episode_id) OVER (
  PARTITION BY episode.child_id ORDER BY episode.started_on, episode.episode_id
) IS NOT NULL
/*
# Worked example.
as_at = 2026-03-31
[[given]]
table = "records.looked_after_episodes"
rows = """
received_row | episode_id | child_id | started_on | start_reason_code | ceased_on  | ceased_reason_code | verdict | because
2            | E1         | A        | 2025-01-01 | S                 | 2025-05-01 | E2                 | broken  | died, and E2 follows
3            | E2         | A        | 2025-08-01 | S                 |            |                    | met     | open
4            | E3         | B        | 2025-01-01 | S                 | 2025-05-01 | E15                | met     | none follows
5            | E4         | C        | 2025-01-01 | S                 | 2025-05-01 | E4A                | met     | went home, then came back
6            | E5         | C        | 2025-08-01 | S                 |            |                    | met     | open
"""
*/
