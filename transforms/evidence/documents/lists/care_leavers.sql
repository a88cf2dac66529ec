/*
one_row_is = "one young person with leaving-care status who has left care or may leave it"
feeds      = ["records.care_leavers", "records.children"]
order      = ["child_id", "care_leaver_id"]

[columns.child_id]
heading = "Young person"
meaning = "The case system's reference for the young person; names are in the key to names."
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
[columns.eligibility_code]
heading = "Leaving-care status"
meaning = "Eligible, Relevant, Former Relevant or Qualifying."
[columns.in_touch_code]
heading = "In touch"
meaning = "Whether the council is in touch, or why not."
codes   = "in_touch"
[columns.accommodation_code]
heading = "Lives in"
meaning = "Kind of accommodation."
codes   = "cl_accommodation"
[columns.accommodation_suitable_code]
heading = "Accommodation is"
meaning = "Whether that accommodation is suitable."
codes   = "cl_accommodation_suitable"
[columns.activity_code]
heading = "Main activity"
meaning = "Education, employment or training."
codes   = "cl_activity"
[columns.pathway_plan_reviewed_on]
heading = "Pathway plan reviewed on"
meaning = "Latest start or review of the pathway plan."
[columns.team]
heading = "Team"
meaning = "Team responsible for the case."
*/
SELECT
  leaver.care_leaver_id,
  leaver.child_id,
  year($as_at) - year(child.born_on)
    - (CAST(child.born_on + to_years((year($as_at) - year(child.born_on))::INTEGER) AS DATE) > $as_at)::INTEGER AS age,
  child.sex_code,
  child.ethnicity_code,
  leaver.eligibility_code,
  leaver.in_touch_code,
  leaver.accommodation_code,
  leaver.accommodation_suitable_code,
  leaver.activity_code,
  leaver.pathway_plan_reviewed_on,
  coalesce(team.team_name, leaver.team_id) AS team
FROM records.care_leavers AS leaver
JOIN records.children AS child ON child.child_id = leaver.child_id
LEFT JOIN records.teams AS team ON team.team_id = leaver.team_id
WHERE leaver.eligibility_code IS DISTINCT FROM 'No Current Eligibility'
