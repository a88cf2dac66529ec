/*
code     = "X012"
source   = "own"
title    = "An A&E attendance from a partner matches no child, or more than one"
kind     = "query"
severity = "info"
table    = "records.emergency_attendances"
column   = "nhs_number"
fix      = "Identify the child with the partner, and correct the NHS number if it is wrong."
reading  = "quality.unmatched_rows also holds these rows, with the reason. Rows match by NHS number, never by name (choices G20). A row that someone has decided is not one of our children is not reported again."
*/
SELECT partner.received_row
FROM records.emergency_attendances AS partner
WHERE partner.matched_child_id IS NULL
  AND partner.attendance_id NOT IN (
    SELECT decision.key FROM quality.decisions AS decision
    WHERE decision.source_table = 'nhs_ae' AND decision.outcome = 'applied'
  )
/*
# Worked example.
as_at = 2026-03-31
[[given]]
table = "records.emergency_attendances"
rows = """
received_row | attendance_id | nhs_number | attended_at | matched_child_id | verdict | because
2            | H1            | 9990210063 | 2025-09-01  | A                | met     | matched
3            | H2            | 9998586429 | 2025-09-01  |                  | broken  | no child has the number, or two have it
4            | H3            |            | 2025-09-01  |                  | broken  | no number to match by
"""
*/
