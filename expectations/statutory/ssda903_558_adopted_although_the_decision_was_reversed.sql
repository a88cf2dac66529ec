/*
code              = "558"
source            = "SSDA903"
title             = "A child was adopted although the decision is recorded as reversed"
kind              = "error"
severity          = "warning"
table             = "records.permanence"
column            = "decision_reversed_on"
first_return_year = 2023
fix               = "Remove the reversal, or correct the reason the episode ceased."
*/
SELECT journey.received_row
FROM records.permanence AS journey
WHERE (journey.decision_reversed_on IS NOT NULL OR journey.decision_reversed_reason_code IS NOT NULL)
  AND journey.looked_after_period_id IN (
    SELECT episode.looked_after_period_id FROM records.looked_after_episodes AS episode
    WHERE episode.ceased_reason_code IN ('E11', 'E12')
  )
/*
# Worked example.
as_at = 2026-03-31
[[given]]
table = "records.permanence"
rows = """
received_row | permanence_id | child_id | looked_after_period_id | decision_reversed_on | decision_reversed_reason_code | verdict | because
2            | J1            | A        | C1                     | 2025-03-01           | RD1                           | broken  | adopted
3            | J2            | B        | C2                     |                      |                               | met     | adopted, not reversed
4            | J3            | C        | C3                     | 2025-03-01           | RD1                           | met     | went home
5            | J4            | D        | C4                     |                      | RD1                           | broken  | adopted, but the reason is still recorded
"""
[[given]]
table = "records.looked_after_episodes"
rows = """
episode_id | child_id | looked_after_period_id | started_on | ceased_on  | ceased_reason_code | entered_care_on
E1         | A        | C1                     | 2025-01-01 | 2025-05-01 | E11                |
E2         | B        | C2                     | 2025-01-01 | 2025-05-01 | E12                |
E3         | C        | C3                     | 2025-01-01 | 2025-05-01 | E4A                |
E4         | D        | C4                     | 2025-01-01 | 2025-05-01 | E11                |
"""
*/
