/*
code              = "408"
source            = "SSDA903"
title             = "A child is placed for adoption under a placement order, but no such order is in force"
kind              = "error"
severity          = "warning"
table             = "records.placements"
column            = "placement_type_code"
first_return_year = 2023
fix               = "Correct the placement type or the legal status."
reading           = "The order must be in force on the day the placement starts."
*/
SELECT placement.received_row
FROM records.placements AS placement
WHERE placement.placement_type_code IN ('A5', 'A6')
  AND NOT EXISTS (
    SELECT 1 FROM records.legal_statuses AS status
    WHERE status.child_id = placement.child_id AND status.legal_status_code = 'E1'
      AND status.started_on <= placement.started_on
      AND (status.ended_on IS NULL OR status.ended_on > placement.started_on)
  )
/*
# Worked example.
as_at = 2026-03-31
[[given]]
table = "records.placements"
rows = """
received_row | placement_id | child_id | placement_type_code | started_on | ended_on | verdict | because
2            | P1           | A        | A5                  | 2025-05-01 |          | broken  | a care order alone
3            | P2           | B        | A6                  | 2025-05-01 |          | met     | a placement order
4            | P3           | C        | A4                  | 2025-05-01 |          | met     | placed with consent
5            | P4           | D        | A5                  | 2025-05-01 |          | broken  | the order came a day later
6            | P5           | E        | A5                  | 2025-05-01 |          | broken  | the order had ended that day
"""
[[given]]
table = "records.legal_statuses"
rows = """
legal_status_id | child_id | legal_status_code | started_on | ended_on
L1              | A        | C2                | 2024-05-01 |
L2              | B        | E1                | 2025-05-01 |
L3              | D        | E1                | 2025-05-02 |
L4              | E        | E1                | 2024-05-01 | 2025-05-01
"""
*/
