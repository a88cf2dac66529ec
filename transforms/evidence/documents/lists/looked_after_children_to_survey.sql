/*
one_row_is = "one child looked after on the as-at date, not counting short breaks, who may be surveyed"
feeds      = ["records.looked_after_episodes", "records.children"]
order      = ["child_id"]
agrees_with = "LA01"

[columns.child_id]
heading = "Child"
meaning = "The case system's reference for the child; names are in the key to names."
[columns.age]
heading = "Age"
meaning = "Age in years on the as-at date; empty if the date of birth is not known."
[columns.is_of_marked_age]
heading = "Aged {survey_marked_age} or over"
meaning = "Whether the child had reached that age on the as-at date; empty if the date of birth is not known."
[columns.contact]
heading = "Contact care of"
meaning = "The allocated worker and team. A home or placement address is never given."
*/
-- Left off, the first reason that applies: died (date of death, or an episode that ended E2), left by adoption (an ending E11 or E12
-- on or after the day this period of care began), must not be contacted (in-touch codes that the framework's settings
-- name, records.care_leavers), younger than the framework's setting. Anyone without a date of birth stays on the list.
WITH care AS (
  SELECT * FROM records.looked_after_episodes
  WHERE started_on <= $as_at AND (ceased_on IS NULL OR ceased_on > $as_at)
    AND child_id NOT IN (
      SELECT child_id FROM records.legal_statuses
      WHERE legal_status_code IN ('V3', 'V4') AND child_id IS NOT NULL
        AND started_on <= $as_at AND (ended_on IS NULL OR ended_on > $as_at)
    )
  QUALIFY row_number() OVER (PARTITION BY child_id ORDER BY started_on DESC, episode_id) = 1
),
allocated AS (
  SELECT involvement.child_id,
         coalesce(worker.name, 'worker ' || involvement.professional_id) AS worker,
         coalesce(team.team_name, involvement.team_id) AS team
  FROM records.involvements AS involvement
  LEFT JOIN records.professionals AS worker ON worker.professional_id = involvement.professional_id
  LEFT JOIN records.teams AS team ON team.team_id = involvement.team_id
  WHERE involvement.role_code = 'CW'
    AND involvement.started_on <= $as_at AND (involvement.ended_on IS NULL OR involvement.ended_on > $as_at)
  QUALIFY row_number() OVER (
    PARTITION BY involvement.child_id ORDER BY involvement.started_on DESC, involvement.involvement_id
  ) = 1
),
candidate AS (
  SELECT
    care.child_id,
    coalesce(care.entered_care_on, care.started_on) AS entered_on,
    year($as_at) - year(child.born_on)
      - (CAST(child.born_on + to_years((year($as_at) - year(child.born_on))::INTEGER) AS DATE) > $as_at)::INTEGER AS age,
    child.died_on,
    nullif(concat_ws(', ', allocated.worker, allocated.team), '') AS contact
  FROM care
  JOIN records.children AS child ON child.child_id = care.child_id
  LEFT JOIN allocated ON allocated.child_id = care.child_id
)
SELECT
  candidate.child_id,
  candidate.age,
  candidate.age >= $marked_age AS is_of_marked_age,
  candidate.contact,
  CASE
    WHEN candidate.died_on IS NOT NULL OR EXISTS (
      SELECT 1 FROM records.looked_after_episodes AS ended
      WHERE ended.child_id = candidate.child_id AND ended.ceased_reason_code = 'E2'
    ) THEN 'died'
    WHEN EXISTS (
      SELECT 1 FROM records.looked_after_episodes AS ended
      WHERE ended.child_id = candidate.child_id AND ended.ceased_reason_code IN ('E11', 'E12')
        AND ended.ceased_on >= candidate.entered_on
    ) THEN 'left by adoption'
    WHEN EXISTS (
      SELECT 1 FROM records.care_leavers AS leaver
      WHERE leaver.child_id = candidate.child_id AND list_contains($must_not_contact, leaver.in_touch_code)
    ) THEN 'must not be contacted'
    WHEN candidate.age < $minimum_age THEN 'younger than the survey age'
  END AS left_off_because
FROM candidate
