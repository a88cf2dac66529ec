/*
code              = "1003"
source            = "SSDA903"
title             = "The decision that a child should be placed for adoption was made before care began"
kind              = "error"
severity          = "warning"
table             = "records.permanence"
column            = "agency_decision_on"
first_return_year = 2023
fix               = "Correct the day of the decision or the start of care."
*/
SELECT journey.received_row
FROM records.permanence AS journey
JOIN (
  SELECT episode.looked_after_period_id, min(coalesce(episode.entered_care_on, episode.started_on)) AS began_on
  FROM records.looked_after_episodes AS episode
  GROUP BY episode.looked_after_period_id
) AS care ON care.looked_after_period_id = journey.looked_after_period_id
WHERE journey.agency_decision_on < care.began_on
/*
# Worked example.
as_at = 2026-03-31
[[given]]
table = "records.permanence"
rows = """
received_row | permanence_id | child_id | looked_after_period_id | agency_decision_on | verdict | because
2            | J1            | A        | C1                     | 2025-02-28         | broken  | a day before
3            | J2            | B        | C2                     | 2025-01-01         | met     | on the day
4            | J3            | C        |                        | 2024-12-31         | met     | no period of care to compare with
"""
[[given]]
table = "records.looked_after_episodes"
rows = """
episode_id | child_id | looked_after_period_id | started_on | ceased_on  | ceased_reason_code | entered_care_on
E1         | A        | C1                     | 2025-03-01 | 2025-05-01 | X1                 | 2025-03-01
E2         | A        | C1                     | 2025-05-01 |            |                    | 2025-03-01
E3         | B        | C2                     | 2025-01-01 |            |                    |
"""
*/
