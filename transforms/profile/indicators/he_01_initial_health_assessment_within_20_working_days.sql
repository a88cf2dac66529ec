/*
code        = "HE01"
title       = "Initial health assessment within 20 working days"
family      = "health"
denominator = "starts to be looked after in the period, still in care after the 20th working day, which is within the period, excluding short breaks"
numerator   = "starts with the report of a completed initial health assessment returned by the 20th working day"
unit        = "percent"
good_is     = "high"
periods     = ["rolling_12_months", "month"]
history     = "recomputed"
source      = "procedure manuals after the 2015 statutory guidance (speakcase.app; coventry, hull manuals)"
sourced     = "partly"
reading     = "In time means that the report of the trust's completed initial assessment came back between the day of entry (day 0) and the 20th working day, when it is due; the alternative uses the day the child attended. Each start (reason S) counts, unless legal status V3 or V4 is open on its day. A start is not counted if the assessment is not yet due at the end of the period, or if care ended on or before the due day. If the day of entry is blank, the day the episode started is used."
open_and_late = "children still looked after on the last day without the report of a completed initial assessment, whose 20th working day had passed, whenever they entered care, including those assessed before the trust's return begins"
threshold   = "100%, local target (procedure manuals after the 2015 statutory guidance)"
small_numbers = "S1"
*/
WITH episode AS (
  SELECT episode_id, child_id, started_on, start_reason_code,
         coalesce(entered_care_on, started_on) AS entered_care_on,
         min(ceased_on) FILTER (ceased_reason_code IS DISTINCT FROM 'X1') OVER (
           PARTITION BY child_id, coalesce(looked_after_period_id, episode_id)
         ) AS left_care_on
  FROM records.looked_after_episodes
),
entry AS (
  SELECT episode_id, child_id, started_on, entered_care_on, left_care_on,
         records.working_days_after(entered_care_on, 20) AS due_on
  FROM episode
  WHERE start_reason_code = 'S'
    AND NOT EXISTS (
      FROM records.legal_statuses AS short_break
      WHERE short_break.child_id = episode.child_id AND short_break.legal_status_code IN ('V3', 'V4')
        AND short_break.started_on <= episode.started_on
        AND (short_break.ended_on IS NULL OR short_break.ended_on > episode.started_on)
    )
)
SELECT period.period_id, entry.episode_id AS case_id, entry.child_id,
       EXISTS (
         FROM records.trust_health_assessments AS assessment
         WHERE assessment.matched_child_id = entry.child_id
           AND assessment.assessment_kind_code = 'IHA' AND assessment.outcome_code = 'COMPLETED'
           AND assessment.report_returned_on BETWEEN entry.entered_care_on AND entry.due_on
       ) AS counts
FROM entry
JOIN profile.periods AS period
  ON entry.started_on BETWEEN period.starts_on AND period.ends_on AND entry.due_on <= period.ends_on
WHERE entry.left_care_on IS NULL OR entry.left_care_on > entry.due_on;

WITH episode AS (
  SELECT episode_id, child_id, started_on, start_reason_code,
         coalesce(entered_care_on, started_on) AS entered_care_on,
         min(ceased_on) FILTER (ceased_reason_code IS DISTINCT FROM 'X1') OVER (
           PARTITION BY child_id, coalesce(looked_after_period_id, episode_id)
         ) AS left_care_on
  FROM records.looked_after_episodes
),
entry AS (
  SELECT episode_id, child_id, entered_care_on, left_care_on,
         records.working_days_after(entered_care_on, 20) AS due_on
  FROM episode
  WHERE start_reason_code = 'S'
    AND NOT EXISTS (
      FROM records.legal_statuses AS short_break
      WHERE short_break.child_id = episode.child_id AND short_break.legal_status_code IN ('V3', 'V4')
        AND short_break.started_on <= episode.started_on
        AND (short_break.ended_on IS NULL OR short_break.ended_on > episode.started_on)
    )
),
first_report AS (
  SELECT entry.episode_id, min(assessment.report_returned_on) AS returned_on
  FROM entry
  JOIN records.trust_health_assessments AS assessment
    ON assessment.matched_child_id = entry.child_id
   AND assessment.assessment_kind_code = 'IHA' AND assessment.outcome_code = 'COMPLETED'
   AND assessment.report_returned_on >= entry.entered_care_on
  GROUP BY entry.episode_id
)
SELECT looked_after.period_id, entry.episode_id AS case_id, entry.child_id
FROM entry
JOIN profile.looked_after AS looked_after
  ON looked_after.child_id = entry.child_id AND entry.due_on < looked_after.ends_on
LEFT JOIN first_report ON first_report.episode_id = entry.episode_id
WHERE (entry.left_care_on IS NULL OR entry.left_care_on > looked_after.ends_on)
  AND (first_report.returned_on IS NULL OR first_report.returned_on > looked_after.ends_on)
/*
# Worked example.
as_at = 2026-03-31
period_kind = "rolling_12_months"
numerator = 5
denominator = 11
open_and_late_cases = "E12, E13, E22, E23, E25"
[[given]]
table = "records.looked_after_episodes"
rows = """
episode_id | child_id | started_on | start_reason_code | entered_care_on | ceased_on  | ceased_reason_code | looked_after_period_id | verdict        | because
E1         | A        | 2025-12-01 | S                 | 2025-12-01      |            |                    | A1                     | counts         | report back on the 20th working day, over Christmas and New Year
E2         | B        | 2025-12-01 | S                 | 2025-12-01      |            |                    | B1                     | does not count | report back on the 21st
E3         | C        | 2025-04-01 | S                 | 2025-04-01      | 2025-07-01 | X1                 | C1                     | counts         | entered on the first day of the period; report back on the day of entry
E4         | C        | 2025-07-01 | P                 | 2025-04-01      |            |                    | C1                     | left out       | only the placement changed
E5         | D        | 2026-03-03 | S                 | 2026-03-03      |            |                    | D1                     | does not count | due on the as-at date, no report
E6         | E        | 2026-03-04 | S                 | 2026-03-04      |            |                    | E1                     | left out       | due after the as-at date
E7         | F        | 2025-06-02 | S                 | 2025-06-02      | 2025-06-30 | E4A                | F1                     | left out       | left care on the due day
E8         | G        | 2025-06-02 | S                 | 2025-06-02      | 2025-07-01 | E4A                | G1                     | does not count | left care the day after the due day; no report
E9         | H        | 2025-06-02 | S                 | 2025-06-02      |            |                    | H1                     | left out       | short breaks on the day of the start
E10        | I        | 2025-06-02 | S                 | 2025-06-02      | 2025-06-09 | X1                 | I1                     | left out       | the episode after this one ended care on the due day
E11        | I        | 2025-06-09 | L                 | 2025-06-02      | 2025-06-30 | E8                 | I1                     | left out       | only the legal status changed
E12        | J        | 2025-06-02 | S                 | 2025-06-02      |            |                    | J1                     | does not count | the report came back before entry
E13        | K        | 2025-06-02 | S                 | 2025-06-02      |            |                    | K1                     | does not count | declined; a review, not an initial assessment, was completed
E14        | L        | 2025-06-02 | S                 |                 |            |                    |                        | counts         | day of entry blank: the start of the episode is used
E15        | M        | 2025-06-02 | S                 | 2025-06-02      | 2025-06-10 | E4A                | M1                     | left out       | left within the 20 days
E16        | M        | 2025-06-10 | S                 | 2025-06-10      |            |                    | M2                     | counts         | came back the day the earlier period of care ended
E17        | N        | 2025-06-02 | S                 | 2025-06-02      |            |                    | N1                     | left out       | short breaks (V3) on the day of the start
E18        | L        | 2024-06-03 | S                 | 2024-06-03      | 2024-06-10 | E4A                |                        | left out       | started before the period; which period of care is not recorded
E19        | O        | 2025-06-02 | S                 | 2025-06-02      | 2025-07-10 | E4A                | O1                     | counts         | ended after the due day
E20        | P        | 2025-06-02 | S                 | 2025-06-02      | 2025-06-20 | E8                 | P1                     | left out       | ended within the 20 days, and again in a later row for the same care
E21        | P        | 2025-09-01 | P                 | 2025-06-02      | 2025-12-01 | E8                 | P1                     | left out       | only the placement changed
E22        | Q        | 2024-06-03 | S                 | 2024-06-03      |            |                    | Q1                     | open and late  | entered care before the period, never assessed
E23        | R        | 2026-03-02 | S                 | 2026-03-02      |            |                    | R1                     | does not count | due yesterday, no report
E24        | S        | 2024-06-03 | S                 | 2024-06-03      |            |                    | S1                     | left out       | long overdue, but the report came back on the as-at date
E25        | T        | 2024-06-03 | S                 | 2024-06-03      | 2024-09-02 | X1                 | T1                     | open and late  | the report is in the future; in care under the next episode
E26        | T        | 2024-09-02 | P                 | 2024-06-03      |            |                    | T1                     | left out       | only the placement changed
E27        | U        | 2024-06-03 | S                 | 2024-06-03      |            |                    | U1                     | left out       | never assessed, on short breaks since
E28        | V        | 2024-06-03 | S                 | 2024-06-03      | 2026-03-31 | E8                 | V1                     | left out       | never assessed, left care on the as-at date
"""
[[given]]
table = "records.trust_health_assessments"
rows = """
request_id | matched_child_id | assessment_kind_code | outcome_code | attended_on | report_returned_on
H1         | A                | IHA                  | COMPLETED    | 2025-12-10  | 2025-12-31
H2         | B                | IHA                  | COMPLETED    | 2025-12-10  | 2026-01-02
H3         | C                | IHA                  | COMPLETED    | 2025-03-28  | 2025-04-01
H4         | D                | IHA                  | COMPLETED    | 2026-03-20  |
H5         | J                | IHA                  | COMPLETED    | 2025-05-20  | 2025-05-30
H6         | K                | IHA                  | DECLINED     |             | 2025-06-10
H7         | K                | RHA12                | COMPLETED    | 2025-06-10  | 2025-06-12
H8         | L                | IHA                  | COMPLETED    | 2025-06-10  | 2025-06-30
H9         |                  | IHA                  | COMPLETED    | 2025-06-10  | 2025-06-12
H10        | M                | IHA                  | COMPLETED    | 2025-06-12  | 2025-06-20
H11        | O                | IHA                  | COMPLETED    | 2025-06-12  | 2025-06-20
H12        | S                | IHA                  | COMPLETED    | 2026-03-12  | 2026-03-31
H13        | T                | IHA                  | COMPLETED    | 2026-03-12  | 2026-04-01
"""
[[given]]
table = "records.legal_statuses"
rows = """
legal_status_id | child_id | legal_status_code | started_on | ended_on
L1              | H        | V4                | 2025-06-02 |
L2              | A        | V3                | 2025-11-01 | 2025-12-01
L3              | N        | V3                | 2025-01-01 |
L4              | U        | V4                | 2025-01-06 |
"""
*/
