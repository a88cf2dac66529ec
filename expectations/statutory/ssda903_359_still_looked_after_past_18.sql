/*
code              = "359"
source            = "SSDA903"
title             = "A young person is still looked after past 18 and not accommodated in a community home"
kind              = "error"
severity          = "warning"
table             = "records.looked_after_episodes"
column            = "ceased_on"
first_return_year = 2023
fix               = "End the episode on the 18th birthday, or correct legal status and placement."
reading           = "Checked at the extract's as-at date instead of 31 March. Section 20 is the legal status V2 and a community home the placement type K2."
*/
SELECT episode.received_row
FROM records.looked_after_episodes AS episode
JOIN records.children AS child ON child.child_id = episode.child_id
LEFT JOIN records.placements AS placement ON placement.placement_id = episode.placement_id
WHERE episode.ceased_on IS NULL AND child.born_on + INTERVAL 18 YEAR < (SELECT run.as_at FROM quality.run AS run)
  AND NOT (coalesce(placement.placement_type_code = 'K2', FALSE) AND episode.child_id IN (
    SELECT status.child_id FROM records.legal_statuses AS status
    WHERE status.legal_status_code = 'V2' AND status.ended_on IS NULL
  ))
/*
# Worked example.
as_at = 2026-03-31
[[given]]
table = "records.looked_after_episodes"
rows = """
received_row | episode_id | child_id | started_on | ceased_on  | placement_id | verdict | because
2            | E1         | A        | 2020-01-01 |            | PA           | broken  | 18 yesterday
3            | E2         | B        | 2020-01-01 |            | PB           | met     | 18 today
4            | E3         | C        | 2020-01-01 |            | PC           | met     | section 20 in a children's home
5            | E4         | D        | 2020-01-01 |            | PD           | broken  | a children's home, but a care order
6            | E5         | E        | 2020-01-01 | 2026-03-30 | PA           | met     | ceased
"""
[[given]]
table = "records.children"
rows = """
child_id | born_on
A        | 2008-03-30
B        | 2008-03-31
C        | 2008-03-30
D        | 2008-03-30
E        | 2008-03-30
"""
[[given]]
table = "records.placements"
rows = """
placement_id | child_id | placement_type_code | started_on
PA           | A        | U6                  | 2020-01-01
PB           | B        | U6                  | 2020-01-01
PC           | C        | K2                  | 2020-01-01
PD           | D        | K2                  | 2020-01-01
"""
[[given]]
table = "records.legal_statuses"
rows = """
legal_status_id | child_id | legal_status_code | started_on | ended_on
L1              | A        | V2                | 2020-01-01 |
L2              | C        | V2                | 2020-01-01 |
L3              | D        | V2                | 2020-01-01 | 2021-01-01
L4              | D        | C2                | 2021-01-01 |
"""
*/
