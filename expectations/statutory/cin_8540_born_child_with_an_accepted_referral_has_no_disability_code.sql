/*
code              = "8540"
source            = "CIN census"
title             = "A child with an accepted referral has no disability code, not even NONE"
kind              = "error"
severity          = "warning"
table             = "records.children"
column            = "child_id"
first_return_year = 2023
fix               = "Record the child's disabilities, or NONE if there are none."
reading           = "One valid code is enough: further codes that are not in the list are reported by the check of the code list."
*/
SELECT child.received_row
FROM records.children AS child
WHERE child.born_on IS NOT NULL
  AND child.child_id IN (
    SELECT referral.child_id FROM records.child_in_need_episodes AS referral WHERE NOT referral.is_no_further_action
  )
  AND child.child_id NOT IN (
    SELECT disability.child_id FROM records.disabilities AS disability
    WHERE disability.disability_code IN (
      'NONE', 'MOB', 'HAND', 'PC', 'INC', 'COMM', 'LD', 'HEAR', 'VIS', 'BEH', 'CON', 'AUT', 'DDA'
    )
  )
/*
# Worked example.
as_at = 2026-03-31
[[given]]
table = "records.children"
rows = """
received_row | child_id | born_on    | verdict | because
2            | A        | 2015-02-01 | broken  | no row at all
3            | B        | 2015-02-01 | met     | NONE is a code
4            | C        | 2015-02-01 | broken  | a code that is not in the list
5            | D        | 2015-02-01 | met     | the only referral ended in no further action
6            | E        |            | met     | unborn
7            | F        | 2015-02-01 | met     | the flag of no further action is blank, so no referral is known to be accepted
"""
[[given]]
table = "records.child_in_need_episodes"
rows = """
referral_id | child_id | referred_on | is_no_further_action
R1          | A        | 2025-05-01  | false
R2          | B        | 2025-05-01  | false
R3          | C        | 2025-05-01  | false
R4          | D        | 2025-05-01  | true
R5          | E        | 2025-05-01  | false
R6          | F        | 2025-05-01  |
"""
[[given]]
table = "records.disabilities"
rows = """
child_id | disability_id | disability_code
B        | D1            | NONE
C        | D2            | DEAF
"""
*/
