/*
one_row_is = "one child looked after on the as-at date, not counting short breaks"
feeds      = ["records.looked_after_episodes", "records.children"]
order      = ["child_id"]
agrees_with = "LA01"

[columns.child_id]
heading = "Child"
meaning = "The case system's reference for the child; names are in the key to names."
[columns.age]
heading = "Age"
meaning = "Age in years on the as-at date; empty if the date of birth is not known."
[columns.sex_code]
heading = "Sex"
meaning = "Sex as recorded."
codes   = "sex"
[columns.ethnicity_code]
heading = "Ethnic group"
meaning = "Ethnic group as recorded."
codes   = "ethnicity"
[columns.entered_care_on]
heading = "Entered care on"
meaning = "First day of the period of care."
[columns.primary_need_code]
heading = "Main need"
meaning = "Need at entry to care."
codes   = "primary_need"
[columns.legal_status_code]
heading = "Legal status"
meaning = "Latest legal status open on the as-at date."
codes   = "legal_status"
[columns.placement_type_code]
heading = "Placement"
meaning = "Type of the latest placement open on the as-at date."
codes   = "placement_type"
[columns.placed_on]
heading = "Placed on"
meaning = "Day that placement started."
[columns.team]
heading = "Team"
meaning = "Team of the child's allocated worker."
*/
-- G14: an episode open on the day. G13: no short-break status (V3, V4) open on it. G18: the worker in role CW.
WITH status AS (
  SELECT * FROM records.legal_statuses
  WHERE started_on <= $as_at AND (ended_on IS NULL OR ended_on > $as_at)
),
care AS (
  SELECT * FROM records.looked_after_episodes
  WHERE started_on <= $as_at AND (ceased_on IS NULL OR ceased_on > $as_at)
    AND child_id NOT IN (
      SELECT child_id FROM status WHERE legal_status_code IN ('V3', 'V4') AND child_id IS NOT NULL
    )
  QUALIFY row_number() OVER (PARTITION BY child_id ORDER BY started_on DESC, episode_id) = 1
),
legal AS (
  SELECT * FROM status
  QUALIFY row_number() OVER (PARTITION BY child_id ORDER BY started_on DESC, legal_status_id) = 1
),
placement AS (
  SELECT * FROM records.placements
  WHERE started_on <= $as_at AND (ended_on IS NULL OR ended_on > $as_at)
  QUALIFY row_number() OVER (PARTITION BY child_id ORDER BY started_on DESC, placement_id) = 1
),
allocated AS (
  SELECT involvement.child_id, coalesce(team.team_name, involvement.team_id) AS team
  FROM records.involvements AS involvement
  LEFT JOIN records.teams AS team ON team.team_id = involvement.team_id
  WHERE involvement.role_code = 'CW'
    AND involvement.started_on <= $as_at AND (involvement.ended_on IS NULL OR involvement.ended_on > $as_at)
  QUALIFY row_number() OVER (
    PARTITION BY involvement.child_id ORDER BY involvement.started_on DESC, involvement.involvement_id
  ) = 1
)
SELECT
  care.child_id,
  year($as_at) - year(child.born_on)
    - (CAST(child.born_on + to_years((year($as_at) - year(child.born_on))::INTEGER) AS DATE) > $as_at)::INTEGER AS age,
  child.sex_code,
  child.ethnicity_code,
  coalesce(care.entered_care_on, care.started_on) AS entered_care_on,
  care.primary_need_code,
  legal.legal_status_code,
  placement.placement_type_code,
  placement.started_on AS placed_on,
  allocated.team
FROM care
JOIN records.children AS child ON child.child_id = care.child_id
LEFT JOIN legal ON legal.child_id = care.child_id
LEFT JOIN placement ON placement.child_id = care.child_id
LEFT JOIN allocated ON allocated.child_id = care.child_id
