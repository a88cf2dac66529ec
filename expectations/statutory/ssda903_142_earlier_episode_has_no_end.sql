/*
code              = "142"
source            = "SSDA903"
title             = "A looked-after episode has no end although a later one exists"
kind              = "error"
severity          = "warning"
table             = "records.looked_after_episodes"
column            = "ceased_on"
first_return_year = 2023
fix               = "Record when the earlier episode ceased, and why."
*/
SELECT episode.received_row
FROM records.looked_after_episodes AS episode
QUALIFY episode.ceased_on IS NULL AND lead(episode.episode_id) OVER (
  PARTITION BY episode.child_id ORDER BY episode.started_on, episode.episode_id
) IS NOT NULL
/*
# Worked example.
as_at = 2026-03-31
[[given]]
table = "records.looked_after_episodes"
rows = """
received_row | episode_id | child_id | started_on | start_reason_code | ceased_on  | ceased_reason_code | verdict | because
2            | E1         | A        | 2025-01-01 | S                 |            |                    | broken  | E2 is later
3            | E2         | A        | 2025-05-01 | L                 |            |                    | met     | the latest
4            | E3         | B        | 2025-01-01 | S                 | 2025-02-01 | X1                 | met     | ended
5            | E4         | B        | 2025-02-01 | L                 |            |                    | met     | the latest
"""
*/
