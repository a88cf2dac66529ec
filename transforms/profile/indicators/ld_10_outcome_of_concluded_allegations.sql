/*
code        = "LD10"
title       = "Outcome of concluded allegations"
family      = "lado"
denominator = "allegation referrals with an outcome dated in the period"
numerator   = "referrals found substantiated, unsubstantiated, false, malicious or unfounded"
unit        = "percent"
good_is     = "neutral"
periods     = ["rolling_12_months"]
history     = "recomputed"
source      = "same guidance para 150 (4 outcomes; unfounded used in Leeds, Waltham Forest)"
sourced     = "verified"
reading     = "The cases are those of LD07. An allegation counts if its outcome is one of the five words, each of which is a group (our interpretation). One found below the threshold, handed to another LADO or with an unknown outcome was concluded without such a finding: it stays in the denominator, in the group \"another outcome\"."
broken_down_by = "outcome"
breakdown   = "share of all"
group_codes    = "lado_outcome"
small_numbers = "S4"
*/
WITH concluded AS (
  SELECT allegation.lado_ref, allegation.outcome_on, allegation.outcome_code,
         allegation.outcome_code IN ('SUBSTANTIATED', 'UNSUBSTANTIATED', 'FALSE', 'MALICIOUS', 'UNFOUNDED') AS is_finding
  FROM records.allegations AS allegation
  WHERE allegation.contact_type_code = 'REFERRAL' AND allegation.outcome_code IS NOT NULL
)
SELECT period.period_id, concluded.lado_ref AS case_id, NULL::VARCHAR AS child_id, concluded.is_finding AS counts,
       CASE WHEN concluded.is_finding THEN concluded.outcome_code ELSE 'another outcome' END AS breakdown
FROM concluded
JOIN profile.periods AS period ON concluded.outcome_on BETWEEN period.starts_on AND period.ends_on
/*
# Worked example.
as_at = 2026-03-31
period_kind = "rolling_12_months"
numerator = 6
denominator = 9
[[given]]
table = "records.allegations"
rows = """
lado_ref | contact_type_code | contacted_on | outcome_on | outcome_code    | closed_on  | verdict        | because
L1       | REFERRAL          | 2025-03-01   | 2025-04-01 | SUBSTANTIATED   |            | counts         | concluded on the first day of the period
L2       | REFERRAL          | 2026-03-01   | 2026-03-31 | SUBSTANTIATED   |            | counts         | concluded on the as-at date
L3       | REFERRAL          | 2025-06-01   | 2025-07-01 | UNSUBSTANTIATED |            | counts         | not enough evidence either way
L4       | REFERRAL          | 2025-06-01   | 2025-07-01 | FALSE           |            | counts         | disproved
L5       | REFERRAL          | 2025-06-01   | 2025-07-01 | MALICIOUS       |            | counts         | disproved and meant to deceive
L6       | REFERRAL          | 2025-06-01   | 2025-07-01 | UNFOUNDED       |            | counts         | not one of the guidance's four words, but used by many
L7       | REFERRAL          | 2025-06-01   | 2025-07-01 | NFA_THRESHOLD   |            | does not count | threshold not met after enquiry
L8       | REFERRAL          | 2025-06-01   | 2025-07-01 | TRANSFERRED     |            | does not count | moved to another LADO
L9       | REFERRAL          | 2025-06-01   | 2025-07-01 | PENDING         |            | does not count | an unknown code
L10      | REFERRAL          | 2025-06-01   | 2025-07-01 |                 |            | left out       | outcome not recorded
L11      | REFERRAL          | 2025-06-01   |            | FALSE           | 2025-07-01 | left out       | outcome without a date
L12      | CONSULT           | 2025-06-01   | 2025-07-01 | FALSE           |            | left out       | consultation
L13      | REFERRAL          | 2025-03-01   | 2025-03-31 | FALSE           |            | left out       | concluded before the period
L14      | REFERRAL          | 2026-03-01   | 2026-04-01 | FALSE           |            | left out       | the outcome is in the future
"""
[[breakdown]]
group = "SUBSTANTIATED"
numerator = 2
denominator = 9
[[breakdown]]
group = "FALSE"
numerator = 1
denominator = 9
[[breakdown]]
group = "UNFOUNDED"
numerator = 1
denominator = 9
[[breakdown]]
group = "another outcome"
numerator = 3
denominator = 9
*/
