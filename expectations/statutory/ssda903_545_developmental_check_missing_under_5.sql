/*
code              = "545"
source            = "SSDA903"
title             = "A child under 5 looked after for 12 months has no developmental check on record"
kind              = "error"
severity          = "warning"
table             = "records.looked_after_episodes"
column            = "child_id"
first_return_year = 2023
fix               = "Record the check, or that it was refused."
reading           = "Checked for children who, at the extract's as-at date, have been looked after for 12 months or more, without short breaks; an answer from any of the last 12 months counts."
*/
SELECT episode.received_row
FROM records.looked_after_episodes AS episode
JOIN records.children AS child ON child.child_id = episode.child_id
WHERE episode.ceased_on IS NULL
  AND episode.entered_care_on <= (SELECT run.as_at FROM quality.run AS run) - INTERVAL 12 MONTH
  AND NOT EXISTS (
    SELECT 1 FROM records.legal_statuses AS status
    WHERE status.child_id = episode.child_id AND status.legal_status_code IN ('V3', 'V4') AND status.ended_on IS NULL
  )
  AND (SELECT run.as_at FROM quality.run AS run) < child.born_on + INTERVAL 5 YEAR
  AND NOT EXISTS (
    SELECT 1 FROM records.health_checks AS developmental
    WHERE developmental.child_id = episode.child_id AND developmental.health_check_type_code = 'DEV'
      AND developmental.status_code IN ('Completed', 'Refused')
      AND developmental.checked_on > (SELECT run.as_at FROM quality.run AS run) - INTERVAL 12 MONTH
      AND developmental.checked_on <= (SELECT run.as_at FROM quality.run AS run)
  )
/*
# Worked example.
as_at = 2026-03-31
[[given]]
table = "records.looked_after_episodes"
rows = """
received_row | episode_id | child_id | started_on | entered_care_on | ceased_on | verdict | because
2            | E1         | A        | 2025-01-01 | 2025-01-01      |           | broken  | 5 tomorrow, no check
3            | E2         | B        | 2025-01-01 | 2025-01-01      |           | met     | 5 today
4            | E3         | C        | 2025-01-01 | 2025-01-01      |           | met     | checked
5            | E4         | D        | 2025-04-01 | 2025-04-01      |           | met     | not yet 12 months
6            | E6         | G        | 2025-03-31 | 2025-03-31      |           | broken  | 12 months today, no check
7            | E7         | H        | 2025-01-01 | 2025-01-01      |           | broken  | the check is a year old
8            | E8         | I        | 2025-01-01 | 2025-01-01      |           | met     | checked today
9            | E5         | V        | 2025-01-01 | 2025-01-01      |           | met     | short breaks
"""
[[given]]
table = "records.children"
rows = """
child_id | born_on
A        | 2021-04-01
B        | 2021-03-31
C        | 2023-04-01
D        | 2023-04-01
G        | 2023-04-01
H        | 2023-04-01
I        | 2023-04-01
V        | 2023-04-01
"""
[[given]]
table = "records.health_checks"
rows = """
health_check_id | child_id | health_check_type_code | checked_on | status_code
H1              | C        | DEV                    | 2025-09-01 | Completed
H2              | H        | DEV                    | 2025-03-31 | Completed
H3              | I        | DEV                    | 2026-03-31 | Completed
"""
[[given]]
table = "records.legal_statuses"
rows = """
legal_status_id | child_id | legal_status_code | started_on
L1              | V        | V3                | 2025-01-01
"""
*/
