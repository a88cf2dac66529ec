/*
code              = "8775Q"
source            = "CIN census"
title             = "An episode runs on past a young person's 25th birthday"
kind              = "query"
severity          = "info"
table             = "records.child_in_need_episodes"
column            = "closed_on"
first_return_year = 2023
fix               = "Close the episode, or correct the date of birth."
reading           = "Checked at the extract's as-at date instead of 31 March."
*/
SELECT referral.received_row
FROM records.child_in_need_episodes AS referral
JOIN records.children AS child ON child.child_id = referral.child_id
WHERE child.born_on + INTERVAL 25 YEAR < (SELECT run.as_at FROM quality.run AS run)
  AND (referral.closed_on IS NULL OR referral.closed_on > child.born_on + INTERVAL 25 YEAR)
/*
# Worked example.
as_at = 2026-03-31
[[given]]
table = "records.child_in_need_episodes"
rows = """
received_row | referral_id | child_id | referred_on | closed_on  | verdict | because
2            | R1          | A        | 2016-05-01  |            | broken  | 25 on the day before, still open
3            | R2          | B        | 2016-05-01  |            | met     | 25 today
4            | R3          | C        | 2016-05-01  | 2025-02-28 | met     | closed on the birthday, which falls on 28 February
5            | R4          | D        | 2016-05-01  | 2025-03-01 | broken  | closed on the day after
"""
[[given]]
table = "records.children"
rows = """
child_id | born_on
A        | 2001-03-30
B        | 2001-03-31
C        | 2000-02-29
D        | 2000-02-29
"""
*/
