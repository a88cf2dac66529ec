/*
code              = "180"
source            = "SSDA903"
title             = "A strengths and difficulties score is not a whole number from 0 to 40"
kind              = "error"
severity          = "warning"
table             = "records.sdq_scores"
column            = "score"
first_return_year = 2023
fix               = "Correct the score."
*/
SELECT questionnaire.received_row
FROM records.sdq_scores AS questionnaire
WHERE questionnaire.score IS NOT NULL
  AND NOT (
    regexp_full_match(questionnaire.score, '[0-9]+')
    AND coalesce(TRY_CAST(questionnaire.score AS INTEGER) <= 40, FALSE)
  )
/*
# Worked example.
as_at = 2026-03-31
[[given]]
table = "records.sdq_scores"
rows = """
received_row | sdq_score_id | child_id | completed_on | score | verdict | because
2            | Q1           | A        | 2025-09-01   | 0     | met     | the least
3            | Q2           | B        | 2025-09-01   | 40    | met     | the most
4            | Q3           | C        | 2025-09-01   | 41    | broken  | more than 40
5            | Q4           | D        | 2025-09-01   | 12.5  | broken  | not whole
6            | Q5           | E        | 2025-09-01   |       | met     | none
7            | Q6           | F        | 2025-09-01   | -1    | broken  | less than 0
"""
*/
