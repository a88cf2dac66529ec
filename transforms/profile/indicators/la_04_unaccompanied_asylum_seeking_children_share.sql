/*
code        = "LA04"
title       = "Unaccompanied asylum-seeking children among children looked after"
family      = "cla"
denominator = "children looked after at the date, excluding short breaks"
numerator   = "unaccompanied asylum-seeking children"
unit        = "percent"
good_is     = "neutral"
periods     = ["snapshot"]
history     = "recomputed"
source      = "LAIT"
sourced     = "verified"
reading     = "Unaccompanied means having the immigration status UASC open at the date (a status that ended on the date is not open)."
small_numbers = "S1"
*/
SELECT looked_after.period_id, looked_after.child_id AS case_id, looked_after.child_id,
       EXISTS (
         FROM records.immigration_statuses AS status
         WHERE status.child_id = looked_after.child_id AND status.immigration_status_code = 'UASC'
           AND status.started_on <= looked_after.ends_on
           AND (status.ended_on IS NULL OR status.ended_on > looked_after.ends_on)
       ) AS counts
FROM profile.looked_after AS looked_after
/*
# Worked example.
as_at = 2026-03-31
period_kind = "snapshot"
numerator = 4
denominator = 10
[[given]]
table = "records.children"
rows = """
child_id | verdict        | because
A        | counts         | status open
B        | does not count | no status recorded
C        | does not count | the status ended on the date
D        | counts         | the status ends tomorrow
E        | does not count | the status starts tomorrow
F        | counts         | the status starts on the date
G        | does not count | now a refugee
H        | left out       | short breaks
I        | left out       | left care on the date
J        | counts         | recorded twice: one child
K        | does not count | kind of status not recorded
L        | does not count | age assessed: an adult asylum seeker
M        | left out       | never looked after
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
E6         | F        | 2026-03-31 |
E7         | G        | 2024-01-10 |
E8         | H        | 2024-01-10 |
E9         | I        | 2024-01-10 | 2026-03-31
E10        | J        | 2024-01-10 |
E11        | K        | 2024-01-10 | 2026-04-01
E12        | L        | 2024-01-10 |
"""
[[given]]
table = "records.immigration_statuses"
rows = """
child_id | immigration_status_id | immigration_status_code | started_on | ended_on
A        | S1                    | UASC                    | 2024-01-10 |
C        | S2                    | UASC                    | 2024-01-10 | 2026-03-31
D        | S3                    | UASC                    | 2024-01-10 | 2026-04-01
E        | S4                    | UASC                    | 2026-04-01 |
F        | S5                    | UASC                    | 2026-03-31 |
G        | S6                    | UASC                    | 2024-01-10 | 2025-06-01
G        | S7                    | Refugee Status          | 2025-06-01 |
H        | S8                    | UASC                    | 2024-01-10 |
I        | S9                    | UASC                    | 2024-01-10 |
J        | S10                   | UASC                    | 2024-01-10 |
J        | S11                   | UASC                    | 2025-01-10 |
K        | S12                   |                         | 2024-01-10 |
L        | S13                   | Adult Asylum Seeker     | 2024-01-10 |
M        | S14                   | UASC                    | 2024-01-10 |
"""
[[given]]
table = "records.legal_statuses"
rows = """
legal_status_id | child_id | legal_status_code | started_on | ended_on
L1              | H        | V4                | 2024-01-10 |
"""
*/
