/*
code              = "501"
source            = "SSDA903"
title             = "A looked-after episode starts before an earlier one ends"
kind              = "error"
severity          = "warning"
table             = "records.looked_after_episodes"
column            = "started_on"
first_return_year = 2023
fix               = "Correct the dates, so that one episode follows the other."
reading           = "Rule 142 reports an earlier episode without an end."
*/
SELECT episode.received_row
FROM records.looked_after_episodes AS episode
QUALIFY episode.started_on < max(episode.ceased_on) OVER (
  PARTITION BY episode.child_id ORDER BY episode.started_on, episode.episode_id
  ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
)
/*
# Worked example.
as_at = 2026-03-31
[[given]]
table = "records.looked_after_episodes"
rows = """
received_row | episode_id | child_id | started_on | start_reason_code | ceased_on  | ceased_reason_code | verdict | because
2            | E1         | A        | 2025-01-01 | S                 | 2025-09-01 | X1                 | met     | the first
3            | E2         | A        | 2025-03-01 | P                 | 2025-04-01 | X1                 | broken  | within E1
4            | E3         | A        | 2025-08-31 | P                 | 2025-12-01 | X1                 | broken  | a day before E1 ended
5            | E4         | A        | 2025-12-01 | L                 |            |                    | met     | on the day E3 ended
6            | E5         | B        | 2025-01-01 | S                 |            |                    | met     | another child
"""
*/
