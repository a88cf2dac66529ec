/*
code              = "355"
source            = "SSDA903"
title             = "A looked-after episode starts and ends on one day"
kind              = "error"
severity          = "warning"
table             = "records.looked_after_episodes"
column            = "ceased_on"
first_return_year = 2023
fix               = "Correct the dates, or remove the episode."
*/
SELECT episode.received_row
FROM records.looked_after_episodes AS episode
WHERE episode.ceased_on = episode.started_on
/*
# Worked example.
as_at = 2026-03-31
[[given]]
table = "records.looked_after_episodes"
rows = """
received_row | episode_id | child_id | started_on | start_reason_code | ceased_on  | ceased_reason_code | verdict | because
2            | E1         | A        | 2025-01-01 | S                 | 2025-01-01 | E4A                | broken  | one day
3            | E2         | B        | 2025-01-01 | S                 | 2025-01-02 | E4A                | met     | overnight
4            | E3         | C        | 2025-01-01 | S                 |            |                    | met     | open
"""
*/
