/*
code              = "601"
source            = "SSDA903"
title             = "A child was adopted but the details of the adoption are missing"
kind              = "error"
severity          = "warning"
table             = "records.looked_after_episodes"
column            = "ceased_reason_code"
first_return_year = 2023
fix               = "Record match, placement and adopters."
reading           = "Any adoption record of the child counts; one record must hold all six details."
*/
SELECT episode.received_row
FROM records.looked_after_episodes AS episode
WHERE episode.ceased_reason_code IN ('E11', 'E12')
  AND NOT EXISTS (
    SELECT 1 FROM records.permanence AS journey
    WHERE journey.child_id = episode.child_id
      AND journey.matched_on IS NOT NULL AND journey.placed_for_adoption_on IS NOT NULL
      AND journey.is_adopted_by_carer IS NOT NULL AND journey.adopter_count IS NOT NULL
      AND journey.adopter_sex_code IS NOT NULL AND journey.adopter_legal_status_code IS NOT NULL
  )
/*
# Worked example.
as_at = 2026-03-31
[[given]]
table = "records.looked_after_episodes"
rows = """
received_row | episode_id | child_id | started_on | ceased_on  | ceased_reason_code | verdict | because
2            | E1         | A        | 2025-01-01 | 2025-05-01 | E11                | broken  | no row at all
3            | E2         | B        | 2025-01-01 | 2025-05-01 | E12                | met     | everything
4            | E3         | C        | 2025-01-01 | 2025-05-01 | E11                | broken  | no match
5            | E4         | D        | 2025-01-01 | 2025-05-01 | E4A                | met     | not adopted
"""
[[given]]
table = "records.permanence"
rows = """
permanence_id | child_id | matched_on | placed_for_adoption_on | is_adopted_by_carer | adopter_count | adopter_sex_code | adopter_legal_status_code
J1            | B        | 2024-12-01 | 2025-01-01             | false               | 2             | MF               | L11
J2            | C        |            | 2025-01-01             | false               | 2             | MF               | L11
"""
*/
