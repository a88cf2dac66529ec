/*
code              = "630"
source            = "SSDA903"
title             = "A child started to be looked after this year with no answer on previous permanence"
kind              = "error"
severity          = "warning"
table             = "records.looked_after_episodes"
column            = "child_id"
first_return_year = 2023
fix               = "Record what the child had before (Z1 if there was none)."
reading           = "The year is the one that the extract's as-at date is in, from 1 April. Our definition leaves out starts on short breaks (V3, V4)."
*/
SELECT episode.received_row
FROM records.looked_after_episodes AS episode
WHERE episode.start_reason_code = 'S'
  AND episode.started_on >= (
    SELECT make_date(year(run.as_at) - CASE WHEN month(run.as_at) < 4 THEN 1 ELSE 0 END, 4, 1) FROM quality.run AS run
  )
  AND NOT EXISTS (
    SELECT 1 FROM records.legal_statuses AS status
    WHERE status.child_id = episode.child_id AND status.legal_status_code IN ('V3', 'V4')
      AND status.started_on <= episode.started_on
      AND (status.ended_on IS NULL OR status.ended_on > episode.started_on)
  )
  AND NOT EXISTS (
    SELECT 1 FROM records.previous_permanence AS earlier
    WHERE earlier.child_id = episode.child_id AND earlier.previous_permanence_code IS NOT NULL
  )
/*
# Worked example.
as_at = 2026-03-31
[[given]]
table = "records.looked_after_episodes"
rows = """
received_row | episode_id | child_id | started_on | start_reason_code | ceased_on | ceased_reason_code | verdict | because
2            | E1         | A        | 2025-04-01 | S                 |           |                    | broken  | no answer, on the first day of the year
3            | E2         | B        | 2025-04-01 | S                 |           |                    | met     | recorded as none
4            | E3         | C        | 2025-03-31 | S                 |           |                    | met     | last year's
5            | E4         | D        | 2025-06-01 | P                 |           |                    | met     | care had started before
6            | E5         | E        | 2025-06-01 | S                 |           |                    | broken  | a blank answer
7            | E6         | F        | 2025-06-01 | S                 |           |                    | met     | a start on short breaks
8            | E7         | G        | 2025-06-01 | S                 |           |                    | broken  | short breaks had ended that day
"""
[[given]]
table = "records.legal_statuses"
rows = """
legal_status_id | child_id | legal_status_code | started_on | ended_on
L1              | F        | V4                | 2025-06-01 |
L2              | G        | V4                | 2025-01-01 | 2025-06-01
"""
[[given]]
table = "records.previous_permanence"
rows = """
previous_permanence_id | child_id | previous_permanence_code
Q1                     | B        | Z1
Q2                     | E        |
"""
*/
