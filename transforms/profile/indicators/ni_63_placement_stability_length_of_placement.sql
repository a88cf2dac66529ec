/*
code        = "NI63"
title       = "Placement stability: length of placement"
family      = "ni"
denominator = "children under 16 looked after at the date who had entered care two and a half years before it or earlier, excluding short breaks"
numerator   = "children whose placement began two years before the date or earlier, alone or, if placed for adoption, together with the previous placement"
unit        = "percent"
good_is     = "high"
periods     = ["snapshot", "financial_year"]
history     = "recomputed"
source      = "LAIT 393; certificates.theodi.org/16660"
sourced     = "verified"
reading     = "The placement is the one open at the date, of any type, with the latest start, and it began at least 24 calendar months before. For a child placed for adoption (A3 to A6), the start of the placement that ended on the day it began is used if earlier. Entry to care was at least 30 calendar months before the date, and the child is under 16 on it (a child without a date of birth is left out). A child without an open placement stays in the denominator."
small_numbers = "S1"
*/
WITH placement AS (
  SELECT looked_after.period_id, looked_after.ends_on, looked_after.child_id,
         placement.placement_type_code, placement.started_on
  FROM profile.looked_after AS looked_after
  JOIN records.children AS child ON child.child_id = looked_after.child_id
  LEFT JOIN records.placements AS placement
    ON placement.child_id = looked_after.child_id
   AND placement.started_on <= looked_after.ends_on
   AND (placement.ended_on IS NULL OR placement.ended_on > looked_after.ends_on)
  WHERE looked_after.entered_care_on <= looked_after.ends_on - INTERVAL 30 MONTH
    AND child.born_on + INTERVAL 16 YEAR > looked_after.ends_on
  QUALIFY row_number() OVER (
    PARTITION BY looked_after.period_id, looked_after.child_id
    ORDER BY placement.started_on DESC NULLS LAST, placement.placement_id
  ) = 1
),
placement_before AS (
  SELECT child_id, ended_on, min(started_on) AS started_on
  FROM records.placements
  WHERE ended_on IS NOT NULL
  GROUP BY child_id, ended_on
)
SELECT placement.period_id, placement.child_id AS case_id, placement.child_id,
       -- least() ignores NULL: without a previous placement, the open one's own start is used.
       coalesce(
         least(placement.started_on, placement_before.started_on) <= placement.ends_on - INTERVAL 24 MONTH, FALSE
       ) AS counts
FROM placement
LEFT JOIN placement_before
  ON placement_before.child_id = placement.child_id AND placement_before.ended_on = placement.started_on
 AND placement.placement_type_code IN ('A3', 'A4', 'A5', 'A6')
/*
# Worked example.
as_at = 2026-02-28
period_kind = "snapshot"
numerator = 8
denominator = 16
[[given]]
table = "records.children"
rows = """
child_id | born_on    | verdict        | because
A        | 2015-06-01 | counts         | in the placement for exactly two years
B        | 2015-06-01 | does not count | in the placement for one day less than two years
C        | 2015-06-01 | left out       | in care for one day less than 30 months
D        | 2010-02-28 | left out       | 16 on the day
E        | 2010-03-01 | counts         | 16 tomorrow
F        | 2022-06-01 | counts         | placed for adoption: two years with the previous placement
G        | 2022-06-01 | does not count | the previous placement ended a day before the adoptive one began
H        | 2015-06-01 | does not count | a temporary placement is the one open with the latest start
I        | 2015-06-01 | does not count | the only placement ended on the day
J        |            | left out       | no date of birth
K        | 2015-06-01 | left out       | short breaks (V3)
L        | 2015-06-01 | left out       | day of entry not recorded
M        | 2015-06-01 | does not count | not placed for adoption: the previous placement does not count
N        | 2010-02-28 | left out       | born on 28 February, 16 on the day
O        | 2012-02-29 | counts         | born on a leap day, 14 on 28 February
P        | 2022-06-01 | does not count | the placement for adoption and the previous one are together a day short
Q        | 2020-06-01 | does not count | moved on the day itself
R        | 2020-06-01 | counts         | placed for adoption (A3); the episode started on the day, care long before
S        | 2020-06-01 | counts         | placed for adoption (A4); short breaks ended on the day
T        | 2020-06-01 | left out       | short breaks (V4) start on the day
U        | 2020-06-01 | left out       | care ended on the day
V        | 2020-06-01 | counts         | placed for adoption (A5); two episodes open, a fault: the longer period of care is used
W        | 2020-06-01 | counts         | two placements ended the day the adoptive one began: the longer is used
X        | 2020-06-01 | does not count | the previous row is recorded as ending before it began: the adoptive start is used
"""
[[given]]
table = "records.looked_after_episodes"
rows = """
episode_id | child_id | started_on | ceased_on  | entered_care_on
E1         | A        | 2023-08-28 |            | 2023-08-28
E2         | B        | 2023-08-28 |            | 2023-08-28
E3         | C        | 2023-08-29 |            | 2023-08-29
E4         | D        | 2020-01-10 |            | 2020-01-10
E5         | E        | 2025-01-10 | 2026-03-01 | 2020-01-10
E6         | F        | 2022-08-01 |            | 2022-08-01
E7         | G        | 2022-08-01 |            | 2022-08-01
E8         | H        | 2020-01-10 |            | 2020-01-10
E9         | I        | 2020-01-10 |            | 2020-01-10
E10        | J        | 2020-01-10 |            | 2020-01-10
E11        | K        | 2020-01-10 |            | 2020-01-10
E12        | L        | 2020-01-10 |            |
E13        | M        | 2020-01-10 |            | 2020-01-10
E14        | N        | 2020-01-10 |            | 2020-01-10
E15        | O        | 2020-01-10 |            | 2020-01-10
E16        | P        | 2022-08-01 |            | 2022-08-01
E17        | Q        | 2022-08-01 |            | 2022-08-01
E18        | R        | 2026-02-28 |            | 2022-08-01
E19        | S        | 2022-08-01 |            | 2022-08-01
E20        | T        | 2022-08-01 |            | 2022-08-01
E21        | U        | 2022-08-01 | 2026-02-28 | 2022-08-01
E22        | V        | 2022-08-01 |            | 2022-08-01
E23        | V        | 2025-08-01 |            | 2025-08-01
E24        | W        | 2022-08-01 |            | 2022-08-01
E25        | X        | 2022-08-01 |            | 2022-08-01
"""
[[given]]
table = "records.placements"
rows = """
placement_id | child_id | started_on | ended_on   | placement_type_code
A1           | A        | 2024-02-28 |            | U6
B1           | B        | 2024-02-29 |            | U6
C1           | C        | 2023-08-29 |            | U6
D1           | D        | 2020-01-10 |            | U6
E1           | E        | 2020-01-10 |            | U6
F1           | F        | 2022-08-01 | 2025-01-06 | U6
F2           | F        | 2025-01-06 |            | A6
G1           | G        | 2022-08-01 | 2025-01-05 | U6
G2           | G        | 2025-01-06 |            | A6
H1           | H        | 2020-01-10 |            | U6
H2           | H        | 2026-02-20 | 2026-03-02 | T3
I1           | I        | 2020-01-10 | 2026-02-28 | U6
J1           | J        | 2020-01-10 |            | U6
K1           | K        | 2020-01-10 |            | U6
L1           | L        | 2020-01-10 |            | U6
M1           | M        | 2020-01-10 | 2025-01-06 | U6
M2           | M        | 2025-01-06 |            | U4
N1           | N        | 2020-01-10 |            | U6
O1           | O        | 2020-01-10 |            | U6
P1           | P        | 2024-02-29 | 2025-01-06 | U6
P2           | P        | 2025-01-06 |            | A5
Q1           | Q        | 2022-08-01 | 2026-02-28 | U6
Q2           | Q        | 2026-02-28 |            | U6
R1           | R        | 2022-08-01 | 2025-01-06 | U6
R2           | R        | 2025-01-06 |            | A3
S1           | S        | 2022-08-01 | 2025-01-06 | U6
S2           | S        | 2025-01-06 |            | A4
T1           | T        | 2022-08-01 |            | U6
U1           | U        | 2022-08-01 |            | U6
V1           | V        | 2022-08-01 | 2025-01-06 | U6
V2           | V        | 2025-01-06 |            | A5
W1           | W        | 2024-12-01 | 2025-01-06 | T4
W2           | W        | 2022-08-01 | 2025-01-06 | U6
W3           | W        | 2025-01-06 |            | A6
X1           | X        | 2025-02-01 | 2025-01-06 | U6
X2           | X        | 2025-01-06 |            | A6
"""
[[given]]
table = "records.legal_statuses"
rows = """
legal_status_id | child_id | legal_status_code | started_on | ended_on
L1              | K        | V3                | 2020-01-10 |
L2              | A        | V3                | 2020-01-10 | 2023-08-28
L3              | S        | V3                | 2020-01-10 | 2026-02-28
L4              | T        | V4                | 2026-02-28 |
"""
*/
