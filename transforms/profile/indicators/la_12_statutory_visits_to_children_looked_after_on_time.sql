/*
code        = "LA12"
title       = "Statutory visits to children looked after on time"
family      = "cla"
denominator = "children looked after at the date and in their current placement for more than a week, excluding short breaks"
numerator   = "children whose latest visit in the placement was made by its due date and whose next visit is not overdue"
unit        = "percent"
good_is     = "high"
periods     = ["snapshot"]
history     = "recomputed"
source      = "Care Planning Regs 2010 reg 28 (legislation.gov.uk/uksi/2010/959/regulation/28)"
sourced     = "verified"
reading     = "Visits are counted from the start of the placement open at the date that has the latest start, of any type (our interpretation): the first is due within 7 days of its start (day 0, on which a visit may be made), each later one at most 42 days after the previous one; a visit due on the date and not yet made is not overdue. Only a visit at which the child was recorded as seen counts; two on one day count as one. With parents (P1) while an interim care order (C1) is in force: weekly until the first review held since the placement began, then at most 28 days apart. The extract does not say whether the placement is meant to last to 18 (visits three months apart after a year), so six weeks applies throughout, which is stricter. Nor does it say whether a relative or friend is temporarily approved (regulation 24) or a child was placed with parents in an emergency (regulation 19): these should be visited weekly at first, but six weeks applies here, which is less strict than the law. The week after a full care order made while the child lives with parents is not tested separately. A child without an open placement stays in the denominator and does not count."
beside      = "every visit since the placement began was made by its due date, and the next visit is not overdue"
open_and_late = "children whose next visit was due before the date and has not been made"
threshold   = "100% (Care Planning Regs 2010 reg 28)"
small_numbers = "S1"
*/
WITH visit AS (
  SELECT DISTINCT visit.child_id, visit.visited_on FROM records.looked_after_visits AS visit WHERE visit.is_seen
),
placement AS (
  SELECT looked_after.period_id, looked_after.ends_on, looked_after.child_id, placement.placement_id,
         placement.started_on, placement.looked_after_period_id, placement.placement_type_code
  FROM profile.looked_after AS looked_after
  LEFT JOIN records.placements AS placement
    ON placement.child_id = looked_after.child_id
   AND placement.started_on <= looked_after.ends_on
   AND (placement.ended_on IS NULL OR placement.ended_on > looked_after.ends_on)
  QUALIFY row_number() OVER (
    PARTITION BY looked_after.period_id, looked_after.child_id
    ORDER BY placement.started_on DESC NULLS LAST, placement.placement_id
  ) = 1
),
due_date_set_by AS (
  SELECT placement.*, placement.started_on AS day, TRUE AS is_start
  FROM placement
  UNION ALL
  SELECT placement.*, visit.visited_on, FALSE
  FROM placement
  JOIN visit
    ON visit.child_id = placement.child_id AND visit.visited_on BETWEEN placement.started_on AND placement.ends_on
),
-- The few stays with parents under an interim order have their own limits.
interim AS (
  SELECT stay.period_id, stay.child_id, stay.day, stay.is_start, min(review.held_on) AS first_review_on
  FROM due_date_set_by AS stay
  JOIN records.legal_statuses AS status
    ON status.child_id = stay.child_id AND status.legal_status_code = 'C1'
   AND status.started_on <= stay.day AND (status.ended_on IS NULL OR status.ended_on > stay.day)
  LEFT JOIN records.looked_after_reviews AS review
    ON review.looked_after_period_id = stay.looked_after_period_id
   AND review.held_on >= stay.started_on AND review.is_cancelled IS NOT TRUE
  WHERE stay.placement_type_code = 'P1'
  GROUP BY stay.period_id, stay.child_id, stay.day, stay.is_start
),
due_date AS (
  SELECT stay.period_id, stay.ends_on, stay.child_id, stay.started_on,
         stay.day + CASE
           WHEN stay.is_start THEN 7
           WHEN interim.child_id IS NULL THEN 42
           WHEN interim.first_review_on <= stay.day + 7 THEN 28
           ELSE 7
         END AS day,
         lead(stay.day) OVER (PARTITION BY stay.period_id, stay.child_id ORDER BY stay.day, stay.is_start DESC)
           AS visited_on
  FROM due_date_set_by AS stay
  LEFT JOIN interim
    ON interim.period_id = stay.period_id AND interim.child_id = stay.child_id
   AND interim.day = stay.day AND interim.is_start = stay.is_start
),
chain AS (
  SELECT due_date.period_id, due_date.child_id,
         arg_max(due_date.visited_on <= due_date.day, due_date.visited_on) AS is_latest_in_time,
         bool_and(due_date.visited_on <= due_date.day) AS are_all_in_time,
         bool_or(due_date.visited_on IS NULL AND due_date.day >= due_date.ends_on) AS is_next_to_come
  FROM due_date
  WHERE due_date.started_on IS NULL OR due_date.started_on + 7 < due_date.ends_on
  GROUP BY due_date.period_id, due_date.child_id
)
SELECT chain.period_id, chain.child_id AS case_id, chain.child_id,
       coalesce(chain.is_next_to_come AND chain.is_latest_in_time, FALSE) AS counts,
       coalesce(chain.is_next_to_come AND chain.are_all_in_time, FALSE) AS counts_beside
FROM chain;

WITH placement AS (
  SELECT looked_after.period_id, looked_after.ends_on, looked_after.child_id, placement.placement_id,
         placement.started_on, placement.looked_after_period_id, placement.placement_type_code
  FROM profile.looked_after AS looked_after
  JOIN records.placements AS placement
    ON placement.child_id = looked_after.child_id
   AND placement.started_on <= looked_after.ends_on
   AND (placement.ended_on IS NULL OR placement.ended_on > looked_after.ends_on)
  QUALIFY row_number() OVER (
    PARTITION BY looked_after.period_id, looked_after.child_id
    ORDER BY placement.started_on DESC, placement.placement_id
  ) = 1
),
latest AS (
  SELECT placement.*, max(visit.visited_on) AS visited_on
  FROM placement
  LEFT JOIN records.looked_after_visits AS visit
    ON visit.child_id = placement.child_id AND visit.is_seen
   AND visit.visited_on BETWEEN placement.started_on AND placement.ends_on
  GROUP BY ALL
),
interim AS (
  SELECT latest.period_id, latest.child_id, min(review.held_on) AS first_review_on
  FROM latest
  JOIN records.legal_statuses AS status
    ON status.child_id = latest.child_id AND status.legal_status_code = 'C1'
   AND status.started_on <= latest.visited_on AND (status.ended_on IS NULL OR status.ended_on > latest.visited_on)
  LEFT JOIN records.looked_after_reviews AS review
    ON review.looked_after_period_id = latest.looked_after_period_id
   AND review.held_on >= latest.started_on AND review.is_cancelled IS NOT TRUE
  WHERE latest.placement_type_code = 'P1'
  GROUP BY latest.period_id, latest.child_id
)
SELECT latest.period_id, latest.child_id AS case_id, latest.child_id
FROM latest
LEFT JOIN interim ON interim.period_id = latest.period_id AND interim.child_id = latest.child_id
WHERE latest.ends_on > CASE
  WHEN latest.visited_on IS NULL THEN latest.started_on + 7
  WHEN interim.child_id IS NULL THEN latest.visited_on + 42
  WHEN interim.first_review_on <= latest.visited_on + 7 THEN latest.visited_on + 28
  ELSE latest.visited_on + 7
END
/*
# Worked example.
as_at = 2026-03-31
period_kind = "snapshot"
numerator = 10
denominator = 26
numerator_beside = 8
open_and_late_cases = "B, D, F, I, J, K, O, S, U, W, X"
[[given]]
table = "records.children"
rows = """
child_id | verdict        | because
A        | counts         | placed 8 days, visited on the seventh
B        | does not count | placed 8 days, not visited: due yesterday
C        | left out       | placed 7 days: the first visit is due on the date
D        | does not count | the latest visit was 43 days ago
E        | counts         | the latest visit was 42 days ago, the one before 42 days earlier
F        | does not count | never visited in the placement
G        | does not count | the latest visit was 43 days after the previous one
H        | counts         | an earlier visit was late, the latest in time; does not count in the second measure
I        | does not count | the visit is in the future: it has not been made
J        | does not count | the child was not seen at the visit
K        | does not count | not recorded whether the child was seen
L        | does not count | the first visit was on the eighth day, the next is not due
M        | counts         | moved since: visits in the previous placement are not used; visited on the day of the move
N        | does not count | no open placement: no limit can be worked out
O        | does not count | two open placements, a fault: the one with the later start, without a visit in it
P        | left out       | short breaks
Q        | left out       | left care on the date
R        | counts         | with parents under an interim order, a week apart, no review yet
S        | does not count | as R, the latest visit 8 days ago
T        | counts         | as R, reviewed since: visits 28 days apart
U        | does not count | as T, the latest visit 29 days ago
V        | counts         | with parents, the interim order has become a full one: six weeks
W        | does not count | as R, but the only review was before the placement
X        | does not count | with foster carers for years, perhaps to 18: still six weeks, the latest visit 60 days ago
Y        | does not count | as R, the latest visit was 8 days after the previous one
Z        | counts         | two visits on one day are one
AA       | counts         | placed 8 days; visited twice in the first week
AB       | does not count | as R, the review was 8 days after the last visit but one
AC       | counts         | the first visit was late, the latest in time; does not count in the second measure
"""
[[given]]
table = "records.looked_after_episodes"
rows = """
episode_id | child_id | started_on | ceased_on  | entered_care_on
E1         | A        | 2024-01-10 |            | 2024-01-10
E2         | B        | 2024-01-10 |            | 2024-01-10
E3         | C        | 2024-01-10 |            | 2024-01-10
E4         | D        | 2024-01-10 |            | 2024-01-10
E5         | E        | 2024-01-10 |            | 2024-01-10
E6         | F        | 2024-01-10 |            | 2024-01-10
E7         | G        | 2024-01-10 |            | 2024-01-10
E8         | H        | 2024-01-10 |            | 2024-01-10
E9         | I        | 2024-01-10 |            | 2024-01-10
E10        | J        | 2024-01-10 |            | 2024-01-10
E11        | K        | 2024-01-10 |            | 2024-01-10
E12        | L        | 2024-01-10 |            | 2024-01-10
E13        | M        | 2024-01-10 |            | 2024-01-10
E14        | N        | 2024-01-10 |            | 2024-01-10
E15        | O        | 2024-01-10 |            | 2024-01-10
E16        | P        | 2024-01-10 |            | 2024-01-10
E17        | Q        | 2024-01-10 | 2026-03-31 | 2024-01-10
E18        | R        | 2024-01-10 |            | 2024-01-10
E19        | S        | 2024-01-10 |            | 2024-01-10
E20        | T        | 2024-01-10 |            | 2024-01-10
E21        | U        | 2024-01-10 |            | 2024-01-10
E22        | V        | 2024-01-10 |            | 2024-01-10
E23        | W        | 2024-01-10 |            | 2024-01-10
E24        | X        | 2020-01-10 |            | 2020-01-10
E25        | Y        | 2024-01-10 |            | 2024-01-10
E26        | Z        | 2024-01-10 |            | 2024-01-10
E27        | AA       | 2024-01-10 |            | 2024-01-10
E28        | AB       | 2024-01-10 |            | 2024-01-10
E29        | AC       | 2024-01-10 |            | 2024-01-10
"""
[[given]]
table = "records.placements"
rows = """
placement_id | child_id | looked_after_period_id | started_on | ended_on   | placement_type_code
A1           | A        | A                      | 2026-03-23 |            | U6
B1           | B        | B                      | 2026-03-23 |            | U6
C1           | C        | C                      | 2026-03-24 |            | U6
D1           | D        | D                      | 2026-01-05 |            | U6
E1           | E        | E                      | 2026-01-05 |            | U6
F1           | F        | F                      | 2026-01-05 |            | K2
G1           | G        | G                      | 2026-01-05 |            | U6
H1           | H        | H                      | 2025-10-06 |            | U6
I1           | I        | I                      | 2026-01-05 |            | U6
J1           | J        | J                      | 2026-02-09 |            | U6
K1           | K        | K                      | 2026-02-09 |            | U6
L1           | L        | L                      | 2026-03-09 |            | U6
M1           | M        | M                      | 2024-01-10 | 2026-03-02 | U6
M2           | M        | M                      | 2026-03-02 |            | T3
N1           | N        | N                      | 2024-01-10 | 2026-03-31 | U6
O1           | O        | O                      | 2024-01-10 |            | U6
O2           | O        | O                      | 2026-03-16 |            | K2
P1           | P        | P                      | 2024-01-10 |            | U6
Q1           | Q        | Q                      | 2024-01-10 |            | U6
R1           | R        | R                      | 2026-03-10 |            | P1
S1           | S        | S                      | 2026-03-09 |            | P1
T1           | T        | T                      | 2026-02-02 |            | P1
U1           | U        | U                      | 2026-02-02 |            | P1
V1           | V        | V                      | 2026-01-05 |            | P1
W1           | W        | W                      | 2026-03-02 |            | P1
X1           | X        | X                      | 2020-01-10 |            | U4
Y1           | Y        | Y                      | 2026-03-09 |            | P1
Z1           | Z        | Z                      | 2026-03-02 |            | U6
AA1          | AA       | AA                     | 2026-03-23 |            | U6
AB1          | AB       | AB                     | 2026-03-02 |            | P1
AC1          | AC       | AC                     | 2026-02-02 | 2026-04-01 | U6
"""
[[given]]
table = "records.looked_after_visits"
rows = """
visit_id | child_id | visited_on | is_seen
A1       | A        | 2026-03-30 | true
C1       | C        | 2026-03-25 | true
D1       | D        | 2026-01-08 | true
D2       | D        | 2026-02-16 | true
E1       | E        | 2026-01-06 | true
E2       | E        | 2026-02-17 | true
G1       | G        | 2026-01-08 | true
G2       | G        | 2026-02-20 | true
H1       | H        | 2025-10-10 | true
H2       | H        | 2026-01-20 | true
H3       | H        | 2026-02-27 | true
I1       | I        | 2026-01-08 | true
I2       | I        | 2026-04-01 | true
J1       | J        | 2026-02-10 | true
J2       | J        | 2026-03-20 | false
K1       | K        | 2026-02-10 | true
K2       | K        | 2026-03-20 |
L1       | L        | 2026-03-17 | true
M1       | M        | 2025-06-02 | true
M2       | M        | 2026-03-02 | true
N1       | N        | 2026-03-20 | true
O1       | O        | 2026-03-15 | true
P1       | P        | 2026-03-20 | true
Q1       | Q        | 2026-03-20 | true
R1       | R        | 2026-03-17 | true
R2       | R        | 2026-03-24 | true
S1       | S        | 2026-03-16 | true
S2       | S        | 2026-03-23 | true
T1       | T        | 2026-02-04 | true
T2       | T        | 2026-02-05 | true
T3       | T        | 2026-03-05 | true
U1       | U        | 2026-02-04 | true
U2       | U        | 2026-03-02 | true
V1       | V        | 2026-01-10 | true
V2       | V        | 2026-02-20 | true
W1       | W        | 2026-03-04 | true
X1       | X        | 2025-12-20 | true
X2       | X        | 2026-01-30 | true
Y1       | Y        | 2026-03-16 | true
Y2       | Y        | 2026-03-24 | true
Z1       | Z        | 2026-03-04 | true
Z2       | Z        | 2026-03-04 | true
AA1      | AA       | 2026-03-23 | true
AA2      | AA       | 2026-03-26 | true
AB1      | AB       | 2026-03-03 | true
AB2      | AB       | 2026-03-24 | true
AC1      | AC       | 2026-02-20 | true
AC2      | AC       | 2026-03-20 | true
"""
[[given]]
table = "records.looked_after_reviews"
rows = """
review_id | looked_after_period_id | held_on    | is_cancelled
R1        | R                      | 2026-03-20 | true
T1        | T                      | 2026-02-12 | false
U1        | U                      | 2026-02-11 | false
W1        | W                      | 2026-03-01 | false
Y1        | Y                      | 2026-04-02 | false
AB1       | AB                     | 2026-03-11 | false
"""
[[given]]
table = "records.legal_statuses"
rows = """
legal_status_id | child_id | legal_status_code | started_on | ended_on
L1              | P        | V4                | 2024-01-10 |
L2              | R        | C1                | 2024-01-10 |
L3              | S        | C1                | 2024-01-10 |
L4              | T        | C1                | 2024-01-10 |
L5              | U        | C1                | 2024-01-10 |
L6              | V        | C1                | 2024-01-10 | 2026-01-08
L7              | V        | C2                | 2026-01-08 |
L8              | W        | C1                | 2024-01-10 |
L9              | Y        | C1                | 2024-01-10 |
L10             | AB       | C1                | 2024-01-10 |
L11             | D        | C1                | 2024-01-10 |
"""
*/
