/*
code              = "304"
source            = "SSDA903"
title             = "An unaccompanied asylum-seeking child's status ends after the 18th birthday"
kind              = "error"
severity          = "warning"
table             = "records.immigration_statuses"
column            = "ended_on"
first_return_year = 2023
fix               = "End the status on or before the 18th birthday."
*/
SELECT status.received_row
FROM records.immigration_statuses AS status
JOIN records.children AS child ON child.child_id = status.child_id
WHERE status.immigration_status_code = 'UASC' AND status.ended_on > child.born_on + INTERVAL 18 YEAR
/*
# Worked example.
as_at = 2026-03-31
[[given]]
table = "records.immigration_statuses"
rows = """
received_row | child_id | immigration_status_id | immigration_status_code | started_on | ended_on   | verdict | because
2            | A        | I1                    | UASC                    | 2024-05-01 | 2025-05-02 | broken  | the day after
3            | B        | I2                    | UASC                    | 2024-05-01 | 2025-05-01 | met     | on the birthday
4            | C        | I3                    | UASC                    | 2024-05-01 |            | met     | open
5            | D        | I4                    | ILR                     | 2024-05-01 | 2025-05-02 | met     | another status
"""
[[given]]
table = "records.children"
rows = """
child_id | born_on
A        | 2007-05-01
B        | 2007-05-01
C        | 2007-05-01
D        | 2007-05-01
"""
*/
