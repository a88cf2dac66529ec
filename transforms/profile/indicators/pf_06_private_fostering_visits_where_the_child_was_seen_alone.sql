/*
code        = "PF06"
title       = "Private fostering visits where the child was seen alone"
family      = "private_fostering"
denominator = "visits in the period, excluding those where seeing the child alone was judged inappropriate"
numerator   = "visits where the child was spoken to alone"
unit        = "percent"
good_is     = "high"
periods     = ["rolling_12_months"]
history     = "recomputed"
source      = "reg 8(3)"
sourced     = "verified"
reading     = "Every kind of visit in the visit log, whatever the child's age. A visit where seeing the child alone was judged inappropriate is not counted; if nothing is recorded, the child was not seen alone."
threshold   = "100% (SI 2005/1533 reg 8(3))"
small_numbers = "S4"
*/
SELECT period.period_id, visit.pf_visit_id AS case_id, arrangement.child_id,
       coalesce(visit.seen_alone_code = 'Y', FALSE) AS counts
FROM records.private_fostering_visits AS visit
JOIN profile.periods AS period ON visit.visited_on BETWEEN period.starts_on AND period.ends_on
LEFT JOIN records.private_fostering_arrangements AS arrangement ON arrangement.pf_ref = visit.pf_ref
WHERE visit.seen_alone_code IS DISTINCT FROM 'INAPPROPRIATE'
/*
# Worked example.
as_at = 2026-03-31
period_kind = "rolling_12_months"
numerator = 3
denominator = 6
[[given]]
table = "records.private_fostering_visits"
rows = """
pf_visit_id | pf_ref | visited_on | visit_kind_code | seen_alone_code | verdict        | because
V1          | F1     | 2025-04-01 | STATUTORY       | Y               | counts         | the first day of the period
V2          | F1     | 2026-03-31 | REQUESTED       | Y               | counts         | the as-at date
V3          | F1     | 2025-06-02 | INITIAL         | N               | does not count | not alone
V4          | F1     | 2025-07-02 | STATUTORY       |                 | does not count | not recorded
V5          | F1     | 2025-08-02 | STATUTORY       | INAPPROPRIATE   | left out       | judged inappropriate
V6          | F9     | 2025-08-02 |                 | Y               | counts         | kind of visit not recorded; the arrangement is not in the log
V7          | F1     | 2025-09-02 | STATUTORY       | MAYBE           | does not count | an unknown code does not mean yes
V8          | F1     | 2025-03-31 | STATUTORY       | Y               | left out       | the day before the period
V9          | F1     | 2026-04-01 | STATUTORY       | Y               | left out       | the visit is in the future
"""
[[given]]
table = "records.private_fostering_arrangements"
rows = """
pf_ref | child_id | notified_on
F1     | A        | 2025-03-01
"""
*/
