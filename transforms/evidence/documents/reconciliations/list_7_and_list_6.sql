/*
title     = "List 7 and list 6"
first     = "children on list 7"
second    = "of these, on list 6 with a case status that fits"
lists     = ["annex_a_list_7", "annex_a_list_6", "annex_a_list_8"]
*/
-- What fits: plan open: on a plan, or looked after if list 8 says so; plan ended: anything but on a plan.
SELECT
  seven.child_id,
  1 AS in_first,
  CASE
    WHEN six.child_id IS NULL OR six.left_off_because IS NOT NULL THEN 0
    WHEN seven.ended_on IS NOT NULL THEN (six.case_status IS DISTINCT FROM 'b')::INTEGER
    ELSE coalesce(six.case_status = 'b' OR (six.case_status = 'a' AND eight.child_id IS NOT NULL), FALSE)::INTEGER
  END AS in_second,
  CASE
    WHEN six.left_off_because IS NOT NULL THEN 'left off list 6: ' || six.left_off_because
    WHEN six.child_id IS NULL AND seven.child_id IN (
      SELECT child_id FROM records.child_in_need_episodes
      WHERE referred_on <= $as_at AND (closed_on IS NULL OR closed_on > $window_begins)
    ) THEN 'whose child in need episode is marked no further action'
    WHEN six.child_id IS NULL THEN 'with no child in need episode in the six months'
    WHEN seven.ended_on IS NULL AND six.case_status = 'e' THEN 'on a plan whose child in need episode is closed'
  END AS because,
  six.left_off_because IS NULL AS is_fault
FROM annex_a_list_7 AS seven
LEFT JOIN annex_a_list_6 AS six ON six.child_id = seven.child_id
LEFT JOIN annex_a_list_8 AS eight ON eight.child_id = seven.child_id AND eight.ceased_on IS NULL
