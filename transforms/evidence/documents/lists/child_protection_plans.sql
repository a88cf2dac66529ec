/*
one_row_is = "one child protection plan of this council open on the as-at date"
feeds      = ["records.child_protection_plans", "records.children"]
order      = ["started_on", "plan_id"]
agrees_with = "CP08"

[columns.plan_id]
heading = "Plan"
meaning = "The case system's reference for the plan."
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
[columns.started_on]
heading = "Plan started on"
meaning = "Day of the conference that decided on the plan."
[columns.initial_category_code]
heading = "First category"
meaning = "Category of abuse when the plan started."
codes   = "cp_category"
[columns.latest_category_code]
heading = "Latest category"
meaning = "Category of abuse now."
codes   = "cp_category"
[columns.has_earlier_plan]
heading = "Second or later plan"
meaning = "Whether the child had an earlier plan of this council."
[columns.is_looked_after]
heading = "Looked after"
meaning = "Whether the child is looked after on the as-at date, not counting short breaks."
[columns.team]
heading = "Team"
meaning = "Team of the child's allocated worker."
*/
-- G15: plans of other authorities are out, including from the history. G18: the allocated worker is the one in role CW.
WITH own_plan AS (
  SELECT * FROM records.child_protection_plans WHERE is_other_authority IS NOT TRUE
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
  plan.plan_id,
  plan.child_id,
  year($as_at) - year(child.born_on)
    - (CAST(child.born_on + to_years((year($as_at) - year(child.born_on))::INTEGER) AS DATE) > $as_at)::INTEGER AS age,
  child.sex_code,
  child.ethnicity_code,
  plan.started_on,
  plan.initial_category_code,
  plan.latest_category_code,
  EXISTS (
    SELECT 1 FROM own_plan AS earlier WHERE earlier.child_id = plan.child_id AND earlier.started_on < plan.started_on
  ) AS has_earlier_plan,
  plan.child_id IN (
    SELECT care.child_id FROM records.looked_after_episodes AS care
    WHERE care.started_on <= $as_at AND (care.ceased_on IS NULL OR care.ceased_on > $as_at)
  ) AND plan.child_id NOT IN (
    SELECT status.child_id FROM records.legal_statuses AS status
    WHERE status.legal_status_code IN ('V3', 'V4') AND status.child_id IS NOT NULL
      AND status.started_on <= $as_at AND (status.ended_on IS NULL OR status.ended_on > $as_at)
  ) AS is_looked_after,
  allocated.team
FROM own_plan AS plan
JOIN records.children AS child ON child.child_id = plan.child_id
LEFT JOIN allocated ON allocated.child_id = plan.child_id
WHERE plan.started_on <= $as_at AND (plan.ended_on IS NULL OR plan.ended_on > $as_at)
