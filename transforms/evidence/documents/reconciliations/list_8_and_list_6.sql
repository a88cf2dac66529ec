/*
title     = "List 8 and list 6"
first     = "children on list 8"
second    = "of these, on list 6 with a case status that fits"
lists     = ["annex_a_list_8", "annex_a_list_6"]
*/
-- What fits: in care: looked after; care ended: anything but looked after.
SELECT
  eight.child_id,
  1 AS in_first,
  CASE
    WHEN six.child_id IS NULL OR six.left_off_because IS NOT NULL THEN 0
    WHEN eight.ceased_on IS NOT NULL THEN (six.case_status IS DISTINCT FROM 'a')::INTEGER
    ELSE coalesce(six.case_status = 'a', FALSE)::INTEGER
  END AS in_second,
  CASE
    WHEN six.left_off_because IS NOT NULL THEN 'left off list 6: ' || six.left_off_because
    WHEN six.child_id IS NULL AND eight.child_id IN (
      SELECT child_id FROM records.child_in_need_episodes
      WHERE referred_on <= $as_at AND (closed_on IS NULL OR closed_on > $window_begins)
    ) THEN 'whose child in need episode is marked no further action'
    WHEN six.child_id IS NULL THEN 'with no child in need episode in the six months'
    WHEN eight.ceased_on IS NULL AND six.case_status = 'e' THEN 'in care whose child in need episode is closed'
  END AS because,
  six.left_off_because IS NULL AS is_fault
FROM annex_a_list_8 AS eight
LEFT JOIN annex_a_list_6 AS six ON six.child_id = eight.child_id
