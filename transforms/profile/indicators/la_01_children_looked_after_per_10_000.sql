/*
code        = "LA01"
title       = "Children looked after per 10,000"
family      = "cla"
denominator = "population aged 0 to 17"
numerator   = "children looked after at the date, excluding short breaks"
unit        = "rate_per_10000"
good_is     = "neutral"
periods     = ["snapshot"]
history     = "recomputed"
source      = "LAIT 124"
sourced     = "verified"
reading     = "Looked after means having an episode of care open at the date (ceased on the date is not open); each child counts once. A child with legal status V3 or V4 open at the date is on short breaks and is not counted."
small_numbers = "S1"
*/
SELECT period_id, child_id AS case_id, child_id, TRUE AS counts
FROM profile.looked_after
/*
# Worked example.
as_at = 2026-03-31
period_kind = "snapshot"
numerator = 5
denominator = 4000
[[given]]
table = "records.children"
rows = """
child_id | verdict  | because
A        | counts   | looked after
B        | counts   | started on the day
C        | left out | ceased on the day
D        | counts   | ceases tomorrow
E        | left out | short breaks under an agreement (V4)
F        | counts   | short breaks ended on the day
G        | left out | the start is in the future
H        | counts   | two episodes open, a fault: one child
I        | left out | short breaks (V3) from this day, ending tomorrow
"""
[[given]]
table = "records.looked_after_episodes"
rows = """
episode_id | child_id | started_on | ceased_on
E1         | A        | 2024-01-10 | 2025-01-10
E2         | A        | 2025-01-10 |
E3         | B        | 2026-03-31 |
E4         | C        | 2024-01-10 | 2026-03-31
E5         | D        | 2024-01-10 | 2026-04-01
E6         | E        | 2024-01-10 |
E7         | F        | 2024-01-10 |
E8         | G        | 2026-04-01 |
E9         | H        | 2024-01-10 |
E10        | H        | 2025-01-10 |
E11        | I        | 2024-01-10 |
"""
[[given]]
table = "records.legal_statuses"
rows = """
legal_status_id | child_id | legal_status_code | started_on | ended_on
L1              | A        | C2                | 2024-01-10 |
L2              | E        | V4                | 2024-01-10 |
L3              | F        | V4                | 2024-01-10 | 2026-03-31
L4              | I        | V3                | 2026-03-31 | 2026-04-01
L5              | D        | V3                | 2026-04-01 |
"""
[[given]]
table = "records.population"
rows = """
authority_code | year | age | persons
E06000099      | 2026 | 5   | 4000
"""
*/
