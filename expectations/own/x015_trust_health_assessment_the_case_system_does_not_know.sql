/*
code     = "X015"
source   = "own"
title    = "A health assessment at the trust has no counterpart in the case system within seven days"
kind     = "query"
severity = "info"
table    = "records.trust_health_assessments"
column   = "attended_on"
fix      = "Record the assessment in the case system, or correct its day."
reading  = "An assessment on one side needs one of the same kind (initial or review) on the other side within seven days. Only completed assessments from the first to the last day that the other side holds are checked, so that a shorter history is not a fault."
*/
SELECT assessment.received_row
FROM records.trust_health_assessments AS assessment
WHERE assessment.matched_child_id IS NOT NULL AND assessment.outcome_code = 'COMPLETED'
  AND assessment.assessment_kind_code IN ('IHA', 'RHA6', 'RHA12')
  AND assessment.attended_on BETWEEN (
    SELECT min(earliest.checked_on) FROM records.health_checks AS earliest
    WHERE earliest.health_check_type_code IN ('IHA', 'RHA') AND earliest.status_code = 'Completed'
  ) AND (
    SELECT max(latest.checked_on) FROM records.health_checks AS latest
    WHERE latest.health_check_type_code IN ('IHA', 'RHA') AND latest.status_code = 'Completed'
  )
  AND NOT EXISTS (
    SELECT 1 FROM records.health_checks AS recorded
    WHERE recorded.child_id = assessment.matched_child_id AND recorded.status_code = 'Completed'
      AND recorded.health_check_type_code = left(assessment.assessment_kind_code, 3)
      AND abs(recorded.checked_on - assessment.attended_on) <= 7
  )
/*
# Worked example.
as_at = 2026-03-31
[[given]]
table = "records.trust_health_assessments"
rows = """
received_row | request_id | matched_child_id | assessment_kind_code | attended_on | outcome_code | verdict | because
2            | T1         | A                | RHA12                | 2025-06-08  | COMPLETED    | met     | seven days after the case system's
3            | T2         | B                | RHA6                 | 2025-06-09  | COMPLETED    | broken  | eight days after it
4            | T3         | C                | IHA                  | 2025-06-01  | COMPLETED    | broken  | the case system has a review
5            | T8         | F                | RHA12                | 2025-06-01  | COMPLETED    | broken  | the case system knows of none
6            | T4         | D                | RHA12                | 2025-06-01  | DECLINED     | met     | not done
7            | T5         |                  | RHA12                | 2025-06-01  | COMPLETED    | met     | matches no child: X012
8            | T6         | D                | ADOPTION             | 2025-06-01  | COMPLETED    | met     | an adoption medical
9            | T7         | D                | RHA12                | 2025-12-02  | COMPLETED    | met     | after the case system's last day
"""
[[given]]
table = "records.health_checks"
rows = """
health_check_id | child_id | health_check_type_code | checked_on | status_code
H1              | A        | RHA                    | 2025-06-01 | Completed
H2              | B        | RHA                    | 2025-06-01 | Completed
H3              | C        | RHA                    | 2025-06-01 | Completed
H4              | E        | RHA                    | 2025-05-01 | Completed
H5              | E        | RHA                    | 2025-12-01 | Completed
"""
*/
