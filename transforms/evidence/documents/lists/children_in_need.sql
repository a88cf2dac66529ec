/*
one_row_is = "one child in need episode open on the as-at date"
feeds      = ["records.child_in_need_episodes", "records.children"]
order      = ["referred_on", "referral_id"]
agrees_with = "CN01"

[columns.referral_id]
heading = "Episode"
meaning = "The case system's reference for the referral that opened the episode."
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
[columns.referred_on]
heading = "Referred on"
meaning = "Day the referral was received."
[columns.primary_need_code]
heading = "Main need"
meaning = "Main need at referral."
codes   = "primary_need"
[columns.has_protection_plan]
heading = "On a protection plan"
meaning = "Whether the child has a child protection plan of this council open on the as-at date."
[columns.is_looked_after]
heading = "Looked after"
meaning = "Whether the child is looked after on the as-at date, not counting short breaks."
[columns.team]
heading = "Team"
meaning = "Team that took the referral."
*/
-- G17: referred by the as-at date, not closed by it, not ended in no further action.
SELECT
  episode.referral_id,
  episode.child_id,
  year($as_at) - year(child.born_on)
    - (CAST(child.born_on + to_years((year($as_at) - year(child.born_on))::INTEGER) AS DATE) > $as_at)::INTEGER AS age,
  child.sex_code,
  child.ethnicity_code,
  episode.referred_on,
  episode.primary_need_code,
  episode.child_id IN (
    SELECT plan.child_id FROM records.child_protection_plans AS plan
    WHERE plan.started_on <= $as_at AND (plan.ended_on IS NULL OR plan.ended_on > $as_at)
      AND plan.is_other_authority IS NOT TRUE
  ) AS has_protection_plan,
  episode.child_id IN (
    SELECT care.child_id FROM records.looked_after_episodes AS care
    WHERE care.started_on <= $as_at AND (care.ceased_on IS NULL OR care.ceased_on > $as_at)
  ) AND episode.child_id NOT IN (
    SELECT status.child_id FROM records.legal_statuses AS status
    WHERE status.legal_status_code IN ('V3', 'V4') AND status.child_id IS NOT NULL
      AND status.started_on <= $as_at AND (status.ended_on IS NULL OR status.ended_on > $as_at)
  ) AS is_looked_after,
  coalesce(team.team_name, episode.team_id) AS team
FROM records.child_in_need_episodes AS episode
JOIN records.children AS child ON child.child_id = episode.child_id
LEFT JOIN records.teams AS team ON team.team_id = episode.team_id
WHERE episode.referred_on <= $as_at
  AND (episode.closed_on IS NULL OR episode.closed_on > $as_at)
  AND episode.is_no_further_action IS NOT TRUE
