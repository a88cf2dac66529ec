/*
code              = "191"
source            = "SSDA903"
title             = "A child looked after for 12 months has no answer on immunisations, dental check or health assessment"
kind              = "error"
severity          = "info"
table             = "records.looked_after_episodes"
column            = "child_id"
first_return_year = 2023
fix               = "Record the missing answer."
reading           = "Checked for children who, at the extract's as-at date, have been looked after for 12 months or more, without short breaks; an answer from any of the last 12 months counts. A refusal is an answer; the standard keeps one answer on immunisations, of any date. The return asks for yes or no; the extract holds what was done, so a missing answer may mean no, and it is only listed."
*/
SELECT episode.received_row
FROM records.looked_after_episodes AS episode
WHERE episode.ceased_on IS NULL
  AND episode.entered_care_on <= (SELECT run.as_at FROM quality.run AS run) - INTERVAL 12 MONTH
  AND NOT EXISTS (
    SELECT 1 FROM records.legal_statuses AS status
    WHERE status.child_id = episode.child_id AND status.legal_status_code IN ('V3', 'V4') AND status.ended_on IS NULL
  )
  AND (
    NOT EXISTS (
      SELECT 1 FROM records.immunisations AS immunisation
      WHERE immunisation.child_id = episode.child_id AND immunisation.is_up_to_date IS NOT NULL
    )
    OR NOT EXISTS (
      SELECT 1 FROM records.health_checks AS dental
      WHERE dental.child_id = episode.child_id AND dental.health_check_type_code = 'DENT'
        AND dental.status_code IN ('Completed', 'Refused')
        AND dental.checked_on > (SELECT run.as_at FROM quality.run AS run) - INTERVAL 12 MONTH
        AND dental.checked_on <= (SELECT run.as_at FROM quality.run AS run)
    )
    OR NOT EXISTS (
      SELECT 1 FROM records.health_checks AS assessed
      WHERE assessed.child_id = episode.child_id AND assessed.health_check_type_code IN ('IHA', 'RHA')
        AND assessed.status_code IN ('Completed', 'Refused')
        AND assessed.checked_on > (SELECT run.as_at FROM quality.run AS run) - INTERVAL 12 MONTH
        AND assessed.checked_on <= (SELECT run.as_at FROM quality.run AS run)
    )
  )
/*
# Worked example.
as_at = 2026-03-31
[[given]]
table = "records.looked_after_episodes"
rows = """
received_row | episode_id | child_id | started_on | entered_care_on | ceased_on | verdict | because
2            | E1         | A        | 2025-01-01 | 2025-01-01      |           | met     | all three
3            | E2         | B        | 2025-01-01 | 2025-01-01      |           | broken  | no row on immunisations
4            | E3         | C        | 2025-01-01 | 2025-01-01      |           | broken  | the dental check is a year old
5            | E4         | D        | 2025-01-01 | 2025-01-01      |           | broken  | the health assessment is only planned
6            | E5         | E        | 2025-01-01 | 2025-01-01      |           | met     | the dental check was refused
7            | E6         | F        | 2025-04-01 | 2025-04-01      |           | met     | not yet 12 months
8            | E8         | G        | 2025-03-31 | 2025-03-31      |           | broken  | 12 months today, nothing recorded
9            | E9         | H        | 2025-01-01 | 2025-01-01      |           | broken  | the health assessment is a year old
10           | E7         | V        | 2025-01-01 | 2025-01-01      |           | met     | short breaks
"""
[[given]]
table = "records.immunisations"
rows = """
child_id | is_up_to_date | status_on
A        | true          | 2024-05-01
C        | true          | 2024-05-01
D        | false         | 2024-05-01
E        | true          | 2024-05-01
H        | true          | 2024-05-01
"""
[[given]]
table = "records.health_checks"
rows = """
health_check_id | child_id | health_check_type_code | checked_on | status_code
H1              | A        | DENT                   | 2025-04-01 | Completed
H2              | A        | RHA                    | 2026-03-31 | Completed
H3              | B        | DENT                   | 2025-09-01 | Completed
H4              | B        | RHA                    | 2025-09-01 | Completed
H5              | C        | DENT                   | 2025-03-31 | Completed
H6              | C        | RHA                    | 2025-09-01 | Completed
H7              | D        | DENT                   | 2025-09-01 | Completed
H8              | D        | RHA                    | 2026-04-20 | Planned
H9              | E        | DENT                   | 2026-03-31 | Refused
HA              | H        | DENT                   | 2025-09-01 | Completed
HB              | H        | RHA                    | 2025-03-31 | Completed
H0              | E        | IHA                    | 2025-09-01 | Completed
"""
[[given]]
table = "records.legal_statuses"
rows = """
legal_status_id | child_id | legal_status_code | started_on
L1              | V        | V3                | 2025-01-01
"""
*/
