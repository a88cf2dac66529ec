/*
code        = "NI61"
title       = "Adoption placements within 12 months of the agency decision"
family      = "ni"
denominator = "children adopted in the period"
numerator   = "children placed for adoption within 12 months of the agency's decision that they should be"
unit        = "percent"
good_is     = "high"
periods     = ["rolling_12_months", "financial_year"]
history     = "recomputed"
source      = "data4nr 1000; denominator from general knowledge"
sourced     = "partly"
reading     = "In time means that a permanence record for the same period of care has the child placed on or before the day 12 calendar months after the decision; without the record or either day, the child is not in time. Adopted means an episode of care that ceased in the period with reason E11 or E12. The definition leaves out children whose first adoptive placement broke down; the extract does not identify them, so they are included."
open_and_late = "children looked after on the last day whose adoption was decided in this period of care more than 12 months before it, who had not been placed for adoption by then and whose decision had not been reversed"
small_numbers = "S1"
*/
SELECT period.period_id, adoption.episode_id AS case_id, adoption.child_id,
       EXISTS (
         FROM records.permanence AS permanence
         WHERE permanence.looked_after_period_id = adoption.looked_after_period_id
           AND permanence.placed_for_adoption_on <= permanence.agency_decision_on + INTERVAL 12 MONTH
           AND permanence.placed_for_adoption_on <= period.ends_on
           AND permanence.agency_decision_on <= period.ends_on
       ) AS counts
FROM records.looked_after_episodes AS adoption
JOIN profile.periods AS period ON adoption.ceased_on BETWEEN period.starts_on AND period.ends_on
WHERE adoption.ceased_reason_code IN ('E11', 'E12');

SELECT looked_after.period_id, min(permanence.permanence_id) AS case_id, looked_after.child_id
FROM profile.looked_after AS looked_after
JOIN records.looked_after_episodes AS episode
  ON episode.child_id = looked_after.child_id AND episode.started_on <= looked_after.ends_on
 AND (episode.ceased_on IS NULL OR episode.ceased_on > looked_after.ends_on)
JOIN records.permanence AS permanence
  ON permanence.looked_after_period_id = episode.looked_after_period_id
 AND permanence.agency_decision_on + INTERVAL 12 MONTH < looked_after.ends_on
WHERE (permanence.placed_for_adoption_on IS NULL OR permanence.placed_for_adoption_on > looked_after.ends_on)
  AND (permanence.decision_reversed_on IS NULL OR permanence.decision_reversed_on > looked_after.ends_on)
GROUP BY looked_after.period_id, looked_after.child_id
/*
# Worked example.
as_at = 2026-03-31
period_kind = "rolling_12_months"
numerator = 5
denominator = 13
open_and_late_cases = "P13, P20, P21, P23"
[[given]]
table = "records.looked_after_episodes"
rows = """
episode_id | child_id | looked_after_period_id | started_on | ceased_on  | ceased_reason_code | verdict        | because
E1         | A        | A1                     | 2023-01-10 | 2025-04-01 | E11                | counts         | adopted on the first day of the period, placed exactly 12 months after the decision
E2         | B        | B1                     | 2023-01-10 | 2026-03-31 | E12                | does not count | adopted on the as-at date, placed one day after the 12 months
E3         | C        | C1                     | 2023-01-10 | 2025-03-31 | E11                | left out       | adopted the day before the period
E4         | D        | D1                     | 2023-01-10 | 2026-04-01 | E12                | left out       | the adoption is in the future
E5         | E        | E1                     | 2023-01-10 | 2025-10-01 | E45                | left out       | left for a special guardian
E6         | F        | F1                     | 2023-01-10 | 2025-10-01 | E11                | does not count | no permanence record
E7         | G        | G2                     | 2024-01-10 | 2025-10-01 | E11                | does not count | the permanence record is for an earlier period of care
E8         | H        | H1                     | 2023-01-10 | 2025-10-01 | E12                | does not count | day of the decision not recorded
E9         | I        | I1                     | 2023-01-10 | 2025-10-01 | E12                | does not count | day of the placement not recorded
E10        | J        | J1                     | 2023-01-10 | 2025-10-01 | E11                | counts         | placed with the carers before the decision
E11        | K        | K1                     | 2023-01-10 | 2025-10-01 | E11                | counts         | decided on a leap day, placed on 28 February a year after
E12        | L        | L1                     | 2023-01-10 | 2025-10-01 | E11                | does not count | decided on a leap day, placed on 1 March a year after
E13        | M        | M1                     | 2023-01-10 | 2025-10-01 | E11                | counts         | two records of the period of care, one in time
E14        | N        | N1                     | 2023-01-10 | 2025-07-01 | X1                 | left out       | a new episode began
E15        | N        | N1                     | 2025-07-01 | 2025-10-01 | E12                | counts         | one adoption, the last of two episodes
E16        | O        |                        | 2023-01-10 | 2025-10-01 | E12                | does not count | period of care not recorded
E17        | S        | S1                     | 2023-01-10 | 2026-03-01 | E11                | does not count | placed, and the decision is in the future
E20        | T        | T1                     | 2023-01-10 |            |                    | left out       | looked after
E21        | U        | U1                     | 2023-01-10 |            |                    | left out       | looked after
E22        | V        | V1                     | 2023-01-10 |            |                    | left out       | looked after
E23        | W        | W1                     | 2023-01-10 |            |                    | left out       | looked after
E24        | X        | X1                     | 2023-01-10 |            |                    | left out       | looked after
E25        | Y        | Y1                     | 2023-01-10 |            |                    | left out       | looked after
E26        | Z        | Z1                     | 2023-01-10 |            |                    | left out       | short breaks
"""
[[given]]
table = "records.permanence"
rows = """
permanence_id | child_id | looked_after_period_id | agency_decision_on | placed_for_adoption_on | decision_reversed_on | verdict       | because
P1            | A        | A1                     | 2023-06-01         | 2024-06-01             |                      | left out      | placed
P2            | B        | B1                     | 2023-06-01         | 2024-06-02             |                      | left out      | placed
P3            | C        | C1                     | 2023-06-01         | 2023-12-01             |                      | left out      | placed
P4            | D        | D1                     | 2023-06-01         | 2023-12-01             |                      | left out      | placed
P5            | E        | E1                     | 2023-06-01         |                        |                      | left out      | not placed, no longer looked after
P7            | G        | G1                     | 2023-06-01         | 2023-12-01             |                      | left out      | placed
P8            | H        | H1                     |                    | 2023-12-01             |                      | left out      | placed
P9            | I        | I1                     | 2023-06-01         |                        |                      | left out      | day of placement not recorded, adopted since
P10           | J        | J1                     | 2024-06-01         | 2023-12-01             |                      | left out      | placed
P11           | K        | K1                     | 2024-02-29         | 2025-02-28             |                      | left out      | placed
P12           | L        | L1                     | 2024-02-29         | 2025-03-01             |                      | left out      | placed
P13           | T        | T1                     | 2025-03-30         |                        |                      | open and late | the 12 months ended yesterday
P14           | M        | M1                     | 2023-02-01         | 2024-12-01             |                      | left out      | placed
P15           | M        | M1                     | 2024-02-01         | 2024-12-01             |                      | left out      | placed
P16           | N        | N1                     | 2023-06-01         | 2023-12-01             |                      | left out      | placed
P17           | O        |                        | 2023-06-01         | 2023-12-01             |                      | left out      | placed
P19           | U        | U1                     | 2025-03-31         |                        |                      | left out      | the 12 months end on the as-at date: not yet late
P20           | V        | V1                     | 2024-06-01         | 2026-04-01             |                      | open and late | the placement is in the future
P21           | W        | W1                     | 2024-06-01         |                        | 2026-04-01           | open and late | the reversal is in the future
P22           | X        | X1                     | 2024-06-01         |                        | 2026-03-31           | left out      | reversed on the as-at date
P23           | Y        | Y1                     | 2023-03-01         |                        |                      | open and late | three years without a placement
P24           | Z        | Z1                     | 2024-06-01         |                        |                      | left out      | the child is on short breaks
P25           | Y        | Y1                     |                    |                        |                      | left out      | nothing decided
P26           | T        | T1                     | 2024-03-30         |                        |                      | left out      | the same child
P27           | U        | U0                     | 2020-03-30         |                        |                      | left out      | an earlier period of care
P28           | S        | S1                     | 2026-04-01         | 2025-12-01             |                      | left out      | placed
"""
[[given]]
table = "records.legal_statuses"
rows = """
legal_status_id | child_id | legal_status_code | started_on | ended_on
L1              | Z        | V4                | 2024-01-10 |
"""
*/
