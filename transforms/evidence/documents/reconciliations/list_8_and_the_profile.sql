/*
title     = "List 8 and the profile"
first     = "children on list 8 whose care has not ended"
second    = "children in LA01: looked after on the as-at date"
lists     = ["annex_a_list_8"]
indicator = "LA01"
*/
SELECT
  coalesce(listed.child_id, counted.child_id) AS child_id,
  (listed.child_id IS NOT NULL)::INTEGER AS in_first,
  (counted.child_id IS NOT NULL)::INTEGER AS in_second,
  NULL AS because,
  TRUE AS is_fault
FROM (SELECT child_id FROM annex_a_list_8 WHERE ceased_on IS NULL) AS listed
FULL JOIN (
  SELECT child_id
  FROM profile.indicator_cases
  WHERE indicator_code = 'LA01' AND period_kind = 'snapshot' AND ends_on = $as_at AND counts
) AS counted ON counted.child_id = listed.child_id
