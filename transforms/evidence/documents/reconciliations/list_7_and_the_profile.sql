/*
title     = "List 7 and the profile"
first     = "children on list 7 whose plan has no end date"
second    = "plans in CP08: the council's own plans open on the as-at date"
lists     = ["annex_a_list_7"]
indicator = "CP08"
*/
SELECT
  coalesce(listed.child_id, counted.child_id) AS child_id,
  (listed.child_id IS NOT NULL)::INTEGER AS in_first,
  coalesce(counted.plans, 0) AS in_second,
  CASE WHEN listed.child_id IS NOT NULL AND counted.plans > 1 THEN 'with several open plans: CP08 counts each plan' END AS because,
  TRUE AS is_fault
FROM (SELECT child_id FROM annex_a_list_7 WHERE ended_on IS NULL) AS listed
FULL JOIN (
  SELECT child_id, count(*) AS plans
  FROM profile.indicator_cases
  WHERE indicator_code = 'CP08' AND period_kind = 'snapshot' AND ends_on = $as_at AND counts
  GROUP BY child_id
) AS counted ON counted.child_id = listed.child_id
