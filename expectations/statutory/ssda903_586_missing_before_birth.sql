/*
code              = "586"
source            = "SSDA903"
title             = "A missing episode starts before the child was born"
kind              = "error"
severity          = "warning"
table             = "records.missing_episodes"
column            = "started_on"
first_return_year = 2023
fix               = "Correct the start of the episode or the date of birth."
*/
SELECT missing.received_row
FROM records.missing_episodes AS missing
JOIN records.children AS child ON child.child_id = missing.child_id
WHERE missing.started_on < child.born_on
/*
# Worked example.
as_at = 2026-03-31
[[given]]
table = "records.missing_episodes"
rows = """
received_row | missing_episode_id | child_id | started_on | ended_on | verdict | because
2            | M1                 | A        | 2025-05-01 |          | broken  | a day before
3            | M2                 | B        | 2025-05-01 |          | met     | on the day
"""
[[given]]
table = "records.children"
rows = """
child_id | born_on
A        | 2025-05-02
B        | 2025-05-01
"""
*/
