/*
title     = "List 6 and lists 7 and 8"
first     = "children on list 6 who are looked after or on a plan, by case status"
second    = "of these, on list 8 or list 7 with no end date"
lists     = ["annex_a_list_6", "annex_a_list_7", "annex_a_list_8"]
*/
SELECT
  six.child_id,
  1 AS in_first,
  CASE six.case_status WHEN 'a' THEN eight.child_id IS NOT NULL ELSE seven.child_id IS NOT NULL END::INTEGER AS in_second,
  NULL AS because,
  TRUE AS is_fault
FROM annex_a_list_6 AS six
LEFT JOIN annex_a_list_7 AS seven ON seven.child_id = six.child_id AND seven.ended_on IS NULL
LEFT JOIN annex_a_list_8 AS eight ON eight.child_id = six.child_id AND eight.ceased_on IS NULL
WHERE six.left_off_because IS NULL AND six.case_status IN ('a', 'b')
