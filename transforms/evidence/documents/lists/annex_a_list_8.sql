/*
one_row_is = "one child looked after on the as-at date, or who ceased to be looked after in the window; not counting short breaks"
feeds      = ["records.looked_after_episodes", "records.legal_statuses", "records.children"]
order      = ["child_id"]
part       = "annex_a_child"
counting   = [
  "Looked after: an episode of care open on {as_at} and no short-break status (V3, V4) open then. Ceased in the six months: the latest ending after {window_begins}, up to and including {as_at}, for any reason except X1 and not from short breaks; a child who is looked after again shows no ending.",
  "Placements in the last 12 months are counted as for NI62: those in force in that time, leaving out temporary ones (T0 to T4) and those that started and ended on the same day; A3 and A5 continue the placement before them.",
  "Missing and absent episodes are those that started in the last 12 months or were open when the 12 months began, whether or not from placement.",
  "Health assessments and dental checks are the completed ones, from the case system and from the health trust.",
  "Current means on the as-at date, or on the day before care ended.",
]

[columns.is_asylum_seeking]
heading  = "Unaccompanied Asylum Seeking Child (UASC) within the Last 12 Months (Y/N)"
meaning  = "Whether the child had the status of unaccompanied asylum-seeking child in the last 12 months."
words    = "annex_a_yes_no_unknown"
feeds    = ["records.immigration_statuses.immigration_status_code"]
required = true
[columns.entered_on]
heading  = "Date Started to be Looked After"
meaning  = "First day of the period of care."
required = true
[columns.need]
heading  = "Child's Category of Need"
meaning  = "Need at entry to care."
words    = "annex_a_primary_need"
feeds    = ["records.looked_after_episodes.primary_need_code"]
required = true
[columns.is_again]
heading  = "Is this a second or subsequent period of being a Looked After Child within the last 12 months (Y/N)"
meaning  = "Whether an earlier period of care ended in the 12 months up to the as-at date, before this one started."
words    = "annex_a_yes_no_unknown"
feeds    = ["records.looked_after_episodes.ceased_on"]
required = true
[columns.legal_status_from]
heading  = "Start date of current legal status"
meaning  = "Day that legal status started."
required = true
[columns.legal_status]
heading  = "Child's Legal Status"
meaning  = "The latest legal status in force; one from the 903 return is preferred to a local one."
words    = "annex_a_legal_status"
feeds    = ["records.legal_statuses.legal_status_code"]
required = true
[columns.last_review_on]
heading  = "Date of Latest Statutory Review"
meaning  = "Latest review held and not cancelled in this period of care."
feeds    = ["records.looked_after_reviews.held_on"]
[columns.last_visit_on]
heading  = "Date of Last Social Work Visit"
meaning  = "Latest visit in this period of care."
feeds    = ["records.looked_after_visits"]
[columns.permanence_plan]
heading  = "What is the permanence plan for this child?"
meaning  = "The permanence plan in the current care plan. If several run in parallel, or the plan has no value here, its codes are shown: choose by hand."
words    = "annex_a_permanence_plan"
feeds    = ["records.care_plans.permanence_plan_json"]
[columns.last_reviewing_officer_contact_on]
heading  = "Date of Last IRO Visit / Contact to the Child"
meaning  = "Latest visit or contact by the independent reviewing officer in this period of care."
feeds    = ["records.looked_after_episodes.last_reviewing_officer_contact_on"]
[columns.last_health_assessment_on]
heading  = "Date of Last Health Assessment"
meaning  = "Latest completed initial or review health assessment."
feeds    = ["records.health_checks.status_code"]
adds     = ["records.trust_health_assessments"]
[columns.last_dental_check_on]
heading  = "Date of Last Dental Check"
meaning  = "Latest completed dental check."
feeds    = ["records.health_checks.status_code"]
adds     = ["records.trust_dental_checks"]
[columns.placements]
heading  = "Number of Placements in the Last 12 months"
meaning  = "Placements in force in the last 12 months, including the current one."
feeds    = ["records.placements.placement_type_code"]
required = true
[columns.ceased_on]
heading  = "Date Ceased to be Looked After"
meaning  = "Day care ended; empty while the child is looked after."
[columns.ceased_reason]
heading  = "Reason Ceased to be Looked After"
meaning  = "Why care ended."
words    = "annex_a_reason_ceased"
feeds    = ["records.looked_after_episodes.ceased_reason_code"]
[columns.placed_on]
heading  = "Start Date of Most Recent Placement"
meaning  = "Day the current placement started; if the child has left care, the last placement."
feeds    = ["records.placements"]
required = true
[columns.placement_type]
heading  = "Placement Type"
meaning  = "Type of that placement."
words    = "annex_a_placement_type"
feeds    = ["records.placements.placement_type_code"]
required = true
[columns.placement_provider]
heading  = "Placement Provider"
meaning  = "Who provides that placement."
words    = "annex_a_placement_provider"
feeds    = ["records.placements.provider_code"]
required = true
[columns.placement_postcode]
heading  = "Placement postcode"
meaning  = "Postcode of that placement."
feeds    = ["records.placements.postcode"]
required = true
[columns.placement_urn]
heading  = "URN of Placement"
meaning  = "The inspectorate's number for the home or agency."
feeds    = ["records.placements.urn"]
[columns.placement_location]
heading  = "Placement Location"
meaning  = "Inside or outside the council's boundary."
not_held = "the extract does not say whether a placement is inside the council's boundary"
required = true
[columns.placement_authority]
heading  = "LA of Placement"
meaning  = "The local authority in whose area the placement is."
not_held = "the extract does not say which authority's area a placement is in"
required = true
[columns.times_missing]
heading  = "Number of Episodes the Child has been 'Missing' from their Placement in the last 12 months"
meaning  = "Episodes recorded as missing (M) in the last 12 months."
feeds    = ["records.missing_episodes.missing_type_code"]
required = true
[columns.times_absent]
heading  = "Number of Episodes the Child has been 'Absent' from their Placement in the last 12 months"
meaning  = "Episodes recorded as away without authorisation (A) in the last 12 months."
feeds    = ["records.missing_episodes.missing_type_code"]
required = true
[columns.interview_offered]
heading  = "Was the child offered a Return Interview after their last missing episode (Y/N)?"
meaning  = "After the last missing episode in the 12 months that has ended; empty if there is none or it does not apply."
words    = "annex_a_yes_no_unknown"
feeds    = ["records.missing_episodes.return_interview_offered_code"]
[columns.interview_accepted]
heading  = "Did the child accept a Return Interview after their last missing episode (Y/N)?"
meaning  = "After the same episode."
words    = "annex_a_yes_no_unknown"
feeds    = ["records.missing_episodes.return_interview_accepted_code"]
*/
-- G14: an episode open on the day. G13: short breaks are out; for an ending, judged on the day before.
WITH day AS (
  SELECT CAST($as_at - INTERVAL 12 MONTH AS DATE) AS year_begins
),
short_break AS (
  SELECT child_id, started_on, ended_on FROM records.legal_statuses WHERE legal_status_code IN ('V3', 'V4')
),
looked_after AS (
  SELECT episode.*
  FROM records.looked_after_episodes AS episode
  WHERE episode.started_on <= $as_at AND (episode.ceased_on IS NULL OR episode.ceased_on > $as_at)
    AND NOT EXISTS (
      FROM short_break
      WHERE short_break.child_id = episode.child_id
        AND short_break.started_on <= $as_at AND (short_break.ended_on IS NULL OR short_break.ended_on > $as_at)
    )
  QUALIFY row_number() OVER (PARTITION BY episode.child_id ORDER BY episode.started_on DESC, episode.episode_id) = 1
),
ending AS (
  SELECT episode.*
  FROM records.looked_after_episodes AS episode
  WHERE episode.ceased_on <= $as_at AND episode.ceased_reason_code IS DISTINCT FROM 'X1'
    AND NOT EXISTS (
      FROM short_break
      WHERE short_break.child_id = episode.child_id
        AND short_break.started_on <= episode.ceased_on - 1
        AND (short_break.ended_on IS NULL OR short_break.ended_on > episode.ceased_on - 1)
    )
),
care AS (
  SELECT child_id, looked_after_period_id, coalesce(entered_care_on, started_on) AS entered_on, primary_need_code,
         NULL::DATE AS left_on, NULL AS left_reason, $as_at AS until_on, $as_at AS current_on
  FROM looked_after
  UNION ALL
  SELECT child_id, looked_after_period_id, coalesce(entered_care_on, started_on), primary_need_code,
         ceased_on, ceased_reason_code, ceased_on, ceased_on - 1
  FROM (
    SELECT *
    FROM ending
    WHERE ceased_on > $window_begins AND child_id NOT IN (SELECT child_id FROM looked_after)
    QUALIFY row_number() OVER (PARTITION BY child_id ORDER BY ceased_on DESC, started_on DESC, episode_id) = 1
  )
),
again AS (
  SELECT DISTINCT care.child_id
  FROM care
  JOIN ending ON ending.child_id = care.child_id AND ending.ceased_on <= care.entered_on
  WHERE ending.ceased_on > (SELECT year_begins FROM day)
),
legal AS (
  SELECT status.child_id, status.legal_status_code, status.started_on
  FROM care
  JOIN records.legal_statuses AS status
    ON status.child_id = care.child_id AND status.started_on <= care.current_on
   AND (status.ended_on IS NULL OR status.ended_on > care.current_on)
  QUALIFY row_number() OVER (
    PARTITION BY status.child_id
    ORDER BY coalesce(status.legal_status_code IN (
               'C1', 'C2', 'D1', 'E1', 'J1', 'J2', 'J3', 'L1', 'L2', 'L3', 'V2', 'V3', 'V4'
             ), FALSE) DESC, status.started_on DESC, status.legal_status_id
  ) = 1
),
review AS (
  SELECT care.child_id, max(review.held_on) AS held_on
  FROM care
  JOIN records.looked_after_reviews AS review
    ON review.looked_after_period_id = care.looked_after_period_id
   AND review.held_on BETWEEN care.entered_on AND care.until_on AND review.is_cancelled IS NOT TRUE
  GROUP BY care.child_id
),
visit AS (
  SELECT care.child_id, max(visit.visited_on) AS visited_on
  FROM care
  JOIN records.looked_after_visits AS visit
    ON visit.child_id = care.child_id AND visit.visited_on BETWEEN care.entered_on AND care.until_on
  GROUP BY care.child_id
),
reviewing_officer AS (
  SELECT care.child_id, max(episode.last_reviewing_officer_contact_on) AS contact_on
  FROM care
  JOIN records.looked_after_episodes AS episode
    ON episode.child_id = care.child_id
   AND episode.last_reviewing_officer_contact_on BETWEEN care.entered_on AND care.until_on
  GROUP BY care.child_id
),
care_plan AS (
  SELECT plan.child_id,
         CASE WHEN json_valid(plan.permanence_plan_json) THEN plan.permanence_plan_json END AS flags
  FROM care
  JOIN records.care_plans AS plan
    ON plan.child_id = care.child_id AND plan.started_on <= care.current_on
   AND (plan.ended_on IS NULL OR plan.ended_on > care.current_on)
  QUALIFY row_number() OVER (PARTITION BY plan.child_id ORDER BY plan.started_on DESC, plan.care_plan_id) = 1
),
permanence AS (
  -- The flag's letter if it has one, otherwise its own code; several are joined by a plus sign.
  SELECT child_id, nullif(array_to_string(list_sort(list_distinct(list_filter([
    CASE WHEN 'Y' IN (json_extract_string(flags, '$.RETURN1M'), json_extract_string(flags, '$.RETURN6M'),
                      json_extract_string(flags, '$.RETURNEV')) THEN 'a' END,
    CASE WHEN json_extract_string(flags, '$.ADOPTION') = 'Y' THEN 'b' END,
    CASE WHEN json_extract_string(flags, '$.SUPPLIV') = 'Y' THEN 'd' END,
    CASE WHEN json_extract_string(flags, '$.RESPLMT') = 'Y' THEN 'e' END,
    CASE WHEN json_extract_string(flags, '$.LTFOST18') = 'Y' THEN 'f' END,
    CASE WHEN json_extract_string(flags, '$.OTHERPLN') = 'Y' THEN 'g' END,
    CASE WHEN json_extract_string(flags, '$.LTRELFR') = 'Y' THEN 'LTRELFR' END,
    CASE WHEN json_extract_string(flags, '$.REMAINSUP') = 'Y' THEN 'REMAINSUP' END
  ], lambda letter: letter IS NOT NULL))), ' + '), '') AS plan
  FROM care_plan
),
health AS (
  SELECT child_id, checked_on AS on_day, CASE WHEN health_check_type_code = 'DENT' THEN 'dental' ELSE 'health' END AS kind
  FROM records.health_checks
  WHERE health_check_type_code IN ('IHA', 'RHA', 'DENT') AND status_code = 'Completed'
  UNION ALL
  SELECT matched_child_id, attended_on, 'health'
  FROM records.trust_health_assessments
  WHERE assessment_kind_code IN ('IHA', 'RHA6', 'RHA12') AND outcome_code = 'COMPLETED'
  UNION ALL
  SELECT matched_child_id, checked_on, 'dental' FROM records.trust_dental_checks WHERE status_code = 'CHECKED'
),
last_health AS (
  SELECT care.child_id,
         max(health.on_day) FILTER (health.kind = 'health') AS assessed_on,
         max(health.on_day) FILTER (health.kind = 'dental') AS checked_on
  FROM care
  JOIN health ON health.child_id = care.child_id AND health.on_day <= care.until_on
  GROUP BY care.child_id
),
stay AS (
  -- As NI62: with A3 and A5 the child stays with the carer of the row before, so both rows are one stay.
  SELECT placement.child_id, placement.started_on, placement.ended_on,
         count(*) FILTER (coalesce(placement.placement_type_code NOT IN ('A3', 'A5'), TRUE)) OVER (
           PARTITION BY placement.child_id
           ORDER BY placement.started_on, placement.ended_on NULLS LAST, placement.placement_id
           ROWS UNBOUNDED PRECEDING
         ) AS stay,
         coalesce(placement.placement_type_code NOT IN ('T0', 'T1', 'T2', 'T3', 'T4'), TRUE)
           AND placement.started_on IS DISTINCT FROM placement.ended_on AS is_counted
  FROM records.placements AS placement
),
stays AS (
  SELECT child_id, count(DISTINCT stay) AS placements
  FROM stay
  WHERE is_counted AND started_on <= $as_at AND (ended_on IS NULL OR ended_on > (SELECT year_begins + 1 FROM day))
  GROUP BY child_id
),
placement AS (
  SELECT placement.*
  FROM care
  JOIN records.placements AS placement
    ON placement.child_id = care.child_id AND placement.started_on <= care.until_on
  QUALIFY row_number() OVER (
    PARTITION BY placement.child_id
    ORDER BY placement.started_on <= care.current_on
               AND (placement.ended_on IS NULL OR placement.ended_on > care.current_on) DESC,
             placement.started_on DESC, placement.ended_on DESC NULLS FIRST, placement.placement_id
  ) = 1
),
missing AS (
  SELECT * FROM records.missing_episodes
  WHERE started_on <= $as_at
    AND (started_on > (SELECT year_begins FROM day) OR ended_on IS NULL OR ended_on > (SELECT year_begins + 1 FROM day))
),
times AS (
  SELECT child_id,
         count(*) FILTER (missing_type_code = 'M') AS times_missing,
         count(*) FILTER (missing_type_code = 'A') AS times_absent
  FROM missing
  GROUP BY child_id
),
interview AS (
  SELECT child_id, return_interview_offered_code, return_interview_accepted_code
  FROM missing
  WHERE missing_type_code = 'M' AND ended_on <= $as_at
  QUALIFY row_number() OVER (PARTITION BY child_id ORDER BY started_on DESC, ended_on DESC, missing_episode_id) = 1
),
asylum AS (
  SELECT DISTINCT child_id
  FROM records.immigration_statuses
  WHERE immigration_status_code = 'UASC' AND started_on <= $as_at
    AND (ended_on IS NULL OR ended_on > (SELECT year_begins FROM day))
)
SELECT
  care.child_id,
  child.gender,
  child.ethnicity,
  child.born_on,
  child.age,
  CASE WHEN asylum.child_id IS NULL THEN 'N' ELSE 'Y' END AS is_asylum_seeking,
  child.has_disability,
  care.entered_on,
  care.primary_need_code AS need,
  CASE WHEN again.child_id IS NULL THEN 'N' ELSE 'Y' END AS is_again,
  legal.started_on AS legal_status_from,
  legal.legal_status_code AS legal_status,
  review.held_on AS last_review_on,
  visit.visited_on AS last_visit_on,
  permanence.plan AS permanence_plan,
  reviewing_officer.contact_on AS last_reviewing_officer_contact_on,
  last_health.assessed_on AS last_health_assessment_on,
  last_health.checked_on AS last_dental_check_on,
  coalesce(stays.placements, 0) AS placements,
  care.left_on AS ceased_on,
  care.left_reason AS ceased_reason,
  placement.started_on AS placed_on,
  placement.placement_type_code AS placement_type,
  placement.provider_code AS placement_provider,
  placement.postcode AS placement_postcode,
  placement.urn AS placement_urn,
  coalesce(times.times_missing, 0) AS times_missing,
  coalesce(times.times_absent, 0) AS times_absent,
  CASE WHEN interview.child_id IS NULL OR interview.return_interview_offered_code = 'NA' THEN NULL
    ELSE coalesce(interview.return_interview_offered_code, 'U') END AS interview_offered,
  CASE WHEN interview.child_id IS NULL OR interview.return_interview_accepted_code = 'NA' THEN NULL
    ELSE coalesce(interview.return_interview_accepted_code, 'U') END AS interview_accepted,
  child.team,
  child.worker
FROM care
JOIN annex_a_child AS child ON child.child_id = care.child_id
LEFT JOIN again ON again.child_id = care.child_id
LEFT JOIN legal ON legal.child_id = care.child_id
LEFT JOIN review ON review.child_id = care.child_id
LEFT JOIN visit ON visit.child_id = care.child_id
LEFT JOIN reviewing_officer ON reviewing_officer.child_id = care.child_id
LEFT JOIN permanence ON permanence.child_id = care.child_id
LEFT JOIN last_health ON last_health.child_id = care.child_id
LEFT JOIN stays ON stays.child_id = care.child_id
LEFT JOIN placement ON placement.child_id = care.child_id
LEFT JOIN times ON times.child_id = care.child_id
LEFT JOIN interview ON interview.child_id = care.child_id
LEFT JOIN asylum ON asylum.child_id = care.child_id
