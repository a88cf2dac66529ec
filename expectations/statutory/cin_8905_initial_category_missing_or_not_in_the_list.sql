/*
code              = "8905"
source            = "CIN census"
title             = "A child protection plan's initial category of abuse is missing or not in the list"
kind              = "error"
severity          = "warning"
table             = "records.child_protection_plans"
column            = "initial_category_code"
first_return_year = 2023
fix               = "Record the category of abuse at the start."
reading           = "Another authority's plans, which the council holds temporarily, are left out."
*/
SELECT plan.received_row
FROM records.child_protection_plans AS plan
WHERE plan.is_other_authority IS NOT TRUE
  AND (plan.initial_category_code IS NULL OR plan.initial_category_code NOT IN ('NEG', 'PHY', 'SAB', 'EMO', 'MUL'))
/*
# Worked example.
as_at = 2026-03-31
[[given]]
table = "records.child_protection_plans"
rows = """
received_row | plan_id | child_id | started_on | initial_category_code | is_other_authority | verdict | because
2            | P1      | A        | 2025-05-20 |                       |                    | broken  | blank
3            | P2      | B        | 2025-05-20 | NGL                   |                    | broken  | not in the list
4            | P3      | C        | 2025-05-20 | NEG                   |                    | met     | neglect
5            | P4      | D        | 2025-05-20 |                       | true               | met     | another authority's plan
"""
*/
