/*
code        = "FD01"
title       = "Contacts received"
family      = "front_door"
denominator = "none, it is a count"
numerator   = "contacts in the period, one for each child"
unit        = "count"
good_is     = "neutral"
periods     = ["rolling_12_months", "last_6_months", "month", "week"]
history     = "recomputed"
source      = "Annex A list 1 (six months) via SSD AnnexA sql"
sourced     = "verified"
reading     = "Every contact row in the period, whatever its outcome; a contact about three children counts as three."
small_numbers = "S1"
*/
SELECT period.period_id, contact.contact_id AS case_id, contact.child_id, TRUE AS counts
FROM records.contacts AS contact
JOIN profile.periods AS period ON contact.contacted_on BETWEEN period.starts_on AND period.ends_on
/*
# Worked example.
as_at = 2026-03-31
period_kind = "week"
numerator = 3
denominator = 3
[[given]]
table = "records.contacts"
rows = """
contact_id | child_id | contacted_on | verdict  | because
C1         | A        | 2026-03-23   | counts   | Monday of the last whole week
C2         | A        | 2026-03-29   | counts   | its Sunday; the same child again
C3         | B        | 2026-03-29   | counts   | another child of the same contact
C4         | C        | 2026-03-22   | left out | the Sunday before
C5         | D        | 2026-03-30   | left out | the week that starts on this Monday is not over
C6         | E        | 2026-04-01   | left out | the day is in the future
"""
*/
