/*
one_row_is = "one child with a child in need episode open on the as-at date or closed in the window; if there are several, the open one, otherwise the latest"
feeds      = ["records.child_in_need_episodes", "records.children", "records.assessments", "records.child_in_need_plans", "records.child_protection_plans", "records.looked_after_episodes", "records.legal_statuses", "records.care_leavers"]
order      = ["child_id"]
part       = "annex_a_child"
counting   = [
  "Open: referred by {as_at} and not closed by then. Closed in the six months: after {window_begins}, up to and including {as_at}. Episodes marked no further action are left out.",
  "Only the subject of a referral: the child has no assessment, plan or period of care within the episode.",
  "Care leaver: leaving-care status Relevant, Former Relevant or Qualifying, and neither looked after nor on a plan of this council on the as-at date.",
  "Case status is the first that applies: closed; looked after (not counting short breaks); on a child protection plan of this council; on a child in need plan; being assessed. Empty if none applies: the episode is open and no value fits.",
]

[columns.in_need_from]
heading  = "CIN Start Date"
meaning  = "Day of the referral that opened the episode."
[columns.primary_need]
heading  = "Primary Need Code"
meaning  = "Main need at referral."
words    = "annex_a_primary_need"
feeds    = ["records.child_in_need_episodes.primary_need_code"]
required = true
[columns.last_seen_on]
heading  = "Date Child Was Last Seen"
meaning  = "Latest visit within the episode at which the child was seen, as a child in need, on a plan or looked after."
feeds    = ["records.child_in_need_visits.is_seen", "records.child_protection_visits.is_seen", "records.looked_after_visits.is_seen"]
[columns.closed_on]
heading  = "CIN Closure Date"
meaning  = "Day the episode closed; empty while it is open."
feeds    = ["records.child_in_need_episodes.closed_on"]
[columns.close_reason]
heading  = "Reason for Closure"
meaning  = "Why the episode closed."
words    = "annex_a_cin_closure_reason"
feeds    = ["records.child_in_need_episodes.close_reason_code"]
[columns.case_status]
heading  = "Case Status"
meaning  = "The child's status on the as-at date, one value: see how it is counted."
words    = "annex_a_case_status"
required = true
*/
-- G1, G17: open episodes. G13, G14: looked after. G15: own plans. Window: G8.
WITH looked_after AS (
  SELECT DISTINCT care.child_id
  FROM records.looked_after_episodes AS care
  WHERE care.started_on <= $as_at AND (care.ceased_on IS NULL OR care.ceased_on > $as_at)
    AND NOT EXISTS (
      FROM records.legal_statuses AS short_break
      WHERE short_break.child_id = care.child_id AND short_break.legal_status_code IN ('V3', 'V4')
        AND short_break.started_on <= $as_at AND (short_break.ended_on IS NULL OR short_break.ended_on > $as_at)
    )
),
on_plan AS (
  SELECT DISTINCT child_id
  FROM records.child_protection_plans
  WHERE is_other_authority IS NOT TRUE AND started_on <= $as_at AND (ended_on IS NULL OR ended_on > $as_at)
),
on_need_plan AS (
  SELECT DISTINCT child_id
  FROM records.child_in_need_plans
  WHERE started_on <= $as_at AND (ended_on IS NULL OR ended_on > $as_at)
),
being_assessed AS (
  SELECT DISTINCT child_id
  FROM records.assessments
  WHERE started_on <= $as_at AND (authorised_on IS NULL OR authorised_on > $as_at)
),
care_leaver AS (
  SELECT DISTINCT child_id
  FROM records.care_leavers
  WHERE eligibility_code IN ('Relevant', 'Former Relevant', 'Qualifying')
),
service AS (
  SELECT child_id, started_on, authorised_on AS ended_on FROM records.assessments
  UNION ALL
  SELECT child_id, started_on, ended_on FROM records.child_in_need_plans
  UNION ALL
  SELECT child_id, started_on, ended_on FROM records.child_protection_plans
  UNION ALL
  SELECT child_id, started_on, ceased_on FROM records.looked_after_episodes
),
episode AS (
  SELECT *,
         closed_on IS NULL OR closed_on > $as_at AS is_open,
         CASE WHEN closed_on <= $as_at THEN closed_on ELSE $as_at END AS until_on
  FROM records.child_in_need_episodes
  WHERE referred_on <= $as_at AND (closed_on IS NULL OR closed_on > $window_begins) AND is_no_further_action IS NOT TRUE
),
served AS (
  SELECT DISTINCT episode.referral_id
  FROM episode
  JOIN service
    ON service.child_id = episode.child_id
   AND service.started_on <= episode.until_on
   AND (service.ended_on IS NULL OR service.ended_on >= episode.referred_on)
),
chosen AS (
  SELECT episode.*, served.referral_id IS NOT NULL AS is_served
  FROM episode
  LEFT JOIN served ON served.referral_id = episode.referral_id
  QUALIFY row_number() OVER (
    PARTITION BY episode.child_id
    ORDER BY is_served DESC, episode.is_open DESC, episode.referred_on DESC, episode.until_on DESC, episode.referral_id
  ) = 1
),
visit AS (
  SELECT child_id, visited_on FROM records.child_in_need_visits WHERE is_seen
  UNION ALL
  SELECT child_id, visited_on FROM records.child_protection_visits WHERE is_seen
  UNION ALL
  SELECT child_id, visited_on FROM records.looked_after_visits WHERE is_seen
),
last_seen AS (
  SELECT chosen.child_id, max(visit.visited_on) AS last_seen_on
  FROM chosen
  JOIN visit ON visit.child_id = chosen.child_id AND visit.visited_on BETWEEN chosen.referred_on AND chosen.until_on
  GROUP BY chosen.child_id
)
SELECT
  chosen.child_id,
  child.gender,
  child.ethnicity,
  child.born_on,
  child.age,
  child.has_disability,
  chosen.referred_on AS in_need_from,
  chosen.primary_need_code AS primary_need,
  last_seen.last_seen_on,
  CASE WHEN NOT chosen.is_open THEN chosen.closed_on END AS closed_on,
  CASE WHEN NOT chosen.is_open THEN chosen.close_reason_code END AS close_reason,
  CASE
    WHEN NOT chosen.is_open THEN 'e'
    WHEN looked_after.child_id IS NOT NULL THEN 'a'
    WHEN on_plan.child_id IS NOT NULL THEN 'b'
    WHEN on_need_plan.child_id IS NOT NULL THEN 'c'
    WHEN being_assessed.child_id IS NOT NULL THEN 'd'
  END AS case_status,
  child.team,
  child.worker,
  CASE
    WHEN NOT chosen.is_served THEN 'only the subject of a referral'
    WHEN care_leaver.child_id IS NOT NULL AND looked_after.child_id IS NULL AND on_plan.child_id IS NULL THEN 'care leaver'
  END AS left_off_because
FROM chosen
JOIN annex_a_child AS child ON child.child_id = chosen.child_id
LEFT JOIN looked_after ON looked_after.child_id = chosen.child_id
LEFT JOIN on_plan ON on_plan.child_id = chosen.child_id
LEFT JOIN on_need_plan ON on_need_plan.child_id = chosen.child_id
LEFT JOIN being_assessed ON being_assessed.child_id = chosen.child_id
LEFT JOIN care_leaver ON care_leaver.child_id = chosen.child_id
LEFT JOIN last_seen ON last_seen.child_id = chosen.child_id
