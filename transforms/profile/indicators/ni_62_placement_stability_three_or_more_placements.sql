/*
code        = "NI62"
title       = "Placement stability: three or more placements"
family      = "ni"
denominator = "children looked after on the last day of the period, excluding short breaks"
numerator   = "children with three or more placements in force in the period"
unit        = "percent"
good_is     = "low"
periods     = ["rolling_12_months", "financial_year"]
history     = "recomputed"
source      = "LAIT 372; ESD 850"
sourced     = "verified"
reading     = "A placement is in force if it began by the last day and had not ended by the first (one that ended on the first day is not; the alternative counts it). All the child's placements count, in any period of care. Temporary placements (T0 to T4) and rows that start and end on the same day are not counted; the row after a temporary one counts separately (the alternative joins the return). A placement for adoption with the current carer (A3, A5) continues the row before it."
small_numbers = "S1"
*/
WITH placement AS (
  -- With A3 and A5 the child stays with the carer of the row before: both rows are one stay.
  SELECT placement.child_id, placement.started_on, placement.ended_on,
         count(*) FILTER (coalesce(placement.placement_type_code NOT IN ('A3', 'A5'), TRUE)) OVER (
           PARTITION BY placement.child_id
           ORDER BY placement.started_on, placement.ended_on NULLS LAST, placement.placement_id
           ROWS UNBOUNDED PRECEDING
         ) AS stay,
         coalesce(placement.placement_type_code NOT IN ('T0', 'T1', 'T2', 'T3', 'T4'), TRUE)
           AND placement.started_on IS DISTINCT FROM placement.ended_on AS is_counted
  FROM records.placements AS placement
)
SELECT looked_after.period_id, looked_after.child_id AS case_id, looked_after.child_id,
       count(DISTINCT placement.stay) >= 3 AS counts
FROM profile.looked_after AS looked_after
LEFT JOIN placement
  ON placement.child_id = looked_after.child_id AND placement.is_counted
 AND placement.started_on <= looked_after.ends_on
 AND (placement.ended_on IS NULL OR placement.ended_on > looked_after.starts_on)
GROUP BY looked_after.period_id, looked_after.child_id
/*
# Worked example.
as_at = 2026-03-31
period_kind = "rolling_12_months"
numerator = 4
denominator = 12
[[given]]
table = "records.children"
rows = """
child_id | verdict        | because
A        | counts         | three placements; the last began on the as-at date
B        | does not count | the first of three ended on the first day of the period
C        | does not count | a temporary stay and a same-day row are not placements: two remain
D        | counts         | the return after a temporary stay counts separately
E        | does not count | placed for adoption with the current carer: two rows, one stay
F        | does not count | no placement recorded at all
G        | left out       | care ended on the as-at date
H        | left out       | short breaks (V4) on the as-at date
I        | counts         | short breaks ended on the as-at date; placements of an earlier period of care count
J        | does not count | the third placement is in the future: it has not happened
K        | left out       | care starts after the as-at date
L        | does not count | unknown type of placement, two rows
M        | does not count | five temporary stays, one of each type, in one placement, recorded without a return
N        | counts         | placed for adoption with a new carer (A6) is a separate placement
O        | does not count | placed for adoption with consent by the current carer (A3): with the row before it one stay
P        | left out       | short breaks (V3) start on the as-at date
"""
[[given]]
table = "records.looked_after_episodes"
rows = """
episode_id | child_id | started_on | ceased_on  | entered_care_on
E1         | A        | 2024-01-10 |            | 2024-01-10
E2         | B        | 2024-01-10 |            | 2024-01-10
E3         | C        | 2024-01-10 |            | 2024-01-10
E4         | D        | 2024-01-10 | 2026-04-01 | 2024-01-10
E5         | E        | 2024-01-10 |            | 2024-01-10
E6         | F        | 2026-03-31 |            | 2026-03-31
E7         | G        | 2024-01-10 | 2026-03-31 | 2024-01-10
E8         | H        | 2024-01-10 |            | 2024-01-10
E9         | I        | 2025-04-10 | 2025-06-01 | 2025-04-10
E10        | I        | 2026-01-05 |            | 2026-01-05
E11        | J        | 2024-01-10 |            | 2024-01-10
E12        | K        | 2026-04-01 |            | 2026-04-01
E13        | L        | 2024-01-10 |            | 2024-01-10
E14        | M        | 2024-01-10 |            | 2024-01-10
E15        | N        | 2024-01-10 |            | 2024-01-10
E16        | O        | 2024-01-10 |            | 2024-01-10
E17        | P        | 2024-01-10 |            | 2024-01-10
"""
[[given]]
table = "records.placements"
rows = """
placement_id | child_id | started_on | ended_on   | placement_type_code
A1           | A        | 2024-01-10 | 2025-04-02 | U6
A2           | A        | 2025-04-02 | 2026-03-31 | U6
A3           | A        | 2026-03-31 |            | K2
B1           | B        | 2024-01-10 | 2025-04-01 | U6
B2           | B        | 2025-04-01 | 2025-09-01 | U6
B3           | B        | 2025-09-01 |            | U6
C1           | C        | 2024-01-10 | 2025-06-01 | U6
C2           | C        | 2025-06-01 | 2025-06-05 | T3
C3           | C        | 2025-06-05 | 2025-06-05 | U6
C4           | C        | 2025-06-05 |            | U6
D1           | D        | 2024-01-10 | 2025-06-01 | U6
D2           | D        | 2025-06-01 | 2025-06-05 | T4
D3           | D        | 2025-06-05 | 2025-10-01 | U6
D4           | D        | 2025-10-01 |            | U4
E1           | E        | 2024-01-10 | 2025-05-01 | U6
E2           | E        | 2025-05-01 | 2025-11-01 | U5
E3           | E        | 2025-11-01 |            | A5
G1           | G        | 2025-05-01 | 2025-06-01 | U6
G2           | G        | 2025-06-01 | 2025-07-01 | U6
G3           | G        | 2025-07-01 | 2026-03-31 | U6
H1           | H        | 2025-05-01 | 2025-06-01 | U6
H2           | H        | 2025-06-01 | 2025-07-01 | U6
H3           | H        | 2025-07-01 |            | U6
I1           | I        | 2025-04-10 | 2025-05-01 | U6
I2           | I        | 2025-05-01 | 2025-06-01 | U6
I3           | I        | 2026-01-05 |            | U3
J1           | J        | 2024-01-10 | 2025-06-01 | U6
J2           | J        | 2025-06-01 | 2026-04-01 | U6
J3           | J        | 2026-04-01 |            | U6
L1           | L        | 2024-01-10 | 2025-06-01 |
L2           | L        | 2025-06-01 |            |
M1           | M        | 2024-01-10 | 2025-05-01 | U6
M2           | M        | 2025-05-01 | 2025-05-02 | T0
M3           | M        | 2025-05-02 | 2025-05-03 | T1
M4           | M        | 2025-05-03 | 2025-05-04 | T2
M5           | M        | 2025-05-04 | 2025-05-05 | T3
M6           | M        | 2025-05-05 | 2025-05-06 | T4
M7           | M        | 2025-05-06 |            | U6
N1           | N        | 2024-01-10 | 2025-05-01 | U6
N2           | N        | 2025-05-01 | 2025-06-01 | U4
N3           | N        | 2025-06-01 |            | A6
O1           | O        | 2024-01-10 | 2025-05-01 | K2
O2           | O        | 2025-05-01 | 2025-11-01 | U6
O3           | O        | 2025-11-01 |            | A3
P1           | P        | 2025-05-01 | 2025-06-01 | U6
P2           | P        | 2025-06-01 | 2025-07-01 | U6
P3           | P        | 2025-07-01 |            | U6
"""
[[given]]
table = "records.legal_statuses"
rows = """
legal_status_id | child_id | legal_status_code | started_on | ended_on
L1              | H        | V4                | 2026-03-31 |
L2              | I        | V3                | 2026-03-01 | 2026-03-31
L3              | A        | C2                | 2024-01-10 |
L4              | P        | V3                | 2026-03-31 |
"""
*/
