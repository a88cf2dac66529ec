/*
code        = "CN03"
title       = "Child in need visits where the child was seen alone"
family      = "cin"
denominator = "child in need visits in the period to children aged 4 or over on the day"
numerator   = "visits where the child was seen alone"
unit        = "percent"
good_is     = "high"
periods     = ["rolling_12_months", "month"]
history     = "recomputed"
source      = "seed 002 'seen alone'"
sourced     = "proposed"
reading     = "Old enough means aged 4 or over on the day of the visit; a child without a date of birth is left out. Every visit is included, whether or not the child was seen; if it is not recorded whether the child was alone, the child was not seen alone."
small_numbers = "S1"
*/
SELECT period.period_id, visit.visit_id AS case_id, visit.child_id, visit.is_seen_alone IS TRUE AS counts
FROM records.child_in_need_visits AS visit
JOIN profile.periods AS period ON visit.visited_on BETWEEN period.starts_on AND period.ends_on
JOIN records.children AS child
  ON child.child_id = visit.child_id AND child.born_on + INTERVAL 4 YEAR <= visit.visited_on
/*
# Worked example.
as_at = 2026-02-28
period_kind = "month"
numerator = 4
denominator = 7
[[given]]
table = "records.child_in_need_visits"
rows = """
visit_id | child_id | visited_on | is_seen | is_seen_alone | verdict        | because
V1       | A        | 2026-02-15 | true    | true          | counts         | on the fourth birthday
V2       | A        | 2026-02-14 | true    | true          | left out       | the day before the fourth birthday
V3       | B        | 2026-02-01 | true    | true          | counts         | on the first day of the month
V4       | B        | 2026-02-28 | true    | false         | does not count | on the last day of the month, seen with others
V5       | B        | 2026-02-20 | false   |               | does not count | not seen, and not recorded whether alone
V6       | B        | 2026-01-31 | true    | true          | left out       | the month before
V7       | C        | 2026-02-10 | true    | true          | left out       | no date of birth
V8       | D        | 2026-02-28 | true    | true          | counts         | born on a leap day
V9       | E        | 2026-02-12 | true    | true          | left out       | born after the visit: a fault
V10      | B        | 2026-03-01 | true    | true          | left out       | the visit is in the future
V11      | F        | 2026-02-27 |         | false         | does not count | not recorded whether the child was seen
V12      | B        | 2026-02-20 |         | true          | counts         | a second visit on the day; recorded as seen alone but not as seen
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
"""
*/
