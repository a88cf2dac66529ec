/*
code        = "LD08"
title       = "Allegations concluded within three months"
family      = "lado"
denominator = "allegation referrals with an outcome dated in the period"
numerator   = "referrals concluded within three months of the day the LADO was first told"
unit        = "percent"
good_is     = "high"
periods     = ["rolling_12_months"]
history     = "recomputed"
source      = "as LD07"
sourced     = "verified"
reading     = "Within three calendar months means by the same day of the third month, or its last day if there is no such day. Concluded means the day of the outcome, which must be recorded with its date; the day the case was closed is not used. Referrals only, not consultations."
threshold   = "90% within three months: a reference line from older guidance (DfE allegations guidance para 174), not seen in today's wording"
twin        = "LD11"
small_numbers = "S4"
*/
SELECT period.period_id, allegation.lado_ref AS case_id, NULL::VARCHAR AS child_id,
       allegation.outcome_on <= allegation.contacted_on + INTERVAL 3 MONTH AS counts
FROM records.allegations AS allegation
JOIN profile.periods AS period ON allegation.outcome_on BETWEEN period.starts_on AND period.ends_on
WHERE allegation.contact_type_code = 'REFERRAL' AND allegation.outcome_code IS NOT NULL
/*
# Worked example.
as_at = 2026-03-31
period_kind = "rolling_12_months"
numerator = 4
denominator = 7
[[given]]
table = "records.allegations"
rows = """
lado_ref | contact_type_code | contacted_on | outcome_on | outcome_code    | closed_on  | verdict        | because
L1       | REFERRAL          | 2025-11-30   | 2026-02-28 | SUBSTANTIATED   |            | counts         | three months after 30 November is 28 February
L2       | REFERRAL          | 2025-11-30   | 2026-03-01 | FALSE           |            | does not count | one day more than three months
L3       | REFERRAL          | 2025-01-01   | 2025-04-01 | UNFOUNDED       | 2025-12-01 | counts         | exactly three months, on the first day of the period; closing is not concluding
L4       | REFERRAL          | 2025-12-31   | 2026-03-31 | MALICIOUS       |            | counts         | exactly three months, on the as-at date
L5       | REFERRAL          | 2025-06-01   | 2025-12-01 | UNSUBSTANTIATED | 2025-08-01 | does not count | six months; closed before it was concluded
L6       | REFERRAL          | 2025-07-10   | 2025-07-09 | FALSE           |            | counts         | dated before the contact: a fault, still within three months
L7       | REFERRAL          | 2025-01-31   | 2025-05-01 | NFA_THRESHOLD   |            | does not count | three months after 31 January is 30 April
L8       | CONSULT           | 2025-06-01   | 2025-06-02 | NFA_THRESHOLD   | 2025-06-02 | left out       | consultation
L9       | REFERRAL          | 2025-06-01   | 2025-06-10 |                 |            | left out       | outcome not recorded
L10      | REFERRAL          | 2025-06-01   |            | UNSUBSTANTIATED | 2025-06-10 | left out       | outcome without a date
L11      | REFERRAL          | 2026-02-10   | 2026-04-01 | FALSE           |            | left out       | the outcome is in the future
L12      | REFERRAL          | 2025-01-02   | 2025-03-31 | FALSE           |            | left out       | concluded before the period
L13      |                   | 2025-07-10   | 2025-07-12 | FALSE           |            | left out       | kind of contact not recorded
"""
*/
