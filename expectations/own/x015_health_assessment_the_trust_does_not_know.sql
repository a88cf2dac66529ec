/*
code     = "X015"
source   = "own"
title    = "A health assessment in the case system has no counterpart at the trust within seven days"
kind     = "query"
severity = "info"
table    = "records.health_checks"
column   = "checked_on"
fix      = "Ask the trust when the assessment was done."
reading  = "An assessment on one side needs one of the same kind (initial or review) on the other side within seven days. Only completed assessments from the first to the last day that the other side holds are checked, so that a shorter history is not a fault."
*/
SELECT recorded.received_row
FROM records.health_checks AS recorded
WHERE recorded.health_check_type_code IN ('IHA', 'RHA') AND recorded.status_code = 'Completed'
  AND recorded.checked_on BETWEEN (
    SELECT min(earliest.attended_on) FROM records.trust_health_assessments AS earliest
    WHERE earliest.outcome_code = 'COMPLETED'
  ) AND (
    SELECT max(latest.attended_on) FROM records.trust_health_assessments AS latest
    WHERE latest.outcome_code = 'COMPLETED'
  )
  AND NOT EXISTS (
    SELECT 1 FROM records.trust_health_assessments AS assessment
    WHERE assessment.matched_child_id = recorded.child_id AND assessment.outcome_code = 'COMPLETED'
      AND left(assessment.assessment_kind_code, 3) = recorded.health_check_type_code
      AND abs(assessment.attended_on - recorded.checked_on) <= 7
  )
/*
# Worked example.
as_at = 2026-03-31
[[given]]
table = "records.health_checks"
rows = """
received_row | health_check_id | child_id | health_check_type_code | checked_on | status_code | verdict | because
2            | H1              | A        | RHA                    | 2025-06-08 | Completed   | met     | seven days after the trust's
3            | H2              | B        | RHA                    | 2025-06-09 | Completed   | broken  | eight days after the trust's
4            | H3              | C        | IHA                    | 2025-06-01 | Completed   | broken  | the trust has a review
5            | H4              | D        | RHA                    | 2025-06-01 | Refused     | met     | not done
6            | H5              | D        | DENT                   | 2025-06-01 | Completed   | met     | no health assessment
7            | H6              | D        | RHA                    | 2025-04-30 | Completed   | met     | before the trust's first day
8            | H7              | D        | RHA                    | 2025-05-01 | Completed   | broken  | the trust knows of none
"""
[[given]]
table = "records.trust_health_assessments"
rows = """
request_id | matched_child_id | assessment_kind_code | attended_on | outcome_code
T1         | A                | RHA12                | 2025-06-01  | COMPLETED
T2         | B                | RHA6                 | 2025-06-01  | COMPLETED
T3         | C                | RHA12                | 2025-06-01  | COMPLETED
T4         | E                | RHA12                | 2025-05-01  | COMPLETED
T5         | E                | RHA12                | 2025-12-01  | COMPLETED
"""
*/
