/*
code        = "AP01"
title       = "Inspection actions by colour"
family      = "action_plan"
denominator = "actions in the inspection action plan"
numerator   = "actions with a colour: red, amber, green or blue (done)"
unit        = "count"
good_is     = "neutral"
periods     = ["snapshot"]
history     = "current state only"
source      = "seed 002 (13 formal: 8 green, 5 amber)"
sourced     = "verified"
reading     = "The colour (RAG) that the plan gives each action by its own rules; it is not worked out from the dates. Formal and softer actions are shown separately. An action without a colour stays in the denominator. The plan has only today's colours, so earlier dates are not measured."
broken_down_by = "colour, formal and softer actions shown separately"
breakdown   = "share of all"
small_numbers = "S1"
*/
SELECT period.period_id, action.action_id AS case_id, NULL::VARCHAR AS child_id,
       action.rag_code IS NOT NULL AS counts,
       CASE
         WHEN action.is_formal IS TRUE THEN 'formal: '
         WHEN action.is_formal IS FALSE THEN 'softer: '
         ELSE 'not recorded whether formal: '
       END
       || CASE action.rag_code
            WHEN 'R' THEN 'red' WHEN 'A' THEN 'amber' WHEN 'G' THEN 'green' WHEN 'B' THEN 'blue' ELSE action.rag_code
          END AS breakdown
FROM records.inspection_actions AS action
CROSS JOIN profile.periods AS period
/*
# Worked example.
as_at = 2026-03-31
period_kind = "snapshot"
numerator = 8
denominator = 9
[[given]]
table = "records.inspection_actions"
rows = """
action_id | priority_band_code | is_formal | rag_code | due_on     | done_on    | verdict        | because
A1        | IMMEDIATE          | true      | R        | 2026-03-30 |            | counts         | formal, red
A2        | M3                 | true      | G        | 2026-01-31 |            | counts         | formal, green in the plan although past its date
A3        | M3                 | true      | G        | 2026-06-30 |            | counts         | formal, green
A4        | M6                 | true      | B        | 2026-06-30 | 2026-03-31 | counts         | formal, done on the date
A5        | M6                 | false     | A        | 2026-06-30 |            | counts         | softer, amber
A6        | LONG               | false     | G        |            |            | counts         | softer, green, no due date
A7        | LONG               |           | R        | 2026-06-30 |            | counts         | not recorded whether formal
A8        | M6                 | true      |          | 2026-06-30 |            | does not count | no colour
A9        | M6                 | true      | P        | 2026-06-30 | 2026-04-01 | counts         | an unknown colour is its own group; the day it is done is in the future
"""
[[breakdown]]
group = "formal: red"
numerator = 1
denominator = 9
[[breakdown]]
group = "formal: green"
numerator = 2
denominator = 9
[[breakdown]]
group = "formal: blue"
numerator = 1
denominator = 9
[[breakdown]]
group = "softer: amber"
numerator = 1
denominator = 9
[[breakdown]]
group = "softer: green"
numerator = 1
denominator = 9
[[breakdown]]
group = "not recorded whether formal: red"
numerator = 1
denominator = 9
[[breakdown]]
group = "formal: P"
numerator = 1
denominator = 9
[[breakdown]]
group = "not recorded"
numerator = 1
denominator = 9
*/
