/*
code              = "357"
source            = "SSDA903"
title             = "A child's first looked-after episode does not say that care started (S)"
kind              = "error"
severity          = "warning"
table             = "records.looked_after_episodes"
column            = "start_reason_code"
first_return_year = 2023
fix               = "Correct the reason, or record the episode with which care started."
reading           = "Checked only if the period of care began with the first episode on file: the extract holds six years of history, so earlier episodes may be missing."
*/
SELECT episode.received_row
FROM records.looked_after_episodes AS episode
QUALIFY row_number() OVER (PARTITION BY episode.child_id ORDER BY episode.started_on, episode.episode_id) = 1
  AND episode.start_reason_code <> 'S' AND coalesce(episode.started_on <= episode.entered_care_on, TRUE)
/*
# Worked example.
as_at = 2026-03-31
[[given]]
table = "records.looked_after_episodes"
rows = """
received_row | episode_id | child_id | started_on | start_reason_code | entered_care_on | verdict | because
2            | E1         | A        | 2025-01-01 | S                 | 2025-01-01      | met     | started
3            | E2         | A        | 2025-05-01 | L                 | 2025-01-01      | met     | not the first
4            | E3         | B        | 2025-01-01 | P                 | 2025-01-01      | broken  | the first, and care began with it
5            | E4         | C        | 2021-01-01 | P                 | 2018-03-01      | met     | care began before the history on file
6            | E5         | D        | 2025-01-01 | L                 |                 | broken  | the first, and no earlier entry is known
"""
*/
