/*
code              = "2885"
source            = "CIN census"
title             = "A child protection plan does not start on the day of a conference"
kind              = "error"
severity          = "warning"
table             = "records.child_protection_plans"
column            = "started_on"
first_return_year = 2023
fix               = "Correct the start of the plan or the day of the conference."
reading           = "Another authority's plans, which the council holds temporarily, are left out. Any conference of the child counts, including a transfer in. Plans older than the first conference on file are not checked: the extract holds six years of history, so an earlier conference may be missing."
*/
SELECT plan.received_row
FROM records.child_protection_plans AS plan
WHERE plan.is_other_authority IS NOT TRUE
  AND plan.started_on >= (
    SELECT min(first_known.held_on) FROM records.initial_child_protection_conferences AS first_known
  )
  AND NOT EXISTS (
    SELECT 1 FROM records.initial_child_protection_conferences AS conference
    WHERE conference.child_id = plan.child_id AND conference.held_on = plan.started_on
  )
/*
# Worked example.
as_at = 2026-03-31
[[given]]
table = "records.child_protection_plans"
rows = """
received_row | plan_id | child_id | started_on | is_other_authority | verdict | because
2            | P1      | A        | 2025-05-20 |                    | met     | on the day of the conference
3            | P2      | B        | 2025-05-21 |                    | broken  | the day after it
4            | P3      | C        | 2025-05-20 |                    | broken  | the conference was another child's
5            | P4      | D        | 2025-05-21 | true               | met     | another authority's plan
6            | P6      | G        | 2021-05-20 |                    | broken  | as old as the first conference on file, which was another child's
7            | P5      | E        | 2019-05-20 |                    | met     | older than the first conference on file
"""
[[given]]
table = "records.initial_child_protection_conferences"
rows = """
conference_id | child_id | held_on
C1            | A        | 2025-05-20
C2            | B        | 2025-05-20
C3            | D        | 2025-05-20
C4            | F        | 2021-05-20
"""
*/
