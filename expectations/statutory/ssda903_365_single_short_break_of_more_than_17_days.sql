/*
code              = "365"
source            = "SSDA903"
title             = "A single short break lasted more than 17 days"
kind              = "error"
severity          = "warning"
table             = "records.looked_after_episodes"
column            = "ceased_on"
first_return_year = 2023
fix               = "Correct the dates, or the legal status if it was not a short break."
reading           = "The legal status is the one open on the day the break starts; a break still open is measured to the extract's as-at date."
*/
SELECT DISTINCT episode.received_row
FROM records.looked_after_episodes AS episode
JOIN records.legal_statuses AS status
  ON status.child_id = episode.child_id AND status.legal_status_code = 'V3' AND status.started_on <= episode.started_on
 AND (status.ended_on IS NULL OR status.ended_on > episode.started_on)
WHERE coalesce(episode.ceased_on, (SELECT run.as_at FROM quality.run AS run)) - episode.started_on > 17
/*
# Worked example.
as_at = 2026-03-31
[[given]]
table = "records.looked_after_episodes"
rows = """
received_row | episode_id | child_id | started_on | start_reason_code | ceased_on  | ceased_reason_code | verdict | because
2            | E1         | A        | 2025-05-01 | S                 | 2025-05-18 | E4A                | met     | 17 days
3            | E2         | A        | 2025-06-01 | S                 | 2025-06-19 | E4A                | broken  | 18 days
4            | E3         | B        | 2026-03-13 | S                 |            |                    | broken  | 18 days and still open
5            | E4         | C        | 2025-05-01 | S                 | 2025-09-01 | E4A                | met     | no short break
"""
[[given]]
table = "records.legal_statuses"
rows = """
legal_status_id | child_id | legal_status_code | started_on | ended_on
L1              | A        | V3                | 2025-05-01 |
L2              | B        | V3                | 2026-03-13 |
L3              | C        | V2                | 2025-05-01 |
L4              | C        | V3                | 2024-05-01 | 2025-05-01
"""
*/
