/*
code              = "426"
source            = "SSDA903"
title             = "A child's short breaks are recorded in both ways (V3 and V4) in one year"
kind              = "error"
severity          = "warning"
table             = "records.legal_statuses"
column            = "legal_status_code"
first_return_year = 2023
fix               = "Keep one way of recording the child's short breaks."
reading           = "The year is the one that the extract's as-at date is in, from 1 April."
*/
SELECT status.received_row
FROM records.legal_statuses AS status
WHERE status.legal_status_code IN ('V3', 'V4')
  AND (status.ended_on IS NULL OR status.ended_on >= (
    SELECT make_date(year(run.as_at) - CASE WHEN month(run.as_at) < 4 THEN 1 ELSE 0 END, 4, 1) FROM quality.run AS run
  ))
QUALIFY min(status.legal_status_code) OVER (PARTITION BY status.child_id)
     <> max(status.legal_status_code) OVER (PARTITION BY status.child_id)
/*
# Worked example.
as_at = 2026-03-31
[[given]]
table = "records.legal_statuses"
rows = """
received_row | legal_status_id | child_id | legal_status_code | started_on | ended_on   | verdict | because
2            | L1              | A        | V3                | 2025-05-01 | 2025-06-01 | broken  | with V4
3            | L2              | A        | V4                | 2025-09-01 |            | broken  | with V3
4            | L3              | B        | V3                | 2024-05-01 | 2025-03-31 | met     | last year's
5            | L4              | B        | V4                | 2025-05-01 |            | met     | the only kind this year
6            | L7              | D        | V3                | 2024-05-01 | 2025-04-01 | broken  | ended on the first day of the year, with V4
7            | L8              | D        | V4                | 2025-05-01 |            | broken  | with V3
8            | L5              | C        | V4                | 2025-05-01 |            | met     | with a care order
9            | L6              | C        | C2                | 2025-09-01 |            | met     | a care order
"""
*/
