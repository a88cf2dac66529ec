/*
code        = "HE06"
title       = "Immunisations up to date"
family      = "health"
denominator = "children looked after at the date who had entered care 12 months before it or earlier, excluding short breaks"
numerator   = "children recorded as up to date with their immunisations"
unit        = "percent"
good_is     = "high"
periods     = ["snapshot"]
history     = "current state only"
source      = "LAIT 3"
sourced     = "verified"
reading     = "Up to date means that the case system says so, including what was due before care; the trust's return is not used. A blank, a child without a row, and a position confirmed on a day in the future are not up to date. Children in care for 12 calendar months or more are included. The extract has one position per child, so earlier dates are not measured."
small_numbers = "S1"
*/
SELECT looked_after.period_id, looked_after.child_id AS case_id, looked_after.child_id,
       coalesce(immunisation.is_up_to_date, FALSE)
         AND coalesce(immunisation.status_on <= looked_after.ends_on, TRUE) AS counts
FROM profile.looked_after AS looked_after
LEFT JOIN records.immunisations AS immunisation ON immunisation.child_id = looked_after.child_id
WHERE looked_after.entered_care_on <= looked_after.ends_on - INTERVAL 12 MONTH
/*
# Worked example.
as_at = 2026-03-31
period_kind = "snapshot"
numerator = 3
denominator = 8
[[given]]
table = "records.children"
rows = """
child_id | verdict        | because
A        | counts         | confirmed on the as-at date
B        | does not count | behind
C        | does not count | nothing recorded
D        | does not count | a row without the answer
E        | does not count | confirmed on a day in the future
F        | counts         | in care for exactly 12 months; confirmed before care
G        | left out       | in care for one day less than 12 months
H        | left out       | short breaks
I        | does not count | only the trust's return says so
J        | counts         | the day it was confirmed is not recorded
K        | left out       | left care on the as-at date
L        | left out       | day of entry not recorded
"""
[[given]]
table = "records.looked_after_episodes"
rows = """
episode_id | child_id | started_on | ceased_on  | entered_care_on
E1         | A        | 2020-01-10 |            | 2020-01-10
E2         | B        | 2020-01-10 |            | 2020-01-10
E3         | C        | 2020-01-10 |            | 2020-01-10
E4         | D        | 2020-01-10 |            | 2020-01-10
E5         | E        | 2020-01-10 |            | 2020-01-10
E6         | F        | 2025-03-31 |            | 2025-03-31
E7         | G        | 2025-04-01 |            | 2025-04-01
E8         | H        | 2020-01-10 |            | 2020-01-10
E9         | I        | 2020-01-10 |            | 2020-01-10
E10        | J        | 2020-01-10 |            | 2020-01-10
E11        | K        | 2020-01-10 | 2026-03-31 | 2020-01-10
E12        | L        | 2020-01-10 |            |
"""
[[given]]
table = "records.immunisations"
rows = """
child_id | is_up_to_date | status_on
A        | true          | 2026-03-31
B        | false         | 2026-01-10
D        |               | 2026-01-10
E        | true          | 2026-04-01
F        | true          | 2024-11-04
G        | true          | 2026-01-10
H        | true          | 2026-01-10
J        | true          |
K        | true          | 2026-01-10
L        | true          | 2026-01-10
"""
[[given]]
table = "records.trust_immunisations"
rows = """
row_id | matched_child_id | status_code | status_on
T1     | I                | UP_TO_DATE  | 2026-01-10
T2     | A                | BEHIND      | 2026-03-30
"""
[[given]]
table = "records.legal_statuses"
rows = """
legal_status_id | child_id | legal_status_code | started_on | ended_on
L1              | H        | V3                | 2020-01-10 |
"""
*/
