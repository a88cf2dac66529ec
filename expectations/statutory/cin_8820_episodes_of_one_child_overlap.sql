/*
code              = "8820"
source            = "CIN census"
title             = "A child's episodes overlap"
kind              = "error"
severity          = "warning"
table             = "records.child_in_need_episodes"
column            = "referred_on"
first_return_year = 2023
fix               = "Correct the dates, or record the later referral as work on the open episode."
reading           = "The later of the two is listed. An episode without a closure date is open unless it ended in no further action; the next referral may be on the day of closure."
*/
SELECT referral.received_row
FROM records.child_in_need_episodes AS referral
QUALIFY referral.referred_on < max(
  CASE WHEN referral.closed_on IS NOT NULL THEN referral.closed_on
       WHEN NOT referral.is_no_further_action THEN DATE 'infinity' END
) OVER (
  PARTITION BY referral.child_id ORDER BY referral.referred_on, referral.referral_id
  ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
)
/*
# Worked example.
as_at = 2026-03-31
[[given]]
table = "records.child_in_need_episodes"
rows = """
received_row | referral_id | child_id | referred_on | is_no_further_action | closed_on  | verdict | because
2            | R1          | A        | 2025-01-01  | false                | 2025-03-01 | met     | the first
3            | R2          | A        | 2025-03-01  | false                | 2025-09-01 | met     | on the day the first closed
4            | R3          | A        | 2025-05-01  | true                 | 2025-05-01 | broken  | within R2
5            | R4          | A        | 2025-08-31  | false                |            | broken  | a day before R2 closed, after R3 ended
6            | R5          | B        | 2025-01-01  | true                 |            | met     | no further action and no closure: it is not open
7            | R6          | B        | 2025-05-01  | false                |            | met     | nothing is open
8            | R7          | B        | 2025-06-01  | false                |            | broken  | within R6, which is open
"""
*/
