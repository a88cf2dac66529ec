/*
code              = "553"
source            = "SSDA903"
title             = "A placement order was made but no decision that the child should be placed for adoption is recorded"
kind              = "error"
severity          = "warning"
table             = "records.legal_statuses"
column            = "legal_status_code"
first_return_year = 2023
fix               = "Record the agency decision-maker's decision."
*/
SELECT status.received_row
FROM records.legal_statuses AS status
WHERE status.legal_status_code = 'E1'
  AND status.child_id NOT IN (
    SELECT journey.child_id FROM records.permanence AS journey WHERE journey.agency_decision_on IS NOT NULL
  )
/*
# Worked example.
as_at = 2026-03-31
[[given]]
table = "records.legal_statuses"
rows = """
received_row | legal_status_id | child_id | legal_status_code | started_on | ended_on | verdict | because
2            | L1              | A        | E1                | 2025-05-01 |          | broken  | no decision
3            | L2              | B        | E1                | 2025-05-01 |          | met     | decided
4            | L3              | C        | C2                | 2025-05-01 |          | met     | a care order
5            | L4              | D        | E1                | 2025-05-01 |          | broken  | the decision has no date
"""
[[given]]
table = "records.permanence"
rows = """
permanence_id | child_id | agency_decision_on
J1            | B        | 2025-03-01
J2            | D        |
"""
*/
