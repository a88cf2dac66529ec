/*
title     = "List 8 and all open episodes of care"
first     = "children on list 8 whose care has not ended"
second    = "children with an episode of care open on the as-at date"
lists     = ["annex_a_list_8"]
*/
SELECT
  coalesce(listed.child_id, open_care.child_id) AS child_id,
  (listed.child_id IS NOT NULL)::INTEGER AS in_first,
  (open_care.child_id IS NOT NULL)::INTEGER AS in_second,
  CASE WHEN open_care.child_id IN (
    SELECT child_id FROM records.legal_statuses
    WHERE legal_status_code IN ('V3', 'V4') AND child_id IS NOT NULL
      AND started_on <= $as_at AND (ended_on IS NULL OR ended_on > $as_at)
  ) THEN 'on short breaks (V3, V4), not looked after' END AS because,
  FALSE AS is_fault
FROM (SELECT child_id FROM annex_a_list_8 WHERE ceased_on IS NULL) AS listed
FULL JOIN (
  SELECT DISTINCT child_id FROM records.looked_after_episodes
  WHERE started_on <= $as_at AND (ceased_on IS NULL OR ceased_on > $as_at)
) AS open_care ON open_care.child_id = listed.child_id
