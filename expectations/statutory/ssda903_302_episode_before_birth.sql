/*
code              = "302"
source            = "SSDA903"
title             = "A looked-after episode starts before the child was born"
kind              = "error"
severity          = "warning"
table             = "records.looked_after_episodes"
column            = "started_on"
first_return_year = 2023
fix               = "Correct the start of the episode or the date of birth."
*/
SELECT episode.received_row
FROM records.looked_after_episodes AS episode
JOIN records.children AS child ON child.child_id = episode.child_id
WHERE episode.started_on < child.born_on
/*
# Worked example.
as_at = 2026-03-31
[[given]]
table = "records.looked_after_episodes"
rows = """
received_row | episode_id | child_id | started_on | verdict | because
2            | E1         | A        | 2025-01-01 | broken  | a day before
3            | E2         | B        | 2025-01-01 | met     | on the day of birth
4            | E3         | C        | 2025-01-01 | met     | the date of birth is not known
"""
[[given]]
table = "records.children"
rows = """
child_id | born_on
A        | 2025-01-02
B        | 2025-01-01
C        |
"""
*/
