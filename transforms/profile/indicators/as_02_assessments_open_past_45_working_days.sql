/*
code        = "AS02"
title       = "Assessments open past 45 working days"
family      = "assessment"
denominator = "assessments open at the date"
numerator   = "assessments open for more than 45 working days"
unit        = "count"
good_is     = "low"
periods     = ["snapshot"]
history     = "recomputed"
source      = "CIN rule 8670Q"
sourced     = "verified"
reading     = "Open means started by the date and not authorised by it. The clock is that of AS01: it starts on the day of the referral for the first assessment of the episode (earliest start, then lowest id), and on the assessment's own start for a later one or if the referral is missing. Due on the date is not yet late."
threshold   = "0 (CIN rule 8670Q)"
small_numbers = "S1"
*/
WITH assessment AS (
  SELECT assessment.assessment_id, assessment.child_id, assessment.started_on, assessment.authorised_on,
         CASE
           WHEN referral.referral_id IS NOT NULL
                AND row_number() OVER (
                  PARTITION BY assessment.referral_id ORDER BY assessment.started_on, assessment.assessment_id
                ) = 1
           THEN referral.referred_on
           ELSE assessment.started_on
         END AS clock_started_on
  FROM records.assessments AS assessment
  LEFT JOIN records.child_in_need_episodes AS referral ON referral.referral_id = assessment.referral_id
),
open_assessment AS (
  SELECT period.period_id, period.ends_on, assessment.assessment_id, assessment.child_id, assessment.clock_started_on,
         records.working_days_after(assessment.clock_started_on, 45) AS due_on
  FROM assessment
  JOIN profile.periods AS period
    ON assessment.started_on <= period.ends_on
   AND (assessment.authorised_on IS NULL OR assessment.authorised_on > period.ends_on)
)
-- A clock that started before the calendar of working days has no due date and is late.
SELECT open_assessment.period_id, open_assessment.assessment_id AS case_id, open_assessment.child_id,
       coalesce(open_assessment.due_on, open_assessment.clock_started_on) < open_assessment.ends_on AS counts
FROM open_assessment
/*
# Worked example.
as_at = 2025-06-10
period_kind = "snapshot"
numerator = 5
denominator = 12
[[given]]
table = "records.assessments"
rows = """
assessment_id | child_id | referral_id | started_on | authorised_on | verdict        | because
A1            | A        | R1          | 2025-04-04 |               | counts         | the 45th working day after the referral, over Easter and two bank holidays in May, was yesterday
A2            | B        | R2          | 2025-04-04 |               | does not count | the 45th working day after the referral is today
A3            | C        | R3          | 2025-02-03 | 2025-03-03    | left out       | authorised: the first in the episode
A4            | C        | R3          | 2025-04-02 |               | does not count | second in the episode: the 45th working day from its own start is today
A5            | D        |             | 2025-04-01 |               | counts         | no referral: the 45th working day from its own start was yesterday
A6            | E        | R5          | 2025-01-06 | 2025-06-10    | left out       | authorised on the date
A7            | F        | R6          | 2025-01-06 | 2025-06-11    | counts         | the authorisation is in the future
A8            | G        | R7          | 2025-06-11 |               | left out       | the start is in the future
A9            | H        | R8          | 2025-06-10 |               | does not count | started on the date; referred the day before
A10           | I        | R9          | 2025-05-01 |               | counts         | same start as the next: the lower id takes the referral's day
A11           | I        | R9          | 2025-05-01 |               | does not count | same start as the previous one: its own start
A12           | J        | R10         | 2025-05-01 |               | does not count | referred after it started, on a day in the future: a fault
A13           | K        | R11         | 1988-03-01 |               | counts         | open since before the calendar of working days
A14           | L        | R99         | 2025-04-02 |               | does not count | the referral it names was not received: its own start
A15           | M        | R12         | 2025-04-05 |               | does not count | referred on a Saturday: due on a later working day
"""
[[given]]
table = "records.child_in_need_episodes"
rows = """
referral_id | child_id | referred_on
R1          | A        | 2025-04-01
R2          | B        | 2025-04-02
R3          | C        | 2025-02-01
R5          | E        | 2025-01-04
R6          | F        | 2025-01-04
R7          | G        | 2025-06-01
R8          | H        | 2025-06-09
R9          | I        | 2025-03-03
R10         | J        | 2025-06-20
R11         | K        | 1988-03-01
R12         | M        | 2025-04-05
"""
*/
