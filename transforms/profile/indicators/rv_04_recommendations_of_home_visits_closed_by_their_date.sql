/*
code        = "RV04"
title       = "Recommendations of home visits closed by their date"
family      = "reg44"
denominator = "recommendations from independent visits due in the period"
numerator   = "recommendations closed on or before the day they were due"
unit        = "percent"
good_is     = "high"
periods     = ["rolling_12_months"]
history     = "recomputed"
source      = "reg 44(5); seed 002 D9"
sourced     = "verified"
reading     = "Recommendations are counted by the day they were due, whenever the visit was. Closed on that day is in time; not closed by then is not. A recommendation without a due day is not counted."
threshold   = "100% (reg 44(5); seed 002 D9)"
open_and_late = "recommendations due before the last day and not closed by it"
small_numbers = "S1"
*/
SELECT period.period_id, recommendation.recommendation_id AS case_id, NULL::VARCHAR AS child_id,
       coalesce(recommendation.closed_on <= recommendation.due_on, FALSE) AS counts
FROM records.independent_visit_recommendations AS recommendation
JOIN profile.periods AS period ON recommendation.due_on BETWEEN period.starts_on AND period.ends_on;

SELECT period.period_id, recommendation.recommendation_id AS case_id, NULL::VARCHAR AS child_id
FROM records.independent_visit_recommendations AS recommendation
JOIN profile.periods AS period
  ON recommendation.due_on < period.ends_on
 AND (recommendation.closed_on IS NULL OR recommendation.closed_on > period.ends_on)
/*
# Worked example.
as_at = 2026-03-31
period_kind = "rolling_12_months"
numerator = 3
denominator = 8
open_and_late_cases = "R5, R7, R10"
[[given]]
table = "records.independent_visit_recommendations"
rows = """
recommendation_id | visit_id | due_on     | closed_on  | rag_code | verdict        | because
R1                | V1       | 2025-04-01 | 2025-04-01 | G        | counts         | closed on the day due, the first of the period
R2                | V1       | 2025-07-01 | 2025-07-02 | G        | does not count | closed a day late
R3                | V1       | 2026-03-31 | 2026-03-31 | G        | counts         | due and closed on the as-at date
R4                | V1       | 2026-03-31 |            | A        | does not count | due on the as-at date and not closed: not in time, not yet late
R5                | V1       | 2026-03-30 |            | R        | does not count | due yesterday, open
R6                | V2       | 2025-09-01 | 2025-03-01 | G        | counts         | closed before the period
R7                | V2       | 2025-09-01 | 2026-04-01 | R        | does not count | the closing is in the future
R8                | V2       | 2025-09-01 | 2026-03-31 | R        | does not count | closed on the as-at date, late
R9                | V2       | 2025-03-31 | 2025-03-31 | G        | left out       | due the day before the period
R10               | V2       | 2025-03-31 |            | R        | open and late  | due the day before the period, still open
R11               | V2       | 2026-04-01 |            | A        | left out       | not yet due
R12               | V2       |            |            | A        | left out       | no due day
R13               | V2       | 2025-03-31 | 2026-03-31 | G        | left out       | due the day before the period, closed on the as-at date
"""
*/
