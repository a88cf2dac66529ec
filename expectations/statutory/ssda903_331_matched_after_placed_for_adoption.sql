/*
code              = "331"
source            = "SSDA903"
title             = "A child was matched after being placed for adoption"
kind              = "error"
severity          = "warning"
table             = "records.permanence"
column            = "matched_on"
first_return_year = 2023
fix               = "Correct the day of the match or of the placement."
*/
SELECT journey.received_row
FROM records.permanence AS journey
WHERE journey.matched_on > journey.placed_for_adoption_on
/*
# Worked example.
as_at = 2026-03-31
[[given]]
table = "records.permanence"
rows = """
received_row | permanence_id | child_id | matched_on | placed_for_adoption_on | verdict | because
2            | J1            | A        | 2025-05-02 | 2025-05-01             | broken  | matched the day after
3            | J2            | B        | 2025-05-01 | 2025-05-01             | met     | on one day
4            | J3            | C        | 2025-05-02 |                        | met     | not yet
"""
*/
