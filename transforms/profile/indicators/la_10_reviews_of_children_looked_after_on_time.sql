/*
code        = "LA10"
title       = "Looked-after reviews on time"
family      = "cla"
denominator = "children looked after at the date for more than 20 working days, excluding short breaks"
numerator   = "children whose latest review was held by its due date and whose next review is not overdue"
unit        = "percent"
good_is     = "high"
periods     = ["snapshot"]
history     = "recomputed"
source      = "Care Planning Regs 2010 Part 6"
sourced     = "partly"
reading     = "Due dates follow the rule of NI66, not the recorded due date: 20 working days after entry to care, then three calendar months after the first review held, then six months after each. A review due on the date and not yet held is not overdue. Only reviews in the child's current period of care are used; cancelled reviews are ignored; two rows on one day count as one review."
open_and_late = "children whose next review was due before the date and has not been held"
threshold   = "100% (Care Planning Regs 2010 Part 6)"
small_numbers = "S1"
*/
WITH child AS (
  SELECT looked_after.period_id, looked_after.ends_on, looked_after.child_id, looked_after.entered_care_on,
         records.working_days_after(looked_after.entered_care_on, 20) AS first_due_on, episode.looked_after_period_id
  FROM profile.looked_after AS looked_after
  JOIN records.looked_after_episodes AS episode
    ON episode.child_id = looked_after.child_id AND episode.entered_care_on = looked_after.entered_care_on
   AND episode.started_on <= looked_after.ends_on
   AND (episode.ceased_on IS NULL OR episode.ceased_on > looked_after.ends_on)
  QUALIFY row_number() OVER (
    PARTITION BY looked_after.period_id, looked_after.child_id ORDER BY episode.looked_after_period_id
  ) = 1
),
review AS (
  SELECT looked_after_period_id, held_on,
         row_number() OVER (PARTITION BY looked_after_period_id ORDER BY held_on) AS review_number,
         lag(held_on) OVER (PARTITION BY looked_after_period_id ORDER BY held_on) AS held_before_on
  FROM (
    SELECT DISTINCT looked_after_period_id, held_on
    FROM records.looked_after_reviews
    WHERE held_on IS NOT NULL AND is_cancelled IS NOT TRUE
  )
),
latest AS (
  SELECT child.period_id, child.ends_on, child.child_id, review.held_on,
         CASE review.review_number
           WHEN 1 THEN child.first_due_on
           WHEN 2 THEN review.held_before_on + INTERVAL 3 MONTH
           ELSE review.held_before_on + INTERVAL 6 MONTH
         END AS due_on,
         review.held_on + CASE review.review_number WHEN 1 THEN INTERVAL 3 MONTH ELSE INTERVAL 6 MONTH END
           AS next_due_on
  FROM child
  LEFT JOIN review
    ON review.looked_after_period_id = child.looked_after_period_id AND review.held_on <= child.ends_on
  WHERE child.first_due_on < child.ends_on
  QUALIFY row_number() OVER (PARTITION BY child.period_id, child.child_id ORDER BY review.held_on DESC NULLS LAST) = 1
)
SELECT latest.period_id, latest.child_id AS case_id, latest.child_id,
       coalesce(latest.held_on <= latest.due_on AND latest.next_due_on >= latest.ends_on, FALSE) AS counts
FROM latest;

WITH child AS (
  SELECT looked_after.period_id, looked_after.ends_on, looked_after.child_id, looked_after.entered_care_on,
         records.working_days_after(looked_after.entered_care_on, 20) AS first_due_on, episode.looked_after_period_id
  FROM profile.looked_after AS looked_after
  JOIN records.looked_after_episodes AS episode
    ON episode.child_id = looked_after.child_id AND episode.entered_care_on = looked_after.entered_care_on
   AND episode.started_on <= looked_after.ends_on
   AND (episode.ceased_on IS NULL OR episode.ceased_on > looked_after.ends_on)
  QUALIFY row_number() OVER (
    PARTITION BY looked_after.period_id, looked_after.child_id ORDER BY episode.looked_after_period_id
  ) = 1
)
SELECT child.period_id, child.child_id AS case_id, child.child_id
FROM child
LEFT JOIN records.looked_after_reviews AS review
  ON review.looked_after_period_id = child.looked_after_period_id
 AND review.held_on <= child.ends_on AND review.is_cancelled IS NOT TRUE
GROUP BY child.period_id, child.ends_on, child.child_id, child.first_due_on
HAVING child.ends_on > CASE count(DISTINCT review.held_on)
  WHEN 0 THEN child.first_due_on
  WHEN 1 THEN max(review.held_on) + INTERVAL 3 MONTH
  ELSE max(review.held_on) + INTERVAL 6 MONTH
END
/*
# Worked example.
as_at = 2026-03-31
period_kind = "snapshot"
numerator = 7
denominator = 17
open_and_late_cases = "B, D, F, J, K, L, P, T"
[[given]]
table = "records.children"
rows = """
child_id | verdict        | because
A        | counts         | one review, held on the 20th working day over Christmas; the next is due on the date
B        | does not count | the 20th working day was yesterday, no review held
C        | left out       | the 20th working day is the date
D        | does not count | the next review was due yesterday
E        | counts         | latest review exactly six months after the previous one
F        | does not count | latest review three months after the first in time, the next long overdue
G        | does not count | latest review a day late, the next not yet due
H        | counts         | an earlier review was late, the latest in time
I        | does not count | one review, held on the 21st working day
J        | does not count | the review is in the future: it has not been held
K        | does not count | the only review was cancelled
L        | does not count | two rows on one day are one review: the next was due after three months
M        | left out       | short breaks
N        | left out       | left care on the date
O        | left out       | day of entry not recorded
P        | does not count | reviews of an earlier period of care do not count
Q        | counts         | short breaks ended on the date
R        | counts         | three months after 30 November is 28 February
S        | counts         | first review held before entry, a fault
T        | does not count | the period of care is not recorded: no review can be found
U        | counts         | a new episode began; the reviews are of the whole period of care
"""
[[given]]
table = "records.looked_after_episodes"
rows = """
episode_id | child_id | looked_after_period_id | started_on | ceased_on  | entered_care_on
E1         | A        | A                      | 2025-12-01 |            | 2025-12-01
E2         | B        | B                      | 2026-03-02 |            | 2026-03-02
E3         | C        | C                      | 2026-03-03 |            | 2026-03-03
E4         | D        | D                      | 2024-01-10 |            | 2024-01-10
E5         | E        | E                      | 2024-01-10 |            | 2024-01-10
E6         | F        | F                      | 2024-01-10 |            | 2024-01-10
E7         | G        | G                      | 2024-01-10 |            | 2024-01-10
E8         | H        | H                      | 2024-01-10 | 2026-04-01 | 2024-01-10
E9         | I        | I                      | 2026-01-05 |            | 2026-01-05
E10        | J        | J                      | 2025-06-02 |            | 2025-06-02
E11        | K        | K                      | 2026-01-05 |            | 2026-01-05
E12        | L        | L                      | 2025-06-02 |            | 2025-06-02
E13        | M        | M                      | 2025-06-02 |            | 2025-06-02
E14        | N        | N                      | 2025-06-02 | 2026-03-31 | 2025-06-02
E15        | O        | O                      | 2025-06-02 |            |
E16        | P        | P1                     | 2025-06-02 | 2025-12-01 | 2025-06-02
E17        | P        | P2                     | 2025-12-01 |            | 2025-12-01
E18        | Q        | Q                      | 2026-01-05 |            | 2026-01-05
E19        | R        | R                      | 2025-11-03 |            | 2025-11-03
E20        | S        | S                      | 2026-01-05 |            | 2026-01-05
E21        | T        |                        | 2025-06-02 |            | 2025-06-02
E22        | U        | U                      | 2025-06-02 | 2026-02-01 | 2025-06-02
E23        | U        | U                      | 2026-02-01 |            | 2025-06-02
"""
[[given]]
table = "records.looked_after_reviews"
rows = """
review_id | looked_after_period_id | held_on    | is_cancelled | due_on
A1        | A                      | 2025-12-31 | false        | 2025-12-31
A2        | A                      |            | false        | 2026-03-31
C1        | C                      | 2026-03-20 | false        |
D1        | D                      | 2024-02-01 | false        |
D2        | D                      | 2024-05-01 | false        |
D3        | D                      | 2024-11-01 | false        |
D4        | D                      | 2025-03-31 | false        |
D5        | D                      | 2025-09-30 | false        | 2026-05-01
E1        | E                      | 2024-02-01 | false        |
E2        | E                      | 2024-05-01 | false        |
E3        | E                      | 2025-05-01 | false        |
E4        | E                      | 2025-11-01 | false        |
F1        | F                      | 2024-02-01 | false        |
F2        | F                      | 2024-05-01 | false        |
G1        | G                      | 2024-02-01 | false        |
G2        | G                      | 2024-05-01 | false        |
G3        | G                      | 2025-05-01 | false        |
G4        | G                      | 2025-11-02 | false        |
H1        | H                      | 2024-03-20 | false        |
H2        | H                      | 2024-12-20 | false        |
H3        | H                      | 2025-08-01 | false        |
H4        | H                      | 2026-01-30 |              |
I1        | I                      | 2026-02-03 | false        |
J1        | J                      | 2025-06-20 | false        |
J2        | J                      | 2026-04-01 | false        | 2025-09-20
K1        | K                      | 2026-01-20 | true         |
L1        | L                      | 2025-12-20 | false        |
L2        | L                      | 2025-12-20 | false        |
M1        | M                      | 2025-06-20 | false        |
N1        | N                      | 2025-06-20 | false        |
O1        | O                      | 2025-06-20 | false        |
P1        | P1                     | 2025-06-20 | false        |
P2        | P1                     | 2025-12-20 | false        |
Q1        | Q                      | 2026-01-20 | false        |
R1        | R                      | 2025-11-30 | false        |
R2        | R                      | 2026-02-28 | false        |
S1        | S                      | 2026-01-02 | false        |
T1        | T                      | 2026-03-20 | false        |
U1        | U                      | 2025-06-20 | false        |
U2        | U                      | 2025-09-20 | false        |
U3        | U                      | 2026-03-20 | false        |
"""
[[given]]
table = "records.legal_statuses"
rows = """
legal_status_id | child_id | legal_status_code | started_on | ended_on
L1              | M        | V4                | 2025-06-02 |
L2              | Q        | V3                | 2026-01-05 | 2026-03-31
"""
*/
