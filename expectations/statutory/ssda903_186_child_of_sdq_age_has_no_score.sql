/*
code              = "186"
source            = "SSDA903"
title             = "A child aged 4 to 16 looked after for 12 months has no strengths and difficulties score"
kind              = "error"
severity          = "warning"
table             = "records.looked_after_episodes"
column            = "child_id"
first_return_year = 2023
fix               = "Ask the carer for the questionnaire, or record why there is none."
reading           = "Checked for children who, at the extract's as-at date, have been looked after for 12 months or more, without short breaks; an answer from any of the last 12 months counts. The child was 4 or over when the 12 months began and under 17 at their end; a reason for having no score is an answer, even without a date."
*/
SELECT episode.received_row
FROM records.looked_after_episodes AS episode
JOIN records.children AS child ON child.child_id = episode.child_id
WHERE episode.ceased_on IS NULL
  AND episode.entered_care_on <= (SELECT run.as_at FROM quality.run AS run) - INTERVAL 12 MONTH
  AND NOT EXISTS (
    SELECT 1 FROM records.legal_statuses AS status
    WHERE status.child_id = episode.child_id AND status.legal_status_code IN ('V3', 'V4') AND status.ended_on IS NULL
  )
  AND child.born_on + INTERVAL 4 YEAR <= (SELECT run.as_at FROM quality.run AS run) - INTERVAL 12 MONTH + INTERVAL 1 DAY
  AND child.born_on + INTERVAL 17 YEAR > (SELECT run.as_at FROM quality.run AS run)
  AND NOT EXISTS (
    SELECT 1 FROM records.sdq_scores AS questionnaire
    WHERE questionnaire.child_id = episode.child_id
      AND (questionnaire.reason_code IS NOT NULL AND questionnaire.completed_on IS NULL
           OR (questionnaire.score IS NOT NULL OR questionnaire.reason_code IS NOT NULL)
              AND questionnaire.completed_on > (SELECT run.as_at FROM quality.run AS run) - INTERVAL 12 MONTH)
  )
/*
# Worked example.
as_at = 2026-03-31
[[given]]
table = "records.looked_after_episodes"
rows = """
received_row | episode_id | child_id | started_on | entered_care_on | ceased_on  | verdict | because
2            | E1         | A        | 2025-03-31 | 2025-03-31      |            | broken  | 12 months today, no score
3            | E2         | B        | 2025-04-01 | 2025-04-01      |            | met     | not yet 12 months
4            | E3         | C        | 2025-01-01 | 2025-01-01      |            | met     | a score from last April
5            | E4         | D        | 2025-01-01 | 2025-01-01      |            | broken  | the score is a year old
6            | E5         | E        | 2025-01-01 | 2025-01-01      |            | met     | the reason for none is recorded
7            | E6         | F        | 2025-01-01 | 2025-01-01      |            | met     | 4 a day after the 12 months began
8            | E0         | I        | 2025-01-01 | 2025-01-01      |            | broken  | 4 on the day the 12 months began
9            | E7         | G        | 2025-01-01 | 2025-01-01      |            | met     | 17 today
10           | E8         | V        | 2025-01-01 | 2025-01-01      |            | met     | short breaks
11           | E12        | J        | 2025-01-01 | 2025-01-01      |            | met     | a reason without a date
11           | E9         | H        | 2025-01-01 | 2025-01-01      | 2026-03-30 | met     | left care
"""
[[given]]
table = "records.children"
rows = """
child_id | born_on
A        | 2015-05-01
B        | 2015-05-01
C        | 2015-05-01
D        | 2015-05-01
E        | 2015-05-01
F        | 2021-04-02
G        | 2009-03-31
I        | 2021-04-01
J        | 2015-05-01
V        | 2015-05-01
H        | 2015-05-01
"""
[[given]]
table = "records.sdq_scores"
rows = """
sdq_score_id | child_id | completed_on | score | reason_code
Q1           | C        | 2025-04-01   | 12    |
Q2           | D        | 2025-03-31   | 12    |
Q3           | E        | 2025-09-01   |       | SDQ2
Q4           | J        |              |       | SDQ2
"""
[[given]]
table = "records.legal_statuses"
rows = """
legal_status_id | child_id | legal_status_code | started_on
L1              | V        | V3                | 2025-01-01
"""
*/
