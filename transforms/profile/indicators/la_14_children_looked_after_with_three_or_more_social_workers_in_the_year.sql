/*
code        = "LA14"
title       = "Children looked after with three or more social workers in the year"
family      = "cla"
denominator = "children looked after on the last day of the period, excluding short breaks"
numerator   = "children with three or more different case workers in the period"
unit        = "percent"
good_is     = "low"
periods     = ["rolling_12_months"]
history     = "recomputed"
source      = "LAIT Stability_SocialWorker; DASH enabler3"
sourced     = "verified"
reading     = "A case worker is a worker with an involvement in role CW in force in the period: it began by the last day and had not ended by the first (an involvement that ended on the first day is not in force). Workers are counted, not changes: going back to a former worker is not a third. Workers from before entry to care count. An involvement without a worker is not counted."
small_numbers = "S1"
*/
SELECT looked_after.period_id, looked_after.child_id AS case_id, looked_after.child_id,
       count(DISTINCT involvement.professional_id) >= 3 AS counts
FROM profile.looked_after AS looked_after
LEFT JOIN records.involvements AS involvement
  ON involvement.child_id = looked_after.child_id AND involvement.role_code = 'CW'
 AND involvement.started_on <= looked_after.ends_on
 AND (involvement.ended_on IS NULL OR involvement.ended_on > looked_after.starts_on)
GROUP BY looked_after.period_id, looked_after.child_id
/*
# Worked example.
as_at = 2026-03-31
period_kind = "rolling_12_months"
numerator = 3
denominator = 12
[[given]]
table = "records.children"
rows = """
child_id | verdict        | because
A        | counts         | three workers, the last from the as-at date
B        | does not count | the first of three ended on the first day of the period
C        | counts         | the first of three ended the day after
D        | does not count | back to the first worker: two workers
E        | does not count | the third is a reviewing officer
F        | does not count | the third worker starts in the future
G        | does not count | no worker at all
H        | counts         | workers from before entry to care count
I        | left out       | left care on the as-at date
J        | left out       | short breaks
K        | does not count | the third involvement names no worker
L        | does not count | the third involvement's role is not recorded
M        | does not count | one worker, recorded three times
N        | does not count | three workers, all but one before the period
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
E8         | H        | 2026-03-31 |            | 2026-03-31
E9         | I        | 2024-01-10 | 2026-03-31 | 2024-01-10
E10        | J        | 2024-01-10 |            | 2024-01-10
E11        | K        | 2024-01-10 | 2026-04-01 | 2024-01-10
E12        | L        | 2024-01-10 |            | 2024-01-10
E13        | M        | 2024-01-10 |            | 2024-01-10
E14        | N        | 2024-01-10 |            | 2024-01-10
"""
[[given]]
table = "records.involvements"
rows = """
involvement_id | child_id | professional_id | role_code | started_on | ended_on
A1             | A        | P1              | CW        | 2024-01-10 | 2025-06-02
A2             | A        | P2              | CW        | 2025-06-02 | 2026-03-31
A3             | A        | P3              | CW        | 2026-03-31 |
B1             | B        | P1              | CW        | 2024-01-10 | 2025-04-01
B2             | B        | P2              | CW        | 2025-04-01 | 2025-09-01
B3             | B        | P3              | CW        | 2025-09-01 |
C1             | C        | P1              | CW        | 2024-01-10 | 2025-04-02
C2             | C        | P2              | CW        | 2025-04-02 | 2025-09-01
C3             | C        | P3              | CW        | 2025-09-01 |
D1             | D        | P1              | CW        | 2024-01-10 | 2025-06-02
D2             | D        | P2              | CW        | 2025-06-02 | 2025-09-01
D3             | D        | P1              | CW        | 2025-09-01 |
E1             | E        | P1              | CW        | 2024-01-10 | 2025-06-02
E2             | E        | P2              | CW        | 2025-06-02 |
E3             | E        | P3              | IRO       | 2024-01-10 |
F1             | F        | P1              | CW        | 2024-01-10 | 2025-06-02
F2             | F        | P2              | CW        | 2025-06-02 | 2026-04-01
F3             | F        | P3              | CW        | 2026-04-01 |
H1             | H        | P1              | CW        | 2025-01-10 | 2025-06-02
H2             | H        | P2              | CW        | 2025-06-02 | 2025-09-01
H3             | H        | P3              | CW        | 2025-09-01 |
I1             | I        | P1              | CW        | 2025-06-02 |
I2             | I        | P2              | CW        | 2025-06-02 |
I3             | I        | P3              | CW        | 2025-06-02 |
J1             | J        | P1              | CW        | 2025-06-02 |
J2             | J        | P2              | CW        | 2025-06-02 |
J3             | J        | P3              | CW        | 2025-06-02 |
K1             | K        | P1              | CW        | 2025-06-02 |
K2             | K        | P2              | CW        | 2025-06-02 |
K3             | K        |                 | CW        | 2025-06-02 |
L1             | L        | P1              | CW        | 2025-06-02 |
L2             | L        | P2              | CW        | 2025-06-02 |
L3             | L        | P3              |           | 2025-06-02 |
M1             | M        | P1              | CW        | 2025-06-02 | 2025-07-01
M2             | M        | P1              | CW        | 2025-07-01 | 2025-08-01
M3             | M        | P1              | CW        | 2025-08-01 |
N1             | N        | P1              | CW        | 2024-01-10 | 2024-06-02
N2             | N        | P2              | CW        | 2024-06-02 | 2025-03-31
N3             | N        | P3              | CW        | 2025-03-31 |
"""
[[given]]
table = "records.legal_statuses"
rows = """
legal_status_id | child_id | legal_status_code | started_on | ended_on
L1              | J        | V3                | 2024-01-10 |
"""
*/
