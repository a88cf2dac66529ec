/*
code              = "1000"
source            = "SSDA903"
title             = "A child who died in care has leaving-care data"
kind              = "error"
severity          = "warning"
table             = "records.care_leavers"
column            = "in_touch_code"
first_return_year = 2023
fix               = "Remove the leaving-care data, or correct the reason the episode ceased."
*/
SELECT leaver.received_row
FROM records.care_leavers AS leaver
WHERE (leaver.in_touch_code IS NOT NULL OR leaver.activity_code IS NOT NULL OR leaver.accommodation_code IS NOT NULL)
  AND leaver.child_id IN (
    SELECT episode.child_id FROM records.looked_after_episodes AS episode WHERE episode.ceased_reason_code = 'E2'
  )
/*
# Worked example.
as_at = 2026-03-31
[[given]]
table = "records.care_leavers"
rows = """
received_row | care_leaver_id | child_id | in_touch_code | accommodation_code | accommodation_suitable_code | activity_code | verdict | because
2            | K1             | A        | YES           | B                  | 1                           | F1            | broken  | died in care
3            | K2             | B        |               |                    |                             |               | met     | died in care, nothing recorded
4            | K3             | C        | YES           | B                  | 1                           | F1            | met     | left care
"""
[[given]]
table = "records.looked_after_episodes"
rows = """
episode_id | child_id | started_on | ceased_on  | ceased_reason_code
E1         | A        | 2025-01-01 | 2025-05-01 | E2
E2         | B        | 2025-01-01 | 2025-05-01 | E2
E3         | C        | 2025-01-01 | 2025-05-01 | E5
"""
*/
