/*
code              = "SW10STG2"
source            = "SSDA903"
title             = "A looked-after child's social worker spells overlap"
kind              = "error"
severity          = "warning"
table             = "records.involvements"
column            = "started_on"
first_return_year = 2025
fix               = "Correct the dates, so that one worker follows the other."
reading           = "A worker's spell is an involvement in the role CW (case worker). Checked for children looked after at the extract's as-at date."
*/
SELECT spell.received_row
FROM records.involvements AS spell
WHERE spell.role_code = 'CW' AND spell.child_id IN (
  SELECT episode.child_id FROM records.looked_after_episodes AS episode WHERE episode.ceased_on IS NULL
)
QUALIFY spell.started_on < max(spell.ended_on) OVER (
  PARTITION BY spell.child_id ORDER BY spell.started_on, spell.involvement_id
  ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
)
/*
# Worked example.
as_at = 2026-03-31
[[given]]
table = "records.involvements"
rows = """
received_row | involvement_id | child_id | role_code | professional_id | started_on | ended_on   | verdict | because
2            | I1             | A        | CW        | W1              | 2025-01-01 | 2025-05-01 | met     | the first
3            | I2             | A        | CW        | W2              | 2025-04-30 | 2025-06-01 | broken  | a day before I1 ended
4            | I3             | A        | CW        | W3              | 2025-06-01 |            | met     | on the day I2 ended
5            | I4             | A        | CW        | W4              | 2025-08-01 |            | met     | an open spell: SW08STG2 reports it
6            | I5             | B        | CW        | W1              | 2025-01-01 | 2025-05-01 | met     | not looked after
7            | I6             | B        | CW        | W2              | 2025-04-30 |            | met     | not looked after
"""
[[given]]
table = "records.looked_after_episodes"
rows = """
episode_id | child_id | started_on | ceased_on
E1         | A        | 2025-01-01 |
E2         | B        | 2025-01-01 | 2025-05-01
"""
*/
