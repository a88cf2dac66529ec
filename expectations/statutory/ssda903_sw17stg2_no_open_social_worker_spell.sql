/*
code              = "SW17STG2"
source            = "SSDA903"
title             = "A looked-after child has no social worker now: the last spell has ended"
kind              = "error"
severity          = "warning"
table             = "records.involvements"
column            = "ended_on"
first_return_year = 2026
fix               = "Record the child's current social worker."
reading           = "A worker's spell is an involvement in the role CW (case worker). Checked at the extract's as-at date instead of 31 March; the last spell is listed."
*/
SELECT spell.received_row
FROM records.involvements AS spell
WHERE spell.role_code = 'CW' AND spell.child_id IN (
  SELECT episode.child_id FROM records.looked_after_episodes AS episode WHERE episode.ceased_on IS NULL
)
QUALIFY count(*) FILTER (spell.ended_on IS NULL) OVER (PARTITION BY spell.child_id) = 0
  AND row_number() OVER (
    PARTITION BY spell.child_id ORDER BY spell.started_on DESC, spell.involvement_id DESC
  ) = 1
/*
# Worked example.
as_at = 2026-03-31
[[given]]
table = "records.involvements"
rows = """
received_row | involvement_id | child_id | role_code | professional_id | started_on | ended_on   | verdict | because
2            | I1             | A        | CW        | W1              | 2025-01-01 | 2025-05-01 | met     | not the latest
3            | I2             | A        | CW        | W2              | 2025-05-01 | 2025-12-01 | broken  | the latest, and it ended
4            | I3             | B        | CW        | W1              | 2025-01-01 | 2025-05-01 | met     | I4 is open
5            | I4             | B        | CW        | W2              | 2025-05-01 |            | met     | open
6            | I5             | C        | CW        | W1              | 2025-01-01 | 2025-05-01 | met     | not looked after
"""
[[given]]
table = "records.looked_after_episodes"
rows = """
episode_id | child_id | started_on | ceased_on
E1         | A        | 2025-01-01 |
E2         | B        | 2025-01-01 |
E3         | C        | 2025-01-01 | 2025-05-01
"""
*/
