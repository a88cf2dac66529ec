/*
code              = "148"
source            = "SSDA903"
title             = "A looked-after episode has an end date without a reason, or a reason without a date"
kind              = "error"
severity          = "warning"
table             = "records.looked_after_episodes"
column            = "ceased_reason_code"
first_return_year = 2023
fix               = "Record both when the episode ceased and why."
*/
SELECT episode.received_row
FROM records.looked_after_episodes AS episode
WHERE (episode.ceased_on IS NULL) <> (episode.ceased_reason_code IS NULL)
/*
# Worked example.
as_at = 2026-03-31
[[given]]
table = "records.looked_after_episodes"
rows = """
received_row | episode_id | child_id | started_on | start_reason_code | ceased_on  | ceased_reason_code | verdict | because
2            | E1         | A        | 2025-01-01 | S                 | 2025-05-01 |                    | broken  | no reason
3            | E2         | B        | 2025-01-01 | S                 |            | E4A                | broken  | no date
4            | E3         | C        | 2025-01-01 | S                 | 2025-05-01 | E4A                | met     | both
5            | E4         | D        | 2025-01-01 | S                 |            |                    | met     | open
"""
*/
