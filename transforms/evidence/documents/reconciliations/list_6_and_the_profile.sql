/*
title     = "List 6 and the profile"
first     = "children on list 6 whose episode is open"
second    = "episodes in CN01: child in need episodes open on the as-at date"
lists     = ["annex_a_list_6"]
indicator = "CN01"
*/
SELECT
  coalesce(listed.child_id, counted.child_id) AS child_id,
  coalesce(listed.is_listed, FALSE)::INTEGER AS in_first,
  coalesce(counted.episodes, 0) AS in_second,
  CASE
    WHEN listed.left_off_because IS NOT NULL THEN 'left off list 6: ' || listed.left_off_because
    WHEN listed.is_listed AND counted.episodes > 1 THEN 'with several open episodes: CN01 counts each episode'
    WHEN NOT listed.is_listed AND counted.episodes > 0 THEN 'on list 6 with a closed episode; the open one is only a referral'
  END AS because,
  FALSE AS is_fault
FROM (
  SELECT child_id, left_off_because, left_off_because IS NULL AND case_status IS DISTINCT FROM 'e' AS is_listed
  FROM annex_a_list_6
) AS listed
FULL JOIN (
  SELECT child_id, count(*) AS episodes
  FROM profile.indicator_cases
  WHERE indicator_code = 'CN01' AND period_kind = 'snapshot' AND ends_on = $as_at AND counts
  GROUP BY child_id
) AS counted ON counted.child_id = listed.child_id
