/*
code     = "X014"
source   = "own"
title    = "A privately fostered child is too old for private fostering, or looked after at the same time"
kind     = "query"
severity = "info"
table    = "records.private_fostering_arrangements"
column   = "started_on"
fix      = "End the arrangement on the day it stopped being private fostering, or correct the dates."
reading  = "An arrangement lasts from its start to its end, or to the extract's as-at date: the child must not turn 16, or 18 if disabled, before it ends. An arrangement and an episode do not overlap if one ends on the day the other starts."
*/
SELECT arrangement.received_row
FROM records.private_fostering_arrangements AS arrangement
LEFT JOIN records.children AS child ON child.child_id = arrangement.child_id
WHERE arrangement.started_on <= (SELECT run.as_at FROM quality.run AS run)
  AND (
    CASE WHEN arrangement.ended_on IS NULL
         THEN child.born_on + CASE WHEN arrangement.is_disabled THEN INTERVAL 18 YEAR ELSE INTERVAL 16 YEAR END
              <= (SELECT run.as_at FROM quality.run AS run)
         ELSE child.born_on + CASE WHEN arrangement.is_disabled THEN INTERVAL 18 YEAR ELSE INTERVAL 16 YEAR END
              < arrangement.ended_on
    END
    OR EXISTS (
      SELECT 1 FROM records.looked_after_episodes AS episode
      WHERE episode.child_id = arrangement.child_id
        AND episode.started_on < coalesce(arrangement.ended_on, DATE 'infinity')
        AND arrangement.started_on < coalesce(episode.ceased_on, DATE 'infinity')
    )
  )
/*
# Worked example.
as_at = 2026-03-31
[[given]]
table = "records.private_fostering_arrangements"
rows = """
received_row | pf_ref | child_id | notified_on | started_on | ended_on   | is_disabled | verdict | because
2            | F1     | A        | 2025-01-01  | 2025-01-01 |            |             | broken  | 16 today
3            | F2     | B        | 2025-01-01  | 2025-01-01 |            |             | met     | 16 tomorrow
4            | F3     | A        | 2025-01-01  | 2025-01-01 |            | true        | met     | disabled: up to 18
5            | F4     | C        | 2025-01-01  | 2025-01-01 | 2025-09-01 |             | met     | ended on the 16th birthday
6            | F5     | C        | 2025-01-01  | 2025-01-01 | 2025-09-02 |             | broken  | ended the day after it
7            | F6     | D        | 2025-01-01  | 2025-01-01 | 2025-05-01 |             | met     | looked after from the day it ended
8            | F7     | D        | 2025-04-01  | 2025-04-01 |            |             | broken  | looked after while it runs
9            | FA     | D        | 2025-06-01  | 2025-06-01 |            |             | met     | looked after until the day it started
10           | FB     | A        | 2026-03-31  | 2026-03-31 |            |             | broken  | 16 today, and it starts today
11           | F8     | A        | 2026-03-01  |            |            |             | met     | proposed, not started
12           | F9     | A        | 2026-03-01  | 2026-04-20 |            |             | met     | starts later
"""
[[given]]
table = "records.children"
rows = """
child_id | born_on
A        | 2010-03-31
B        | 2010-04-01
C        | 2009-09-01
D        | 2015-05-01
"""
[[given]]
table = "records.looked_after_episodes"
rows = """
episode_id | child_id | started_on | ceased_on
E1         | D        | 2025-05-01 | 2025-06-01
"""
*/
