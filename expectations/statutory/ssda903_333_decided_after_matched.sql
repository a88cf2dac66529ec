/*
code              = "333"
source            = "SSDA903"
title             = "The decision that a child should be placed for adoption was made after the match"
kind              = "error"
severity          = "warning"
table             = "records.permanence"
column            = "agency_decision_on"
first_return_year = 2023
fix               = "Correct the day of the decision or of the match."
*/
SELECT journey.received_row
FROM records.permanence AS journey
WHERE journey.agency_decision_on > journey.matched_on
/*
# Worked example.
as_at = 2026-03-31
[[given]]
table = "records.permanence"
rows = """
received_row | permanence_id | child_id | agency_decision_on | matched_on | verdict | because
2            | J1            | A        | 2025-05-02         | 2025-05-01 | broken  | decided the day after
3            | J2            | B        | 2025-05-01         | 2025-05-01 | met     | on one day
4            | J3            | C        | 2025-05-02         |            | met     | not yet
"""
*/
