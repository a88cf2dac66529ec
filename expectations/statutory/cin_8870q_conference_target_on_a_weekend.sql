/*
code              = "8870Q"
source            = "CIN census"
title             = "A conference's target date is at a weekend"
kind              = "query"
severity          = "info"
table             = "records.initial_child_protection_conferences"
column            = "target_on"
first_return_year = 2023
fix               = "Correct the target date: it is counted in working days."
*/
SELECT conference.received_row
FROM records.initial_child_protection_conferences AS conference
WHERE isodow(conference.target_on) > 5
/*
# Worked example.
as_at = 2026-03-31
[[given]]
table = "records.initial_child_protection_conferences"
rows = """
received_row | conference_id | child_id | target_on  | verdict | because
2            | C1            | A        | 2025-05-17 | broken  | a Saturday
3            | C2            | B        | 2025-05-18 | broken  | a Sunday
4            | C3            | C        | 2025-05-16 | met     | a Friday
5            | C4            | D        |            | met     | no target
"""
*/
