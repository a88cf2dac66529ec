/*
code        = "LD09"
title       = "Allegations concluded within 12 months"
family      = "lado"
denominator = "allegation referrals with an outcome dated in the period"
numerator   = "referrals concluded within 12 months of the day the LADO was first told"
unit        = "percent"
good_is     = "high"
periods     = ["rolling_12_months"]
history     = "recomputed"
source      = "as LD07"
sourced     = "verified"
reading     = "Within 12 calendar months means by the anniversary; the anniversary of 29 February is 28 February. Concluded means the day of the outcome, which must be recorded with its date; the day the case was closed is not used. Referrals only, not consultations. The open and late count is of referrals open over three months, not 12."
threshold   = "all but the most exceptional: a reference line from older guidance (DfE allegations guidance para 174), not seen in today's wording"
twin        = "LD11"
small_numbers = "S4"
*/
SELECT period.period_id, allegation.lado_ref AS case_id, NULL::VARCHAR AS child_id,
       allegation.outcome_on <= allegation.contacted_on + INTERVAL 12 MONTH AS counts
FROM records.allegations AS allegation
JOIN profile.periods AS period ON allegation.outcome_on BETWEEN period.starts_on AND period.ends_on
WHERE allegation.contact_type_code = 'REFERRAL' AND allegation.outcome_code IS NOT NULL
/*
# Worked example.
as_at = 2025-03-31
period_kind = "rolling_12_months"
numerator = 5
denominator = 8
[[given]]
table = "records.allegations"
rows = """
lado_ref | contact_type_code | contacted_on | outcome_on | outcome_code    | closed_on  | verdict        | because
L1       | REFERRAL          | 2024-02-29   | 2025-02-28 | SUBSTANTIATED   |            | counts         | 12 months after 29 February is 28 February
L2       | REFERRAL          | 2024-02-29   | 2025-03-01 | FALSE           |            | does not count | one day more than 12 months
L3       | REFERRAL          | 2023-04-01   | 2024-04-01 | UNFOUNDED       | 2024-09-01 | counts         | the anniversary, the first day of the period; closing is not concluding
L4       | REFERRAL          | 2024-03-31   | 2025-03-31 | MALICIOUS       |            | counts         | the anniversary, the as-at date
L5       | REFERRAL          | 2022-06-01   | 2024-12-01 | UNSUBSTANTIATED | 2022-08-01 | does not count | two and a half years; closed before it was concluded
L6       | REFERRAL          | 2024-07-10   | 2024-07-09 | FALSE           |            | counts         | dated before the contact: a fault, still within 12 months
L7       | REFERRAL          | 2024-07-10   | 2024-07-10 | NFA_THRESHOLD   |            | counts         | concluded the same day
L8       | REFERRAL          | 2023-09-30   | 2024-10-01 | TRANSFERRED     |            | does not count | the day after the anniversary
L9       | CONSULT           | 2024-06-01   | 2024-06-02 | NFA_THRESHOLD   | 2024-06-02 | left out       | consultation
L10      | REFERRAL          | 2024-06-01   | 2024-06-10 |                 |            | left out       | outcome not recorded
L11      | REFERRAL          | 2024-06-01   |            | UNSUBSTANTIATED | 2024-06-10 | left out       | outcome without a date
L12      | REFERRAL          | 2024-06-01   | 2025-04-01 | FALSE           |            | left out       | the outcome is in the future
L13      | REFERRAL          | 2023-04-02   | 2024-03-31 | FALSE           |            | left out       | concluded before the period
L14      |                   | 2024-07-10   | 2024-07-12 | FALSE           |            | left out       | kind of contact not recorded
"""
*/
