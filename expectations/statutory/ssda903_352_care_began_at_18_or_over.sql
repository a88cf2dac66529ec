/*
code              = "352"
source            = "SSDA903"
title             = "A child started to be looked after at 18 or over"
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
WHERE episode.start_reason_code = 'S' AND episode.started_on >= child.born_on + INTERVAL 18 YEAR
/*
# Worked example.
as_at = 2026-03-31
[[given]]
table = "records.looked_after_episodes"
rows = """
received_row | episode_id | child_id | started_on | start_reason_code | verdict | because
2            | E1         | A        | 2025-05-01 | S                 | broken  | on the 18th birthday
3            | E2         | B        | 2025-04-30 | S                 | met     | the day before it
4            | E3         | C        | 2025-05-01 | P                 | met     | care began before
"""
[[given]]
table = "records.children"
rows = """
child_id | born_on
A        | 2007-05-01
B        | 2007-05-01
C        | 2007-05-01
"""
*/
