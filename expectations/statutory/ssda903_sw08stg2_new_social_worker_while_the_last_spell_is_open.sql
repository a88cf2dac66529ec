/*
code              = "SW08STG2"
source            = "SSDA903"
title             = "A looked-after child's new social worker started, but the last one's spell is still open"
kind              = "error"
severity          = "warning"
table             = "records.involvements"
column            = "ended_on"
first_return_year = 2024
fix               = "End the last worker's involvement."
reading           = "A worker's spell is an involvement in the role CW (case worker). Checked for children looked after at the extract's as-at date."
*/
SELECT spell.received_row
FROM records.involvements AS spell
WHERE spell.role_code = 'CW' AND spell.child_id IN (
  SELECT episode.child_id FROM records.looked_after_episodes AS episode WHERE episode.ceased_on IS NULL
)
QUALIFY spell.ended_on IS NULL AND lead(spell.involvement_id) OVER (
  PARTITION BY spell.child_id ORDER BY spell.started_on, spell.involvement_id
) IS NOT NULL
/*
# Worked example.
as_at = 2026-03-31
[[given]]
table = "records.involvements"
rows = """
received_row | involvement_id | child_id | role_code | professional_id | started_on | ended_on   | verdict | because
2            | I1             | A        | CW        | W1              | 2025-01-01 |            | broken  | I2 started
3            | I2             | A        | CW        | W2              | 2025-05-01 |            | met     | the latest
4            | I3             | B        | CW        | W1              | 2025-01-01 | 2025-05-01 | met     | ended
5            | I4             | B        | CW        | W2              | 2025-05-01 |            | met     | the latest
6            | I5             | C        | CW        | W1              | 2025-01-01 |            | met     | not looked after
7            | I6             | C        | CW        | W2              | 2025-05-01 |            | met     | not looked after
8            | I7             | D        | IRO       | W1              | 2025-01-01 |            | met     | another role
9            | I8             | D        | CW        | W2              | 2025-05-01 |            | met     | the latest
"""
[[given]]
table = "records.looked_after_episodes"
rows = """
episode_id | child_id | started_on | ceased_on
E1         | A        | 2025-01-01 |
E2         | B        | 2025-01-01 |
E3         | C        | 2025-01-01 | 2025-05-01
E4         | D        | 2025-01-01 |
"""
*/
