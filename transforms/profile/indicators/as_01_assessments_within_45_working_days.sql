/*
code        = "AS01"
title       = "Assessments within 45 working days"
family      = "assessment"
denominator = "assessments authorised in the period"
numerator   = "assessments authorised within 45 working days of the referral"
unit        = "percent"
good_is     = "high"
periods     = ["rolling_12_months", "last_6_months", "month", "week"]
history     = "recomputed"
source      = "LAIT 304"
sourced     = "verified"
reading     = "In time means authorised on or before the 45th working day; the start is day 0. For the first assessment of the episode (earliest start, then lowest id) the clock starts on the day of the referral; for a later one, or if the referral is missing, on the assessment's own start. Authorised before the start is in time."
beside      = "counted from the assessment's own start for every assessment"
twin        = "AS02"
small_numbers = "S1"
*/
WITH assessment AS (
  SELECT assessment.assessment_id, assessment.child_id, assessment.authorised_on, assessment.started_on,
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
authorised AS (
  SELECT assessment.assessment_id, assessment.child_id, assessment.authorised_on,
         authorised_on < clock_started_on
           OR coalesce(authorised_on <= records.working_days_after(clock_started_on, 45), FALSE) AS is_in_time,
         authorised_on < started_on
           OR coalesce(authorised_on <= records.working_days_after(started_on, 45), FALSE) AS is_in_time_beside
  FROM assessment
  WHERE authorised_on IS NOT NULL
)
SELECT period.period_id, authorised.assessment_id AS case_id, authorised.child_id, authorised.is_in_time AS counts,
       authorised.is_in_time_beside AS counts_beside
FROM authorised
JOIN profile.periods AS period ON authorised.authorised_on BETWEEN period.starts_on AND period.ends_on
/*
# Worked example.
as_at = 2026-03-31
period_kind = "rolling_12_months"
numerator = 5
denominator = 9
numerator_beside = 6
[[given]]
table = "records.assessments"
rows = """
assessment_id | child_id | referral_id | started_on | authorised_on | verdict        | because
A1            | A        | R1          | 2025-04-04 | 2025-06-09    | counts         | 45th working day after the referral, over Easter and two bank holidays in May
A2            | B        | R2          | 2025-04-04 | 2025-06-10    | does not count | 46th working day after the referral
A3            | C        | R3          | 2025-07-07 | 2025-09-08    | counts         | 45th working day after the referral, over the August bank holiday
A4            | C        | R3          | 2025-09-08 | 2025-11-10    | counts         | second in the episode: 45th working day after its own start
A5            | D        |             | 2025-08-11 | 2025-10-15    | does not count | no referral: one day after the 45th working day from its own start
A6            | E        | R5          | 2025-10-03 | 2025-12-06    | does not count | due on a Friday, authorised on the Saturday
A7            | F        | R6          | 2025-05-01 | 2025-04-01    | counts         | authorised before the referral, on the first day of the period
A8            | G        | R7          | 2026-03-02 | 2026-03-31    | counts         | authorised on the as-at date
A9            | H        | R8          | 2026-03-02 |               | left out       | still open
A10           | I        | R9          | 2026-03-02 | 2026-04-01    | left out       | the authorisation is in the future
A11           | J        | R10         | 2025-12-01 | 2026-03-02    | does not count | same start as the next: the lower id takes the referral's day
A12           | J        | R10         | 2025-12-01 |               | left out       | still open
"""
[[given]]
table = "records.child_in_need_episodes"
rows = """
referral_id | child_id | referred_on
R1          | A        | 2025-04-01
R2          | B        | 2025-04-01
R3          | C        | 2025-07-05
R5          | E        | 2025-10-03
R6          | F        | 2025-05-01
R7          | G        | 2026-03-01
R8          | H        | 2026-03-01
R9          | I        | 2026-03-01
R10         | J        | 2025-11-03
"""
*/
