/*
one_row_is = "one child on a child protection plan of this council on the as-at date or whose plan ended in the window; if there are several, the open one, otherwise the latest"
feeds      = ["records.child_protection_plans", "records.children"]
order      = ["child_id"]
part       = "annex_a_child"
counting   = [
  "On a plan: started by {as_at} and not ended by then. Ended in the six months: after {window_begins}, up to and including {as_at}. Temporary plans of other authorities are left out.",
  "Previous plans are the child's earlier ones, as far back as the extract goes, not counting this one.",
  "A plan that ends after the as-at date is open and shows no end date.",
]

[columns.started_on]
heading  = "Child Protection Plan Start Date"
meaning  = "Day the plan started."
required = true
[columns.initial_category]
heading  = "Initial Category of Abuse"
meaning  = "Category when the plan started."
words    = "annex_a_abuse_category"
feeds    = ["records.child_protection_plans.initial_category_code"]
required = true
[columns.latest_category]
heading  = "Latest Category of Abuse"
meaning  = "Category now."
words    = "annex_a_abuse_category"
feeds    = ["records.child_protection_plans.latest_category_code"]
required = true
[columns.last_visit_on]
heading  = "Date of the Last Statutory Visit"
meaning  = "Latest visit recorded for this plan, between its start and end."
feeds    = ["records.child_protection_visits.plan_id"]
[columns.seen_alone]
heading  = "Was the Child Seen Alone?"
meaning  = "Whether the child was seen alone at that visit; empty if there was none."
words    = "annex_a_yes_no_unknown"
feeds    = ["records.child_protection_visits.plan_id", "records.child_protection_visits.is_seen_alone"]
[columns.last_review_on]
heading  = "Date of latest review conference"
meaning  = "Latest review conference held for this plan."
feeds    = ["records.child_protection_reviews.plan_id", "records.child_protection_reviews.held_on"]
[columns.ended_on]
heading  = "Child Protection Plan End Date"
meaning  = "Day the plan ended; empty while it is open."
feeds    = ["records.child_protection_plans.ended_on"]
[columns.has_emergency_protection]
heading  = "Subject to Emergency Protection Order or Protected Under Police Powers in Last Six Months (Y/N)"
meaning  = "Whether an emergency protection order (L2) or police protection in local authority accommodation (L1) was in force in the window. Police protection elsewhere is not in the extract."
words    = "annex_a_yes_no_unknown"
feeds    = ["records.legal_statuses.legal_status_code"]
required = true
[columns.previous_plans]
heading  = "Number of Previous Child Protection Plans"
meaning  = "The child's earlier plans with this council; too few if the extract does not go back far enough."
required = true
*/
-- G1, G15: own plans. Window: G8. Anything after the as-at date has not happened yet.
WITH own_plan AS (
  SELECT *,
         ended_on IS NULL OR ended_on > $as_at AS is_open,
         CASE WHEN ended_on <= $as_at THEN ended_on ELSE $as_at END AS until_on,
         rank() OVER (PARTITION BY child_id ORDER BY started_on) - 1 AS previous_plans
  FROM records.child_protection_plans
  WHERE is_other_authority IS NOT TRUE AND started_on <= $as_at
),
plan AS (
  SELECT *
  FROM own_plan
  WHERE ended_on IS NULL OR ended_on > $window_begins
  QUALIFY row_number() OVER (
    PARTITION BY child_id ORDER BY is_open DESC, started_on DESC, until_on DESC, plan_id
  ) = 1
),
last_visit AS (
  SELECT visit.plan_id, visit.visited_on, visit.is_seen_alone
  FROM plan
  JOIN records.child_protection_visits AS visit
    ON visit.plan_id = plan.plan_id AND visit.visited_on BETWEEN plan.started_on AND plan.until_on
  QUALIFY row_number() OVER (
    PARTITION BY visit.plan_id ORDER BY visit.visited_on DESC, visit.is_seen_alone DESC NULLS LAST, visit.visit_id
  ) = 1
),
last_review AS (
  SELECT review.plan_id, max(review.held_on) AS held_on
  FROM plan
  JOIN records.child_protection_reviews AS review
    ON review.plan_id = plan.plan_id AND review.held_on BETWEEN plan.started_on AND plan.until_on
  GROUP BY review.plan_id
),
emergency AS (
  SELECT DISTINCT child_id
  FROM records.legal_statuses
  WHERE legal_status_code IN ('L1', 'L2')
    AND started_on <= $as_at AND (ended_on IS NULL OR ended_on > $window_begins)
)
SELECT
  plan.child_id,
  child.gender,
  child.ethnicity,
  child.born_on,
  child.age,
  child.has_disability,
  plan.started_on,
  plan.initial_category_code AS initial_category,
  plan.latest_category_code AS latest_category,
  last_visit.visited_on AS last_visit_on,
  CASE
    WHEN last_visit.plan_id IS NULL THEN NULL
    WHEN last_visit.is_seen_alone THEN 'Y'
    WHEN last_visit.is_seen_alone IS NULL THEN 'U'
    ELSE 'N'
  END AS seen_alone,
  last_review.held_on AS last_review_on,
  CASE WHEN NOT plan.is_open THEN plan.ended_on END AS ended_on,
  CASE WHEN emergency.child_id IS NULL THEN 'N' ELSE 'Y' END AS has_emergency_protection,
  plan.previous_plans,
  child.team,
  child.worker
FROM plan
JOIN annex_a_child AS child ON child.child_id = plan.child_id
LEFT JOIN last_visit ON last_visit.plan_id = plan.plan_id
LEFT JOIN last_review ON last_review.plan_id = plan.plan_id
LEFT JOIN emergency ON emergency.child_id = plan.child_id
