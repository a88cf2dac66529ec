/*
code        = "LA05"
title       = "Children looked after in foster placements"
family      = "cla"
denominator = "children looked after at the date, excluding short breaks"
numerator   = "children placed with foster carers (U1 to U6)"
unit        = "percent"
good_is     = "high"
periods     = ["snapshot"]
history     = "recomputed"
source      = "LAIT 396"
sourced     = "verified"
reading     = "The placement is the one open at the date with the latest start, of any type, as in NI63 (ended on the date is not open). A child without an open placement stays in the denominator. Placed for adoption (A3 to A6) is not fostering."
small_numbers = "S1"
*/
SELECT looked_after.period_id, looked_after.child_id AS case_id, looked_after.child_id,
       coalesce(placement.placement_type_code IN ('U1', 'U2', 'U3', 'U4', 'U5', 'U6'), FALSE) AS counts
FROM profile.looked_after AS looked_after
LEFT JOIN records.placements AS placement
  ON placement.child_id = looked_after.child_id
 AND placement.started_on <= looked_after.ends_on
 AND (placement.ended_on IS NULL OR placement.ended_on > looked_after.ends_on)
QUALIFY row_number() OVER (
  PARTITION BY looked_after.period_id, looked_after.child_id
  ORDER BY placement.started_on DESC NULLS LAST, placement.placement_id
) = 1
/*
# Worked example.
as_at = 2026-03-31
period_kind = "snapshot"
numerator = 8
denominator = 15
[[given]]
table = "records.children"
rows = """
child_id | verdict        | because
A        | counts         | U1, the first of the fostering codes
B        | counts         | U2
C        | counts         | U3
D        | counts         | U4
E        | counts         | U5
F        | counts         | U6, the last of them
G        | does not count | children's home
H        | does not count | placed for adoption with the foster carer
I        | does not count | the foster placement ended on the date
J        | counts         | moved to foster carers on the date
K        | does not count | two open, a fault: the one with the latest start is a children's home
L        | does not count | type of placement not recorded
M        | does not count | the foster placement starts tomorrow
N        | counts         | the foster placement ends tomorrow
O        | left out       | short breaks
P        | left out       | left care on the date
Q        | does not count | no placement recorded at all
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
E10        | J        | 2024-01-10 |
E11        | K        | 2024-01-10 |
E12        | L        | 2024-01-10 |
E13        | M        | 2024-01-10 |
E14        | N        | 2024-01-10 | 2026-04-01
E15        | O        | 2024-01-10 |
E16        | P        | 2024-01-10 | 2026-03-31
E17        | Q        | 2024-01-10 |
"""
[[given]]
table = "records.placements"
rows = """
placement_id | child_id | started_on | ended_on   | placement_type_code
A1           | A        | 2024-01-10 |            | U1
B1           | B        | 2024-01-10 |            | U2
C1           | C        | 2024-01-10 |            | U3
D1           | D        | 2024-01-10 |            | U4
E1           | E        | 2024-01-10 |            | U5
F1           | F        | 2024-01-10 |            | U6
G1           | G        | 2024-01-10 |            | K2
H1           | H        | 2024-01-10 | 2025-06-01 | U4
H2           | H        | 2025-06-01 |            | A5
I1           | I        | 2024-01-10 | 2026-03-31 | U6
J1           | J        | 2024-01-10 | 2026-03-31 | K2
J2           | J        | 2026-03-31 |            | U6
K1           | K        | 2024-01-10 |            | U6
K2           | K        | 2025-01-10 |            | K2
L1           | L        | 2024-01-10 |            |
M1           | M        | 2024-01-10 |            | R3
M2           | M        | 2026-04-01 |            | U6
N1           | N        | 2024-01-10 | 2026-04-01 | U6
O1           | O        | 2024-01-10 |            | U6
P1           | P        | 2024-01-10 |            | U6
"""
[[given]]
table = "records.legal_statuses"
rows = """
legal_status_id | child_id | legal_status_code | started_on | ended_on
L1              | O        | V3                | 2024-01-10 |
"""
*/
