/*
code              = "516"
source            = "SSDA903"
title             = "A child left care to a special guardian who was the foster carer, but was not in a foster placement"
kind              = "error"
severity          = "warning"
table             = "records.looked_after_episodes"
column            = "ceased_reason_code"
first_return_year = 2023
fix               = "Correct the placement type, or the reason the episode ceased."
*/
SELECT episode.received_row
FROM records.looked_after_episodes AS episode
JOIN records.placements AS placement ON placement.placement_id = episode.placement_id
WHERE episode.ceased_reason_code IN ('E45', 'E46')
  AND placement.placement_type_code NOT IN ('U1', 'U2', 'U3', 'U4', 'U5', 'U6')
/*
# Worked example.
as_at = 2026-03-31
[[given]]
table = "records.looked_after_episodes"
rows = """
received_row | episode_id | child_id | started_on | ceased_on  | ceased_reason_code | placement_id | verdict | because
2            | E1         | A        | 2025-01-01 | 2025-05-01 | E45                | P1           | broken  | from a children's home
3            | E2         | B        | 2025-01-01 | 2025-05-01 | E46                | P2           | met     | from foster carers
4            | E3         | C        | 2025-01-01 | 2025-05-01 | E47                | P3           | met     | the guardian was not the foster carer
"""
[[given]]
table = "records.placements"
rows = """
placement_id | child_id | placement_type_code | started_on
P1           | A        | K2                  | 2025-01-01
P2           | B        | U6                  | 2025-01-01
P3           | C        | K2                  | 2025-01-01
"""
*/
