/*
code              = "362"
source            = "SSDA903"
title             = "An emergency protection order lasted more than 21 days"
kind              = "error"
severity          = "warning"
table             = "records.legal_statuses"
column            = "ended_on"
first_return_year = 2023
fix               = "Correct the dates, or record the legal status that followed."
reading           = "One that is still open is measured to the extract's as-at date; rows that follow each other are not added up."
*/
SELECT status.received_row
FROM records.legal_statuses AS status
WHERE status.legal_status_code = 'L2' AND coalesce(status.ended_on, (SELECT run.as_at FROM quality.run AS run)) - status.started_on > 21
/*
# Worked example.
as_at = 2026-03-31
[[given]]
table = "records.legal_statuses"
rows = """
received_row | legal_status_id | child_id | legal_status_code | started_on | ended_on   | verdict | because
2            | L1              | A        | L2                | 2025-05-01 | 2025-05-22 | met     | 21 days
3            | L2              | B        | L2                | 2025-05-01 | 2025-05-23 | broken  | 22 days
4            | L3              | C        | L2                | 2026-03-09 |            | broken  | 22 days and still open
5            | L4              | D        | C2                | 2025-05-01 |            | met     | a care order
"""
*/
