/*
code     = "X013"
source   = "own"
title    = "An allegation names a child who is not in the case system"
kind     = "query"
severity = "info"
table    = "records.allegations"
column   = "child_ids"
fix      = "Check the child's reference; if the child is another authority's, record that."
reading  = "Semicolons separate the references. A child of another authority may be right, so the row is reported but stays in every figure, and is not reported again once someone has decided it."
*/
SELECT DISTINCT named.received_row
FROM (
  SELECT allegation.received_row, trim(unnest(string_split(allegation.child_ids, ';'))) AS child_id
  FROM records.allegations AS allegation
  WHERE allegation.is_child_of_other_authority IS NOT TRUE
    AND allegation.lado_ref NOT IN (
      SELECT decision.key FROM quality.decisions AS decision
      WHERE decision.source_table = 'lado_log' AND decision.outcome = 'applied'
    )
) AS named
WHERE named.child_id <> ''
  AND named.child_id NOT IN (SELECT child.child_id FROM records.children AS child)
/*
# Worked example.
as_at = 2026-03-31
[[given]]
table = "records.allegations"
rows = """
received_row | lado_ref | child_ids | contacted_on | is_child_of_other_authority | verdict | because
2            | D1       | A         | 2025-09-01   |                             | met     | on file
3            | D2       | A; Z      | 2025-09-01   |                             | broken  | Z is not
4            | D3       |           | 2025-09-01   |                             | met     | no child is named
5            | D4       | Z         | 2025-09-01   | true                        | met     | recorded as another authority's child
6            | D5       | A;        | 2025-09-01   |                             | met     | nothing after the semicolon
"""
[[given]]
table = "records.children"
rows = """
child_id
A
"""
*/
