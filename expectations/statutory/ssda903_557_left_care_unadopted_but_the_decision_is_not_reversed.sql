/*
code              = "557"
source            = "SSDA903"
title             = "A child left care without being adopted, but the adoption decision is not reversed"
kind              = "error"
severity          = "warning"
table             = "records.permanence"
column            = "decision_reversed_on"
first_return_year = 2025
fix               = "Record when and why the decision was reversed."
reading           = "A recorded decision takes the place of the return's placement for adoption or placement order."
*/
SELECT journey.received_row
FROM records.permanence AS journey
JOIN (
  SELECT episode.looked_after_period_id
  FROM records.looked_after_episodes AS episode
  GROUP BY episode.looked_after_period_id
  HAVING bool_and(episode.ceased_on IS NOT NULL)
     AND arg_max(episode.ceased_reason_code, (episode.ceased_on, episode.started_on)) NOT IN ('X1', 'E11', 'E12')
) AS ended ON ended.looked_after_period_id = journey.looked_after_period_id
WHERE journey.agency_decision_on IS NOT NULL
  AND (journey.decision_reversed_on IS NULL OR journey.decision_reversed_reason_code IS NULL)
/*
# Worked example.
as_at = 2026-03-31
[[given]]
table = "records.permanence"
rows = """
received_row | permanence_id | child_id | looked_after_period_id | agency_decision_on | decision_reversed_on | decision_reversed_reason_code | verdict | because
2            | J1            | A        | C1                     | 2025-03-01         |                      |                               | broken  | went home, not reversed
3            | J2            | B        | C2                     | 2025-03-01         | 2025-04-01           | RD1                           | met     | went home, reversed
4            | J3            | C        | C3                     | 2025-03-01         |                      |                               | met     | adopted
5            | J4            | D        | C4                     | 2025-03-01         |                      |                               | met     | still looked after
6            | J5            | E        | C5                     | 2025-03-01         | 2025-04-01           |                               | broken  | reversed without a reason
7            | J6            | A        | C1                     |                    |                      |                               | met     | never decided
"""
[[given]]
table = "records.looked_after_episodes"
rows = """
episode_id | child_id | looked_after_period_id | started_on | ceased_on  | ceased_reason_code | entered_care_on
E1         | A        | C1                     | 2025-01-01 | 2025-05-01 | E4A                |
E2         | B        | C2                     | 2025-01-01 | 2025-05-01 | E4A                |
E3         | C        | C3                     | 2025-01-01 | 2025-02-01 | X1                 |
E4         | C        | C3                     | 2025-02-01 | 2025-05-01 | E11                |
E5         | D        | C4                     | 2025-01-01 |            |                    |
E6         | E        | C5                     | 2025-01-01 | 2025-05-01 | E45                |
"""
*/
