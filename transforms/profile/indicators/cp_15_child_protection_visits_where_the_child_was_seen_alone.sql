/*
code        = "CP15"
title       = "Child protection visits where the child was seen alone"
family      = "cp"
denominator = "child protection visits in the period to children aged 4 or over on the day"
numerator   = "visits where the child was seen alone"
unit        = "percent"
good_is     = "high"
periods     = ["rolling_12_months", "month"]
history     = "recomputed"
source      = "Annex A list 7 'seen alone'; seed 002 A14"
sourced     = "verified"
reading     = "Old enough means aged 4 or over on the day of the visit; a child without a date of birth is left out. Every visit is included, under any plan, whether or not the child was seen; if it is not recorded whether the child was alone, the child was not seen alone."
small_numbers = "S1"
*/
SELECT period.period_id, visit.visit_id AS case_id, visit.child_id, visit.is_seen_alone IS TRUE AS counts
FROM records.child_protection_visits AS visit
JOIN profile.periods AS period ON visit.visited_on BETWEEN period.starts_on AND period.ends_on
JOIN records.children AS child
  ON child.child_id = visit.child_id AND child.born_on + INTERVAL 4 YEAR <= visit.visited_on
/*
# Worked example.
as_at = 2026-03-31
period_kind = "month"
numerator = 4
denominator = 7
[[given]]
table = "records.child_protection_visits"
rows = """
visit_id | child_id | plan_id | visited_on | is_seen | is_seen_alone | verdict        | because
V1       | A        | P1      | 2026-03-15 | true    | true          | counts         | on the fourth birthday
V2       | A        | P1      | 2026-03-14 | true    | true          | left out       | the day before the fourth birthday
V3       | B        | P2      | 2026-03-01 | true    | true          | counts         | on the first day of the month
V4       | B        | P2      | 2026-03-31 | true    | false         | does not count | on the last day of the month, seen with others
V5       | B        | P2      | 2026-03-20 | false   |               | does not count | not seen, and not recorded whether alone
V6       | B        | P2      | 2026-02-28 | true    | true          | left out       | the month before
V7       | C        | P3      | 2026-03-10 | true    | true          | left out       | no date of birth
V8       | D        |         | 2026-03-10 | true    | true          | counts         | visit without a plan
V9       | B        | P4      | 2026-03-11 | true    | true          | counts         | visit under another authority's plan
V10      | E        | P5      | 2026-03-12 | true    | true          | left out       | born after the visit: a fault
V11      | B        | P2      | 2026-04-01 | true    | true          | left out       | the visit is in the future
V12      | F        | P6      | 2026-03-31 |         | false         | does not count | not recorded whether the child was seen
"""
[[given]]
table = "records.children"
rows = """
child_id | born_on
A        | 2022-03-15
B        | 2015-01-01
C        |
D        | 2012-02-29
E        | 2026-03-13
F        | 2010-01-01
"""
*/
