/*
code              = "440"
source            = "SSDA903"
title             = "A review says that the child was under 4, but the child was 4 or over"
kind              = "error"
severity          = "warning"
table             = "records.looked_after_reviews"
column            = "participation_code"
first_return_year = 2023
fix               = "Correct the participation code, the day of the review or the date of birth."
*/
SELECT DISTINCT review.received_row
FROM records.looked_after_reviews AS review
JOIN records.looked_after_episodes AS episode ON episode.looked_after_period_id = review.looked_after_period_id
JOIN records.children AS child ON child.child_id = episode.child_id
WHERE review.participation_code = 'PN0' AND review.held_on >= child.born_on + INTERVAL 4 YEAR
/*
# Worked example.
as_at = 2026-03-31
[[given]]
table = "records.looked_after_reviews"
rows = """
received_row | review_id | looked_after_period_id | held_on    | participation_code | verdict | because
2            | V1        | C1                     | 2025-04-30 | PN0                | met     | the day before the 4th birthday
3            | V2        | C1                     | 2025-05-01 | PN0                | broken  | on the 4th birthday
4            | V3        | C1                     | 2025-05-01 | PN1                | met     | 4 or over, and says so
5            | V4        | C1                     |            | PN0                | met     | not held
"""
[[given]]
table = "records.looked_after_episodes"
rows = """
episode_id | child_id | looked_after_period_id | started_on
E1         | A        | C1                     | 2024-01-01
E2         | A        | C1                     | 2025-01-01
"""
[[given]]
table = "records.children"
rows = """
child_id | born_on
A        | 2021-05-01
"""
*/
