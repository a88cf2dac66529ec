/*
code        = "LA13"
title       = "Visits to children looked after where the child was seen alone"
family      = "cla"
denominator = "visits in the period to children looked after who were aged 4 or over on the day"
numerator   = "visits where the child was seen alone"
unit        = "percent"
good_is     = "high"
periods     = ["rolling_12_months", "month"]
history     = "recomputed"
source      = "seed 002 A16"
sourced     = "verified"
reading     = "Every recorded visit is included, also under short breaks and whether or not the child was seen. We interpret age and understanding as aged 4 or over on the day of the visit; a child without a date of birth is left out. If it is not recorded whether the child was alone, the child was not seen alone."
small_numbers = "S1"
*/
SELECT period.period_id, visit.visit_id AS case_id, visit.child_id, visit.is_seen_alone IS TRUE AS counts
FROM records.looked_after_visits AS visit
JOIN profile.periods AS period ON visit.visited_on BETWEEN period.starts_on AND period.ends_on
JOIN records.children AS child
  ON child.child_id = visit.child_id AND child.born_on + INTERVAL 4 YEAR <= visit.visited_on
/*
# Worked example.
as_at = 2026-02-28
period_kind = "month"
numerator = 5
denominator = 8
[[given]]
table = "records.looked_after_visits"
rows = """
visit_id | child_id | looked_after_period_id | visited_on | is_seen | is_seen_alone | verdict        | because
V1       | A        | C1                     | 2026-02-15 | true    | true          | counts         | on the fourth birthday
V2       | A        | C1                     | 2026-02-14 | true    | true          | left out       | the day before the fourth birthday
V3       | B        | C2                     | 2026-02-01 | true    | true          | counts         | on the first day of the month
V4       | B        | C2                     | 2026-02-28 | true    | false         | does not count | on the last day of the month, seen with others
V5       | B        | C2                     | 2026-02-20 | false   |               | does not count | not seen, and not recorded whether alone
V6       | B        | C2                     | 2026-01-31 | true    | true          | left out       | the month before
V7       | B        | C2                     | 2026-03-01 | true    | true          | left out       | the visit is in the future
V8       | C        | C3                     | 2026-02-10 | true    | true          | left out       | no date of birth
V9       | D        |                        | 2026-02-10 | true    | true          | counts         | period of care not recorded
V10      | E        | C5                     | 2026-02-12 | true    | true          | left out       | born after the visit: a fault
V11      | F        | C6                     | 2026-02-12 | true    | true          | counts         | short breaks are included
V12      | B        | C2                     | 2026-02-20 |         | true          | counts         | a second visit on one day, not recorded whether the child was seen
V13      | G        | C7                     | 2026-02-27 | true    | false         | does not count | born on a leap day, long past four
"""
[[given]]
table = "records.children"
rows = """
child_id | born_on
A        | 2022-02-15
B        | 2015-01-01
C        |
D        | 2012-02-29
E        | 2026-02-13
F        | 2010-01-01
G        | 2016-02-29
"""
[[given]]
table = "records.legal_statuses"
rows = """
legal_status_id | child_id | legal_status_code | started_on | ended_on
L1              | F        | V4                | 2024-01-10 |
"""
*/
