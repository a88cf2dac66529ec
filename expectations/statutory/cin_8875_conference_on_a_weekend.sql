/*
code              = "8875"
source            = "CIN census"
title             = "A conference is recorded at a weekend"
kind              = "error"
severity          = "warning"
table             = "records.initial_child_protection_conferences"
column            = "held_on"
first_return_year = 2023
fix               = "Correct the day of the conference."
*/
SELECT conference.received_row
FROM records.initial_child_protection_conferences AS conference
WHERE isodow(conference.held_on) > 5
/*
# Worked example.
as_at = 2026-03-31
[[given]]
table = "records.initial_child_protection_conferences"
rows = """
received_row | conference_id | child_id | held_on    | verdict | because
2            | C1            | A        | 2025-05-17 | broken  | a Saturday
3            | C2            | B        | 2025-05-18 | broken  | a Sunday
4            | C3            | C        | 2025-05-16 | met     | a Friday
5            | C4            | D        |            | met     | not yet held
"""
*/
