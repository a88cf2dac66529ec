/*
code     = "X011"
source   = "own"
title    = "The trust's date of birth differs from the case system's"
kind     = "query"
severity = "info"
table    = "records.trust_health_assessments"
column   = "born_on"
fix      = "Find out with the trust which date is right, and that it is the same child."
reading  = "The health assessments are the only partner file that carries a date of birth. The row stays matched by its NHS number (choices G20)."
*/
SELECT assessment.received_row
FROM records.trust_health_assessments AS assessment
JOIN records.children AS child ON child.child_id = assessment.matched_child_id
WHERE assessment.born_on <> child.born_on
/*
# Worked example.
as_at = 2026-03-31
[[given]]
table = "records.trust_health_assessments"
rows = """
received_row | request_id | matched_child_id | born_on    | verdict | because
2            | H1         | A                | 2015-05-02 | broken  | a day different
3            | H2         | B                | 2015-05-01 | met     | the same
4            | H3         | C                | 2015-05-02 | met     | the case system has none
5            | H4         | B                |            | met     | the trust gives none
6            | H5         |                  | 2015-05-02 | met     | matches no child
"""
[[given]]
table = "records.children"
rows = """
child_id | born_on
A        | 2015-05-01
B        | 2015-05-01
C        |
"""
*/
