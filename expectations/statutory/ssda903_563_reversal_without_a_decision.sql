/*
code              = "563"
source            = "SSDA903"
title             = "An adoption decision was reversed but never recorded"
kind              = "error"
severity          = "warning"
table             = "records.permanence"
column            = "agency_decision_on"
first_return_year = 2023
fix               = "Record the decision, or remove the reversal."
*/
SELECT journey.received_row
FROM records.permanence AS journey
WHERE journey.decision_reversed_on IS NOT NULL AND journey.agency_decision_on IS NULL
/*
# Worked example.
as_at = 2026-03-31
[[given]]
table = "records.permanence"
rows = """
received_row | permanence_id | child_id | agency_decision_on | decision_reversed_on | verdict | because
2            | J1            | A        |                    | 2025-05-01           | broken  | no decision
3            | J2            | B        | 2025-01-01         | 2025-05-01           | met     | decided, then reversed
4            | J3            | C        | 2025-01-01         |                      | met     | not reversed
"""
*/
