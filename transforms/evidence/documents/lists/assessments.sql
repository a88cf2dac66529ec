/*
one_row_is = "one assessment of one child, open at any time in the window"
feeds      = ["records.assessments", "records.children"]
order      = ["started_on", "assessment_id"]

[columns.assessment_id]
heading = "Assessment"
meaning = "The case system's reference for the assessment."
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
heading = "Started on"
meaning = "Day the assessment started."
[columns.authorised_on]
heading = "Authorised on"
meaning = "Day a manager authorised it; empty while it is open."
[columns.is_child_seen]
heading = "Child seen"
meaning = "Whether the child was seen during the assessment."
[columns.is_no_further_action]
heading = "No further action"
meaning = "Whether it ended in no further action."
[columns.team]
heading = "Team"
meaning = "Team that carried it out."
*/
SELECT
  assessment.assessment_id,
  assessment.child_id,
  year($as_at) - year(child.born_on)
    - (CAST(child.born_on + to_years((year($as_at) - year(child.born_on))::INTEGER) AS DATE) > $as_at)::INTEGER AS age,
  child.sex_code,
  child.ethnicity_code,
  assessment.started_on,
  assessment.authorised_on,
  assessment.is_child_seen,
  assessment.is_no_further_action,
  coalesce(team.team_name, assessment.team_id) AS team
FROM records.assessments AS assessment
JOIN records.children AS child ON child.child_id = assessment.child_id
LEFT JOIN records.teams AS team ON team.team_id = assessment.team_id
WHERE assessment.started_on <= $as_at
  AND (assessment.authorised_on IS NULL OR assessment.authorised_on > $window_begins)
