/*
code        = "NI66"
title       = "Looked-after cases reviewed within timescales"
family      = "ni"
denominator = "children looked after on the last day of the period for more than 28 days, with a review due in the period, excluding short breaks"
numerator   = "children for whom every review due in the period was held by its due date"
unit        = "percent"
good_is     = "high"
periods     = ["rolling_12_months", "financial_year"]
history     = "recomputed"
source      = "NI handbook; timings Care Planning Regs 2010 reg 33 (4 weeks/3/6 months seen at Oxfordshire manual; 20 working days unverified text)"
sourced     = "partly"
reading     = "Due dates follow the rule, not the recorded due date: 20 working days after entry to care, then three calendar months after the first review held, then six months after each. A due date is met by a review held on or before it; cancelled reviews are ignored; two rows on one day count as one review. A review due on the last day and not yet held is not yet late. A child with no due date in the period is left out, even if a review has been overdue since before it: LA10 counts those."
twin        = "LA10"
small_numbers = "S1"
*/
WITH review AS (
  SELECT DISTINCT looked_after_period_id, held_on
  FROM records.looked_after_reviews
  WHERE held_on IS NOT NULL AND is_cancelled IS NOT TRUE
),
care AS (
  SELECT DISTINCT episode.child_id, episode.looked_after_period_id, episode.entered_care_on
  FROM records.looked_after_episodes AS episode
  WHERE episode.entered_care_on IS NOT NULL
),
due_date_set_by AS (
  SELECT care.*, care.entered_care_on AS day, 0 AS review_number
  FROM care
  UNION ALL
  SELECT care.*, review.held_on,
         row_number() OVER (
           PARTITION BY care.child_id, care.looked_after_period_id, care.entered_care_on ORDER BY review.held_on
         )
  FROM care
  JOIN review ON review.looked_after_period_id = care.looked_after_period_id
),
due_date AS (
  SELECT child_id, looked_after_period_id, entered_care_on,
         CASE review_number
           WHEN 0 THEN records.working_days_after(day, 20)
           WHEN 1 THEN (day + INTERVAL 3 MONTH)::DATE
           ELSE (day + INTERVAL 6 MONTH)::DATE
         END AS day,
         lead(day) OVER (
           PARTITION BY child_id, looked_after_period_id, entered_care_on ORDER BY review_number
         ) AS held_on
  FROM due_date_set_by
),
child AS (
  SELECT looked_after.*, episode.looked_after_period_id
  FROM profile.looked_after AS looked_after
  JOIN records.looked_after_episodes AS episode
    ON episode.child_id = looked_after.child_id AND episode.entered_care_on = looked_after.entered_care_on
   AND episode.started_on <= looked_after.ends_on
   AND (episode.ceased_on IS NULL OR episode.ceased_on > looked_after.ends_on)
  WHERE looked_after.ends_on > looked_after.entered_care_on + 28
  QUALIFY row_number() OVER (
    PARTITION BY looked_after.period_id, looked_after.child_id ORDER BY episode.looked_after_period_id
  ) = 1
)
SELECT child.period_id, child.child_id AS case_id, child.child_id,
       bool_and(coalesce(due_date.held_on <= due_date.day, FALSE) OR due_date.day = child.ends_on) AS counts
FROM child
JOIN due_date
  ON due_date.child_id = child.child_id AND due_date.entered_care_on = child.entered_care_on
 AND due_date.looked_after_period_id IS NOT DISTINCT FROM child.looked_after_period_id
 AND due_date.day BETWEEN child.starts_on AND child.ends_on
GROUP BY child.period_id, child.child_id
/*
# Worked example.
as_at = 2026-03-31
period_kind = "rolling_12_months"
numerator = 8
denominator = 19
[[given]]
table = "records.children"
rows = """
child_id | verdict        | because
A        | counts         | first review on the 20th working day over Christmas, second exactly three months later
B        | does not count | first review on the 21st working day
C        | counts         | later reviews exactly six months apart
D        | does not count | a later review a day after six months
E        | counts         | the next review is due on the as-at date and not yet late
F        | does not count | the next review was due yesterday and was not held
G        | left out       | in care for 28 days
H        | does not count | in care for 29 days, the first review not held
I        | left out       | no due date in the period: overdue since the year before
J        | does not count | the review is in the future: it has not been held
K        | does not count | the review held in time was cancelled
L        | does not count | the second review six months after the first, not three
M        | left out       | short breaks
N        | left out       | left care on the as-at date
O        | left out       | day of entry not recorded
P        | does not count | two rows on one day are one review: the next was due after three months
Q        | counts         | reviews in an earlier period of care do not count and set no due date in this one
R        | counts         | three months after 30 November is 28 February
S        | does not count | the review due on the first day of the period was a day late
T        | does not count | the period of care is not recorded: no review can be found
U        | counts         | the late review was due the day before the period; the one due in it was held
V        | does not count | one of two due dates was missed
W        | counts         | first review held before entry, a fault; the next in time
X        | counts         | a new episode began and another ended; the reviews are of the whole period of care
"""
[[given]]
table = "records.looked_after_episodes"
rows = """
episode_id | child_id | looked_after_period_id | started_on | ceased_on  | entered_care_on
E1         | A        | A                      | 2025-12-01 |            | 2025-12-01
E2         | B        | B                      | 2025-12-01 |            | 2025-12-01
E3         | C        | C                      | 2024-01-10 |            | 2024-01-10
E4         | D        | D                      | 2024-01-10 |            | 2024-01-10
E5         | E        | E                      | 2025-12-01 |            | 2025-12-01
E6         | F        | F                      | 2024-01-10 |            | 2024-01-10
E7         | G        | G                      | 2026-03-03 |            | 2026-03-03
E8         | H        | H                      | 2026-03-02 |            | 2026-03-02
E9         | I        | I                      | 2024-01-10 |            | 2024-01-10
E10        | J        | J                      | 2024-01-10 |            | 2024-01-10
E11        | K        | K                      | 2025-06-02 |            | 2025-06-02
E12        | L        | L                      | 2025-06-02 |            | 2025-06-02
E13        | M        | M                      | 2025-06-02 |            | 2025-06-02
E14        | N        | N                      | 2025-06-02 | 2026-03-31 | 2025-06-02
E15        | O        | O                      | 2025-06-02 |            |
E16        | P        | P                      | 2025-06-02 |            | 2025-06-02
E17        | Q        | Q1                     | 2025-06-02 | 2025-08-01 | 2025-06-02
E18        | Q        | Q2                     | 2025-12-01 | 2026-04-01 | 2025-12-01
E19        | R        | R                      | 2025-11-03 |            | 2025-11-03
E20        | S        | S                      | 2024-01-10 |            | 2024-01-10
E21        | T        |                        | 2025-06-02 |            | 2025-06-02
E22        | U        | U                      | 2024-12-02 |            | 2024-12-02
E23        | V        | V                      | 2024-01-10 |            | 2024-01-10
E24        | W        | W                      | 2025-12-01 |            | 2025-12-01
E25        | X        | X                      | 2025-06-02 | 2025-09-01 | 2025-06-02
E26        | X        | X                      | 2025-09-01 |            | 2025-06-02
"""
[[given]]
table = "records.looked_after_reviews"
rows = """
review_id | looked_after_period_id | held_on    | is_cancelled | due_on
A1        | A                      | 2025-12-31 | false        | 2025-12-31
A2        | A                      | 2026-03-31 | false        | 2026-03-31
B1        | B                      | 2026-01-02 | false        | 2026-01-02
C1        | C                      | 2024-02-01 | false        |
C2        | C                      | 2024-05-01 | false        |
C3        | C                      | 2024-11-01 | false        |
C4        | C                      | 2025-05-01 | false        |
C5        | C                      | 2025-11-01 | false        |
D1        | D                      | 2024-02-01 | false        |
D2        | D                      | 2024-05-01 | false        |
D3        | D                      | 2024-11-01 | false        |
D4        | D                      | 2025-05-02 | false        |
D5        | D                      | 2025-11-01 | false        |
E1        | E                      | 2025-12-31 | false        |
F1        | F                      | 2024-02-01 | false        |
F2        | F                      | 2024-05-01 | false        |
F3        | F                      | 2025-03-31 | false        |
F4        | F                      | 2025-09-30 | false        |
F5        | F                      |            | false        | 2026-05-01
I1        | I                      | 2024-02-01 | false        |
I2        | I                      | 2024-05-01 | false        |
J1        | J                      | 2024-02-01 | false        |
J2        | J                      | 2024-05-01 | false        |
J3        | J                      | 2025-09-01 | false        |
J4        | J                      | 2026-04-01 | false        | 2026-03-01
K1        | K                      | 2025-06-20 | true         |
K2        | K                      | 2025-07-10 | false        |
L1        | L                      | 2025-06-20 | false        |
L2        | L                      | 2025-12-20 | false        |
M1        | M                      | 2025-06-20 | false        |
N1        | N                      | 2025-06-20 | false        |
O1        | O                      | 2025-06-20 | false        |
P1        | P                      | 2025-06-20 | false        |
P2        | P                      | 2025-06-20 | false        |
P3        | P                      | 2025-12-20 | false        |
Q1        | Q1                     | 2025-07-30 | false        |
Q2        | Q2                     | 2025-12-15 |              |
Q3        | Q2                     | 2026-02-01 | false        |
R1        | R                      | 2025-11-30 | false        |
R2        | R                      | 2026-02-28 | false        |
S1        | S                      | 2024-02-01 | false        |
S2        | S                      | 2024-05-01 | false        |
S3        | S                      | 2024-10-01 | false        |
S4        | S                      | 2025-04-02 | false        |
S5        | S                      | 2025-10-01 | false        |
T1        | T                      | 2025-06-20 | false        |
U1        | U                      | 2024-12-31 | false        |
U2        | U                      | 2025-05-01 | false        |
U3        | U                      | 2025-11-01 | false        |
V1        | V                      | 2024-02-01 | false        |
V2        | V                      | 2024-05-01 | false        |
V3        | V                      | 2024-10-20 | false        |
V4        | V                      | 2025-04-20 | false        |
V5        | V                      | 2025-11-01 | false        |
W1        | W                      | 2025-11-28 | false        |
W2        | W                      | 2026-02-28 | false        |
X1        | X                      | 2025-06-20 | false        |
X2        | X                      | 2025-09-20 | false        |
X3        | X                      | 2026-03-20 | false        |
"""
[[given]]
table = "records.legal_statuses"
rows = """
legal_status_id | child_id | legal_status_code | started_on | ended_on
L1              | M        | V4                | 2025-06-02 |
"""
*/
