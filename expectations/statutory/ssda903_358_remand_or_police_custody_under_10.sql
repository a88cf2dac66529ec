/*
code              = "358"
source            = "SSDA903"
title             = "A child under 10 is recorded as remanded, in police custody or under a youth rehabilitation order"
kind              = "error"
severity          = "warning"
table             = "records.legal_statuses"
column            = "legal_status_code"
first_return_year = 2023
fix               = "Correct the legal status or the date of birth."
*/
SELECT status.received_row
FROM records.legal_statuses AS status
JOIN records.children AS child ON child.child_id = status.child_id
WHERE status.legal_status_code IN ('J1', 'J2', 'J3') AND status.started_on < child.born_on + INTERVAL 10 YEAR
/*
# Worked example.
as_at = 2026-03-31
[[given]]
table = "records.legal_statuses"
rows = """
received_row | legal_status_id | child_id | legal_status_code | started_on | ended_on | verdict | because
2            | L1              | A        | J1                | 2025-04-30 |          | broken  | the day before the 10th birthday
3            | L2              | B        | J2                | 2025-05-01 |          | met     | on the 10th birthday
4            | L3              | C        | C2                | 2025-04-30 |          | met     | a care order
"""
[[given]]
table = "records.children"
rows = """
child_id | born_on
A        | 2015-05-01
B        | 2015-05-01
C        | 2015-05-01
"""
*/
