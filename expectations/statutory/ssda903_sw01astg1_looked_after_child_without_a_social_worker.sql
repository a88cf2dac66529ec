/*
code              = "SW01aSTG1"
source            = "SSDA903"
title             = "A looked-after child never had a social worker on record"
kind              = "error"
severity          = "warning"
table             = "records.looked_after_episodes"
column            = "child_id"
first_return_year = 2025
fix               = "Record the child's social worker."
reading           = "A worker's spell is an involvement in the role CW (case worker). Checked at the extract's as-at date instead of 31 March."
*/
SELECT episode.received_row
FROM records.looked_after_episodes AS episode
WHERE episode.ceased_on IS NULL
  AND episode.child_id NOT IN (
    SELECT spell.child_id FROM records.involvements AS spell
    WHERE spell.role_code = 'CW' AND spell.professional_id IS NOT NULL
  )
/*
# Worked example.
as_at = 2026-03-31
[[given]]
table = "records.looked_after_episodes"
rows = """
received_row | episode_id | child_id | started_on | ceased_on  | verdict | because
2            | E1         | A        | 2025-01-01 |            | broken  | no involvement
3            | E2         | B        | 2025-01-01 |            | met     | a case worker
4            | E3         | C        | 2025-01-01 |            | broken  | another role
5            | E4         | D        | 2025-01-01 |            | broken  | the worker is not known
6            | E5         | E        | 2025-01-01 | 2025-05-01 | met     | left care
7            | E6         | F        | 2025-01-01 |            | met     | had one: SW17STG2 reports that there is none now
"""
[[given]]
table = "records.involvements"
rows = """
involvement_id | child_id | role_code | professional_id | started_on | ended_on
I1             | B        | CW        | W1              | 2025-01-01 |
I2             | C        | IRO       | W2              | 2025-01-01 |
I3             | D        | CW        |                 | 2025-01-01 |
I4             | F        | CW        | W1              | 2025-01-01 | 2025-02-01
"""
*/
