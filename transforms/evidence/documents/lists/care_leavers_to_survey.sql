/*
one_row_is = "one child or young person who left care in the window, not counting short breaks, who may be surveyed"
feeds      = ["records.looked_after_episodes", "records.children"]
order      = ["child_id"]
agrees_with = "LA03"

[columns.child_id]
heading = "Young person"
meaning = "The case system's reference for the young person; names are in the key to names."
[columns.age]
heading = "Age"
meaning = "Age in years on the as-at date; empty if the date of birth is not known."
[columns.is_of_marked_age]
heading = "Aged {survey_marked_age} or over"
meaning = "Whether that age had been reached on the as-at date; empty if the date of birth is not known."
[columns.left_care_on]
heading = "Left care on"
meaning = "Latest day in the window on which care ended."
[columns.is_looked_after_again]
heading = "Looked after again"
meaning = "Whether the child is looked after on the as-at date, and so also on that list."
[columns.contact]
heading = "Contact care of"
meaning = "The current or last allocated worker, and the team. A home address is never given."
*/
-- Endings as LA03 counts them: not X1 (care continued), and no short-break status (G13) open the day before.
-- Left off, the first reason that applies: died (date of death, or an episode that ended E2), left by adoption (any ending E11 or
-- E12), must not be contacted (in-touch codes that the framework's settings name, records.care_leavers), younger than the
-- framework's setting. Anyone without a date of birth stays on the list.
WITH leaving AS (
  SELECT episode.child_id, max(episode.ceased_on) AS left_care_on
  FROM records.looked_after_episodes AS episode
  WHERE episode.ceased_on > $window_begins AND episode.ceased_on <= $as_at
    AND episode.ceased_reason_code IS DISTINCT FROM 'X1'
    AND NOT EXISTS (
      SELECT 1 FROM records.legal_statuses AS status
      WHERE status.child_id = episode.child_id AND status.legal_status_code IN ('V3', 'V4')
        AND status.started_on <= episode.ceased_on - 1
        AND (status.ended_on IS NULL OR status.ended_on > episode.ceased_on - 1)
    )
  GROUP BY episode.child_id
),
worker_of_leaver AS (
  SELECT leaver.child_id,
         coalesce(worker.name, leaver.personal_adviser, 'worker ' || leaver.worker_id) AS worker,
         coalesce(team.team_name, leaver.team_id) AS team
  FROM records.care_leavers AS leaver
  LEFT JOIN records.professionals AS worker ON worker.professional_id = leaver.worker_id
  LEFT JOIN records.teams AS team ON team.team_id = leaver.team_id
  QUALIFY row_number() OVER (PARTITION BY leaver.child_id ORDER BY leaver.care_leaver_id) = 1
),
allocated AS (
  SELECT involvement.child_id,
         coalesce(worker.name, 'worker ' || involvement.professional_id) AS worker,
         coalesce(team.team_name, involvement.team_id) AS team
  FROM records.involvements AS involvement
  LEFT JOIN records.professionals AS worker ON worker.professional_id = involvement.professional_id
  LEFT JOIN records.teams AS team ON team.team_id = involvement.team_id
  WHERE involvement.role_code = 'CW' AND involvement.started_on <= $as_at
  QUALIFY row_number() OVER (
    PARTITION BY involvement.child_id
    ORDER BY coalesce(involvement.ended_on > $as_at, true) DESC, involvement.started_on DESC, involvement.involvement_id
  ) = 1
),
candidate AS (
  SELECT
    leaving.child_id,
    leaving.left_care_on,
    year($as_at) - year(child.born_on)
      - (CAST(child.born_on + to_years((year($as_at) - year(child.born_on))::INTEGER) AS DATE) > $as_at)::INTEGER AS age,
    child.died_on,
    coalesce(
      nullif(concat_ws(', ', worker_of_leaver.worker, worker_of_leaver.team), ''),
      nullif(concat_ws(', ', allocated.worker, allocated.team), '')
    ) AS contact
  FROM leaving
  JOIN records.children AS child ON child.child_id = leaving.child_id
  LEFT JOIN worker_of_leaver ON worker_of_leaver.child_id = leaving.child_id
  LEFT JOIN allocated ON allocated.child_id = leaving.child_id
)
SELECT
  candidate.child_id,
  candidate.age,
  candidate.age >= $marked_age AS is_of_marked_age,
  candidate.left_care_on,
  candidate.child_id IN (
    SELECT care.child_id FROM records.looked_after_episodes AS care
    WHERE care.started_on <= $as_at AND (care.ceased_on IS NULL OR care.ceased_on > $as_at)
  ) AND candidate.child_id NOT IN (
    SELECT status.child_id FROM records.legal_statuses AS status
    WHERE status.legal_status_code IN ('V3', 'V4') AND status.child_id IS NOT NULL
      AND status.started_on <= $as_at AND (status.ended_on IS NULL OR status.ended_on > $as_at)
  ) AS is_looked_after_again,
  candidate.contact,
  CASE
    WHEN candidate.died_on IS NOT NULL OR EXISTS (
      SELECT 1 FROM records.looked_after_episodes AS ended
      WHERE ended.child_id = candidate.child_id AND ended.ceased_reason_code = 'E2'
    ) THEN 'died'
    WHEN EXISTS (
      SELECT 1 FROM records.looked_after_episodes AS ended
      WHERE ended.child_id = candidate.child_id AND ended.ceased_reason_code IN ('E11', 'E12')
    ) THEN 'left by adoption'
    WHEN EXISTS (
      SELECT 1 FROM records.care_leavers AS leaver
      WHERE leaver.child_id = candidate.child_id AND list_contains($must_not_contact, leaver.in_touch_code)
    ) THEN 'must not be contacted'
    WHEN candidate.age < $minimum_age THEN 'younger than the survey age'
  END AS left_off_because
FROM candidate
