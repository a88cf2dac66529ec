/*
code              = "583"
source            = "SSDA903"
title             = "A child has a second adoption decision although the first was not reversed"
kind              = "error"
severity          = "warning"
table             = "records.permanence"
column            = "decision_reversed_on"
first_return_year = 2023
fix               = "Record when the first decision was reversed, or remove the second."
*/
SELECT journey.received_row
FROM records.permanence AS journey
WHERE journey.agency_decision_on IS NOT NULL
QUALIFY journey.decision_reversed_on IS NULL AND lead(journey.agency_decision_on) OVER (
  PARTITION BY journey.child_id ORDER BY journey.agency_decision_on, journey.permanence_id
) IS NOT NULL
/*
# Worked example.
as_at = 2026-03-31
[[given]]
table = "records.permanence"
rows = """
received_row | permanence_id | child_id | agency_decision_on | decision_reversed_on | verdict | because
2            | J1            | A        | 2024-01-01         |                      | broken  | J2 follows
3            | J2            | A        | 2025-01-01         |                      | met     | the latest
4            | J3            | B        | 2024-01-01         | 2024-09-01           | met     | reversed
5            | J4            | B        | 2025-01-01         |                      | met     | the latest
6            | J5            | C        | 2024-01-01         |                      | met     | the other row has no decision
7            | J6            | C        |                    |                      | met     | no decision
"""
*/
