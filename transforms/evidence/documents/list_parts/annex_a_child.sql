/*
one_row_is = "one child in the case system, as every child-level list of Annex A describes a child"

[columns.child_id]
heading  = "Child Unique ID"
meaning  = "The case system's reference for the child."
required = true
[columns.gender]
heading  = "Gender"
meaning  = "Recorded gender; if there is none, recorded sex."
words    = "annex_a_gender"
feeds    = ["records.children.gender_code"]
required = true
[columns.ethnicity]
heading  = "Ethnicity"
meaning  = "Recorded ethnic group."
words    = "annex_a_ethnicity"
feeds    = ["records.children.ethnicity_code"]
required = true
[columns.born_on]
heading  = "Date of Birth"
meaning  = "Date of birth; empty for an unborn child or if it is not known."
[columns.age]
heading  = "Age of Child (Years)"
meaning  = "Whole years on the as-at date; empty without a date of birth."
[columns.has_disability]
heading  = "Does the Child have a Disability"
meaning  = "Yes: a disability code other than NONE; no: NONE alone; unknown: nothing recorded."
words    = "annex_a_yes_no_unknown"
feeds    = ["records.disabilities.disability_code"]
required = true
[columns.team]
heading  = "Allocated Team"
meaning  = "Team of the current or latest allocated worker (role CW)."
feeds    = ["records.involvements.team_id", "records.involvements.role_code"]
required = true
[columns.worker]
heading  = "Allocated Worker"
meaning  = "The current or latest allocated worker (role CW)."
feeds    = ["records.involvements.professional_id", "records.involvements.role_code", "records.professionals.name"]
required = true
*/
-- G18: the worker in role CW. Anything after the as-at date has not happened yet.
WITH disability AS (
  SELECT child_id, bool_or(disability_code <> 'NONE') AS has_one
  FROM records.disabilities
  WHERE disability_code IS NOT NULL
  GROUP BY child_id
),
allocated AS (
  SELECT involvement.child_id, coalesce(team.team_name, involvement.team_id) AS team, worker.name AS worker
  FROM records.involvements AS involvement
  LEFT JOIN records.teams AS team ON team.team_id = involvement.team_id
  LEFT JOIN records.professionals AS worker ON worker.professional_id = involvement.professional_id
  WHERE involvement.role_code = 'CW' AND involvement.started_on <= $as_at
  QUALIFY row_number() OVER (
    PARTITION BY involvement.child_id
    ORDER BY coalesce(involvement.ended_on <= $as_at, FALSE), involvement.ended_on DESC NULLS FIRST,
             involvement.started_on DESC, involvement.involvement_id
  ) = 1
)
SELECT
  child.child_id,
  coalesce(child.gender_code, child.sex_code) AS gender,
  child.ethnicity_code AS ethnicity,
  CASE WHEN child.born_on <= $as_at THEN child.born_on END AS born_on,
  CASE WHEN child.born_on <= $as_at THEN year($as_at) - year(child.born_on)
    - (CAST(child.born_on + to_years((year($as_at) - year(child.born_on))::INTEGER) AS DATE) > $as_at)::INTEGER END AS age,
  CASE WHEN disability.has_one THEN 'Y' WHEN disability.has_one IS NULL THEN 'U' ELSE 'N' END AS has_disability,
  allocated.team,
  allocated.worker
FROM records.children AS child
LEFT JOIN disability ON disability.child_id = child.child_id
LEFT JOIN allocated ON allocated.child_id = child.child_id
