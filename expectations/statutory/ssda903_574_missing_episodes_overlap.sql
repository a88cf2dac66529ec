/*
code              = "574"
source            = "SSDA903"
title             = "A missing episode starts while another of the child's is open"
kind              = "error"
severity          = "warning"
table             = "records.missing_episodes"
column            = "started_on"
first_return_year = 2023
fix               = "Correct the dates, or remove the duplicate record of the episode."
reading           = "The later of the two is listed. An episode that starts on the day another ends does not overlap with it."
*/
SELECT missing.received_row
FROM records.missing_episodes AS missing
QUALIFY missing.started_on < max(coalesce(missing.ended_on, DATE 'infinity')) OVER (
  PARTITION BY missing.child_id ORDER BY missing.started_on, missing.missing_episode_id
  ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
)
/*
# Worked example.
as_at = 2026-03-31
[[given]]
table = "records.missing_episodes"
rows = """
received_row | missing_episode_id | child_id | started_on | ended_on   | verdict | because
2            | M1                 | A        | 2025-05-01 | 2025-05-10 | met     | the first
3            | M2                 | A        | 2025-05-09 | 2025-05-09 | broken  | within M1
4            | M3                 | A        | 2025-05-10 |            | met     | on the day M1 ended
5            | M4                 | A        | 2025-06-01 | 2025-06-02 | broken  | M3 has not ended
6            | M5                 | B        | 2025-05-02 |            | met     | another child
"""
*/
