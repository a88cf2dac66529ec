/*
code              = "119"
source            = "SSDA903"
title             = "An adoption decision has a reversal date without a reason, or a reason without a date"
kind              = "error"
severity          = "warning"
table             = "records.permanence"
column            = "decision_reversed_reason_code"
first_return_year = 2023
fix               = "Record both when the decision was reversed and why."
*/
SELECT journey.received_row
FROM records.permanence AS journey
WHERE (journey.decision_reversed_on IS NULL) <> (journey.decision_reversed_reason_code IS NULL)
/*
# Worked example.
as_at = 2026-03-31
[[given]]
table = "records.permanence"
rows = """
received_row | permanence_id | child_id | decision_reversed_on | decision_reversed_reason_code | verdict | because
2            | J1            | A        | 2025-05-01           |                               | broken  | no reason
3            | J2            | B        |                      | RD1                           | broken  | no date
4            | J3            | C        | 2025-05-01           | RD1                           | met     | both
5            | J4            | D        |                      |                               | met     | neither
"""
*/
