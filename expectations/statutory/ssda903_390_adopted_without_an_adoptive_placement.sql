/*
code              = "390"
source            = "SSDA903"
title             = "A child was adopted but was not placed for adoption"
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
WHERE episode.ceased_reason_code IN ('E11', 'E12') AND placement.placement_type_code NOT IN ('A3', 'A4', 'A5', 'A6')
/*
# Worked example.
as_at = 2026-03-31
[[given]]
table = "records.looked_after_episodes"
rows = """
received_row | episode_id | child_id | started_on | ceased_on  | ceased_reason_code | placement_id | verdict | because
2            | E1         | A        | 2025-01-01 | 2025-05-01 | E11                | P1           | broken  | with foster carers
3            | E2         | B        | 2025-01-01 | 2025-05-01 | E12                | P2           | met     | placed for adoption
4            | E3         | C        | 2025-01-01 | 2025-05-01 | E4A                | P3           | met     | not adopted
5            | E4         | D        | 2025-01-01 | 2025-05-01 | E11                |              | met     | the placement is not known
"""
[[given]]
table = "records.placements"
rows = """
placement_id | child_id | placement_type_code | started_on
P1           | A        | U6                  | 2025-01-01
P2           | B        | A4                  | 2025-01-01
P3           | C        | U6                  | 2025-01-01
"""
*/
