/*
code              = "2884"
source            = "CIN census"
title             = "One conference is recorded twice: as a transfer in and under an enquiry"
kind              = "error"
severity          = "warning"
table             = "records.initial_child_protection_conferences"
column            = "held_on"
first_return_year = 2023
fix               = "Keep one of the two records."
*/
SELECT conference.received_row
FROM records.initial_child_protection_conferences AS conference
WHERE conference.held_on IS NOT NULL
QUALIFY count(*) FILTER (conference.is_transfer_in) OVER (PARTITION BY conference.child_id, conference.held_on) > 0
  AND count(*) FILTER (conference.is_transfer_in IS NOT TRUE) OVER (
    PARTITION BY conference.child_id, conference.held_on
  ) > 0
/*
# Worked example.
as_at = 2026-03-31
[[given]]
table = "records.initial_child_protection_conferences"
rows = """
received_row | conference_id | child_id | is_transfer_in | held_on    | verdict | because
2            | C1            | A        | true           | 2025-05-20 | broken  | the same day as C2
3            | C2            | A        | false          | 2025-05-20 | broken  | the same day as C1
4            | C3            | B        | true           | 2025-05-20 | met     | alone
5            | C4            | B        |                | 2025-05-21 | met     | another day
6            | C5            | C        | false          | 2025-05-20 | met     | neither is a transfer in
7            | C6            | C        | false          | 2025-05-20 | met     | neither is a transfer in
"""
*/
