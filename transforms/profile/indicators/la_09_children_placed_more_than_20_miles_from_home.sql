/*
code        = "LA09"
title       = "Children placed more than 20 miles from home"
family      = "cla"
denominator = "children looked after at the date whose placement's distance from home is known, excluding short breaks"
numerator   = "children placed more than 20 miles from home"
unit        = "percent"
good_is     = "low"
periods     = ["snapshot"]
history     = "recomputed"
source      = "LAIT 87; DASH"
sourced     = "verified"
reading     = "More than 20 miles means that the distance of the placement open at the date is above 20; exactly 20 is not. The placement is the one with the latest start, of any type, as in NI63. A child is not counted if the distance is blank (as it is for unaccompanied children) or 999.9 (not computable), or if there is no open placement. Whether the placement is outside the council's boundary does not matter; in LAIT's figure it does."
small_numbers = "S1"
*/
WITH placement AS (
  SELECT looked_after.period_id, looked_after.child_id, placement.distance_miles
  FROM profile.looked_after AS looked_after
  JOIN records.placements AS placement
    ON placement.child_id = looked_after.child_id
   AND placement.started_on <= looked_after.ends_on
   AND (placement.ended_on IS NULL OR placement.ended_on > looked_after.ends_on)
  QUALIFY row_number() OVER (
    PARTITION BY looked_after.period_id, looked_after.child_id
    ORDER BY placement.started_on DESC, placement.placement_id
  ) = 1
)
SELECT placement.period_id, placement.child_id AS case_id, placement.child_id, placement.distance_miles > 20 AS counts
FROM placement
-- Stored in single precision, 999.9 is slightly more: any distance at least that far is the same mark.
WHERE placement.distance_miles < 999.9
/*
# Worked example.
as_at = 2026-03-31
period_kind = "snapshot"
numerator = 3
denominator = 6
[[given]]
table = "records.children"
rows = """
child_id | verdict        | because
A        | does not count | exactly 20 miles
B        | counts         | one tenth of a mile more
C        | left out       | distance not recorded
D        | left out       | 999.9: not computable
E        | does not count | at home: distance 0
F        | counts         | moved on the date, far away
G        | does not count | the move far away is in the future
H        | left out       | the only placement ended on the date
I        | left out       | short breaks
J        | left out       | left care on the date
K        | left out       | no placement recorded
L        | left out       | two open, a fault: the one with the latest start has no distance
M        | counts         | the furthest distance possible
"""
[[given]]
table = "records.looked_after_episodes"
rows = """
episode_id | child_id | started_on | ceased_on
E1         | A        | 2024-01-10 |
E2         | B        | 2024-01-10 |
E3         | C        | 2024-01-10 |
E4         | D        | 2024-01-10 |
E5         | E        | 2024-01-10 |
E6         | F        | 2024-01-10 |
E7         | G        | 2024-01-10 |
E8         | H        | 2024-01-10 |
E9         | I        | 2024-01-10 |
E10        | J        | 2024-01-10 | 2026-03-31
E11        | K        | 2024-01-10 |
E12        | L        | 2024-01-10 |
E13        | M        | 2024-01-10 |
"""
[[given]]
table = "records.placements"
rows = """
placement_id | child_id | started_on | ended_on   | placement_type_code | distance_miles
A1           | A        | 2024-01-10 |            | U6                  | 20.0
B1           | B        | 2024-01-10 |            | U6                  | 20.1
C1           | C        | 2024-01-10 |            | U6                  |
D1           | D        | 2024-01-10 |            | U6                  | 999.9
E1           | E        | 2024-01-10 |            | P1                  | 0.0
F1           | F        | 2024-01-10 | 2026-03-31 | U6                  | 2.0
F2           | F        | 2026-03-31 |            | K2                  | 150.5
G1           | G        | 2024-01-10 | 2026-04-01 | U6                  | 2.0
G2           | G        | 2026-04-01 |            | K2                  | 150.5
H1           | H        | 2024-01-10 | 2026-03-31 | U6                  | 30.0
I1           | I        | 2024-01-10 |            | U6                  | 30.0
J1           | J        | 2024-01-10 |            | U6                  | 30.0
L1           | L        | 2024-01-10 |            | U6                  | 30.0
L2           | L        | 2025-01-10 |            | K2                  |
M1           | M        | 2024-01-10 |            | K1                  | 999.8
"""
[[given]]
table = "records.legal_statuses"
rows = """
legal_status_id | child_id | legal_status_code | started_on | ended_on
L1              | I        | V4                | 2024-01-10 |
"""
*/
