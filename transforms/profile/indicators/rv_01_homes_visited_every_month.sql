/*
code        = "RV01"
title       = "Homes visited every month"
family      = "reg44"
denominator = "months in the period in which a home was open, for each of the council's homes"
numerator   = "months with an independent visit to the home"
unit        = "percent"
good_is     = "high"
periods     = ["rolling_12_months", "month"]
history     = "recomputed"
source      = "SI 2015/541 reg 44(1); knowsley manual on the renumbering"
sourced     = "verified"
reading     = "A month is a calendar month wholly inside the period. A home counts for a month if it opened by the month's last day and had not closed by its first; a home whose opening day is not recorded is not counted. Any visit in the month is enough, under Regulation 44 or, before 1 April 2015, Regulation 33. A month that is not over is not counted, and one without a visit stays so: nothing can be open and late."
threshold   = "100% (SI 2015/541 reg 44(1))"
small_numbers = "S1"
*/
WITH month_begun AS (
  SELECT period.period_id, period.starts_on, period.ends_on,
         unnest(
           generate_series(date_trunc('month', period.starts_on), period.ends_on, INTERVAL 1 MONTH)
         )::DATE AS first_day
  FROM profile.periods AS period
),
whole_month AS (
  SELECT period_id, first_day, last_day(first_day) AS final_day
  FROM month_begun
  WHERE first_day >= starts_on AND last_day(first_day) <= ends_on
),
visited AS (
  SELECT DISTINCT visit.home_urn, date_trunc('month', visit.visited_on)::DATE AS first_day
  FROM records.independent_visits AS visit
)
SELECT whole_month.period_id, home.home_urn || ' ' || strftime(whole_month.first_day, '%Y-%m') AS case_id,
       NULL::VARCHAR AS child_id, visited.home_urn IS NOT NULL AS counts
FROM records.childrens_homes AS home
JOIN whole_month
  ON home.opened_on <= whole_month.final_day AND (home.closed_on IS NULL OR home.closed_on > whole_month.first_day)
LEFT JOIN visited ON visited.home_urn = home.home_urn AND visited.first_day = whole_month.first_day
/*
# Worked example. A case is a home and a month; each visit is named after the home and the month it tests.
as_at = 2026-03-15
period_kind = "rolling_12_months"
numerator = 6
denominator = 9
[[given]]
table = "records.independent_visits"
rows = """
visit_id   | home_urn | visited_on | verdict        | because
H1 2025-03 | H1       | 2025-03-20 | left out       | the period begins in the middle of this month
H1 2025-04 | H1       | 2025-04-01 | counts         | visited on the first day of the month, the day before the home closed
H2 2026-02 | H2       | 2026-02-28 | counts         | opened and visited on the last day of the month
H2 2026-03 | H2       | 2026-03-10 | left out       | this month is not over
H3 2026-01 | H3       | 2026-01-10 | counts         | two visits in a month are one month visited
H3 extra   | H3       | 2026-01-30 | left out       | the second of them
H3 2026-02 | H3       | 2026-03-01 | does not count | visited the day after the month
H4 2025-05 | H4       | 2025-05-20 | counts         | the home closes on the first day of the next month
H4 2025-06 | H4       | 2025-06-10 | left out       | closed on the first day of the month, but visited
H4 2025-04 | H4       | 2025-03-31 | does not count | visited the day before the month
H5 2026-01 | H5       | 2026-01-20 | left out       | opened on the first day of the next month
H5 2026-02 | H5       | 2026-02-01 | counts         | opened and visited on the first day of the month
H6 2025-09 | H6       | 2025-09-10 | left out       | the opening day is not recorded
H7 2026-02 | H7       | 2025-02-10 | does not count | visited in that month of the year before
H8 2026-02 | H8       | 2026-02-10 | counts         | the closing is in the future
"""
[[given]]
table = "records.childrens_homes"
rows = """
home_urn | name    | opened_on  | closed_on
H1       | Ash     | 2010-05-01 | 2025-04-02
H2       | Beech   | 2026-02-28 |
H3       | Cherry  | 2026-01-05 |
H4       | Dogwood | 2025-04-10 | 2025-06-01
H5       | Elm     | 2026-02-01 |
H6       | Fir     |            |
H7       | Gean    | 2026-02-02 |
H8       | Hazel   | 2026-02-03 | 2026-05-01
"""
*/
