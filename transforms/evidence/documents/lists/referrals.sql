/*
one_row_is = "one referral of one child"
feeds      = ["records.child_in_need_episodes", "records.children"]
order      = ["referred_on", "referral_id"]

[columns.referral_id]
heading = "Referral"
meaning = "The case system's reference for the referral."
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
[columns.referral_source_code]
heading = "Referred by"
meaning = "Who made the referral."
codes   = "referral_source"
[columns.primary_need_code]
heading = "Main need"
meaning = "Main need at referral."
codes   = "primary_need"
[columns.is_no_further_action]
heading = "No further action"
meaning = "Whether the referral itself ended in no further action."
[columns.closed_on]
heading = "Closed on"
meaning = "Day the episode closed; empty while it is open."
[columns.team]
heading = "Team"
meaning = "Team that took the referral."
*/
SELECT
  episode.referral_id,
  episode.child_id,
  year($as_at) - year(child.born_on)
    - (CAST(child.born_on + to_years((year($as_at) - year(child.born_on))::INTEGER) AS DATE) > $as_at)::INTEGER AS age,
  child.sex_code,
  child.ethnicity_code,
  episode.referred_on,
  episode.referral_source_code,
  episode.primary_need_code,
  episode.is_no_further_action,
  episode.closed_on,
  coalesce(team.team_name, episode.team_id) AS team
FROM records.child_in_need_episodes AS episode
JOIN records.children AS child ON child.child_id = episode.child_id
LEFT JOIN records.teams AS team ON team.team_id = episode.team_id
WHERE episode.referred_on > $window_begins AND episode.referred_on <= $as_at
