/*
code              = "567"
source            = "SSDA903"
title             = "A missing episode ends before it starts"
kind              = "error"
severity          = "warning"
table             = "records.missing_episodes"
column            = "ended_on"
first_return_year = 2023
fix               = "Correct the start or the end of the episode."
*/
SELECT missing.received_row
FROM records.missing_episodes AS missing
WHERE missing.ended_on < missing.started_on
/*
# Worked example.
as_at = 2026-03-31
[[given]]
table = "records.missing_episodes"
rows = """
received_row | missing_episode_id | child_id | started_on | ended_on   | verdict | because
2            | M1                 | A        | 2025-05-02 | 2025-05-01 | broken  | a day before
3            | M2                 | B        | 2025-05-01 | 2025-05-01 | met     | on the day
4            | M3                 | C        | 2025-05-01 |            | met     | still missing
"""
*/
