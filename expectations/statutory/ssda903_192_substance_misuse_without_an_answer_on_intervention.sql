/*
code              = "192"
source            = "SSDA903"
title             = "Substance misuse was identified, but not whether the child received help"
kind              = "error"
severity          = "warning"
table             = "records.substance_misuse"
column            = "is_intervention_received"
first_return_year = 2023
fix               = "Record whether the child received an intervention."
*/
SELECT misuse.received_row
FROM records.substance_misuse AS misuse
WHERE misuse.is_intervention_received IS NULL
/*
# Worked example.
as_at = 2026-03-31
[[given]]
table = "records.substance_misuse"
rows = """
received_row | substance_misuse_id | child_id | identified_on | is_intervention_received | verdict | because
2            | U1                  | A        | 2025-09-01    |                          | broken  | blank
3            | U2                  | B        | 2025-09-01    | false                    | met     | none received
4            | U3                  | C        | 2025-09-01    | true                     | met     | received
"""
*/
