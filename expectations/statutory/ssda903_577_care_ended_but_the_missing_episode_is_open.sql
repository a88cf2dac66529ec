/*
code              = "577"
source            = "SSDA903"
title             = "A child went missing from care and care has ended, but the missing episode has not"
kind              = "error"
severity          = "warning"
table             = "records.missing_episodes"
column            = "ended_on"
first_return_year = 2023
fix               = "Record when the missing episode ended."
reading           = "Only children who went missing from care are checked: the standard also holds those missing from home."
*/
SELECT DISTINCT missing.received_row
FROM records.missing_episodes AS missing
JOIN records.looked_after_episodes AS episode
  ON episode.child_id = missing.child_id
 AND missing.started_on >= coalesce(episode.entered_care_on, episode.started_on)
 AND missing.started_on < episode.ceased_on
WHERE missing.ended_on IS NULL AND episode.ceased_reason_code <> 'X1'
/*
# Worked example.
as_at = 2026-03-31
[[given]]
table = "records.missing_episodes"
rows = """
received_row | missing_episode_id | child_id | started_on | ended_on   | verdict | because
2            | M1                 | A        | 2025-04-30 |            | broken  | went missing the day before care ended
3            | M2                 | B        | 2025-04-30 | 2025-05-02 | met     | returned
4            | M3                 | C        | 2025-05-01 |            | met     | went missing when care had ended
5            | M5                 | E        | 2025-01-01 |            | broken  | went missing on the day care began
6            | M4                 | D        | 2025-04-30 |            | met     | still looked after
"""
[[given]]
table = "records.looked_after_episodes"
rows = """
episode_id | child_id | started_on | entered_care_on | ceased_on  | ceased_reason_code
E1         | A        | 2025-03-01 | 2025-01-01      | 2025-05-01 | E8
E2         | B        | 2025-01-01 | 2025-01-01      | 2025-05-01 | E8
E3         | C        | 2025-01-01 | 2025-01-01      | 2025-05-01 | E8
E6         | E        | 2025-01-01 | 2025-01-01      | 2025-05-01 | E8
E4         | D        | 2025-01-01 | 2025-01-01      | 2025-05-01 | X1
E5         | D        | 2025-05-01 | 2025-01-01      |            |
"""
*/
