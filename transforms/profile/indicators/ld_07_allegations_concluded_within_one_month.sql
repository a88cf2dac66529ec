/*
code        = "LD07"
title       = "Allegations concluded within one month"
family      = "lado"
denominator = "allegation referrals with an outcome dated in the period"
numerator   = "referrals concluded within one month of the day the LADO was first told"
unit        = "percent"
good_is     = "high"
periods     = ["rolling_12_months"]
history     = "recomputed"
source      = "DfE allegations guidance para 174 (flipbuilder ruih/lrev p47); KCSIE of its time"
sourced     = "verified"
reading     = "Within one calendar month means by the same day of the next month, or its last day if there is no such day. Concluded means the day of the outcome, which must be recorded with its date; the day the case was closed is not used. Referrals only, not consultations."
threshold   = "80% within one month: a reference line from older guidance (DfE allegations guidance para 174), not seen in today's wording"
twin        = "LD11"
small_numbers = "S4"
*/
SELECT period.period_id, allegation.lado_ref AS case_id, NULL::VARCHAR AS child_id,
       allegation.outcome_on <= allegation.contacted_on + INTERVAL 1 MONTH AS counts
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
L1       | REFERRAL          | 2026-01-31   | 2026-02-28 | SUBSTANTIATED   |            | counts         | one month after 31 January is 28 February
L2       | REFERRAL          | 2026-01-31   | 2026-03-01 | FALSE           |            | does not count | one day more than a month
L3       | REFERRAL          | 2025-03-01   | 2025-04-01 | UNFOUNDED       | 2025-09-01 | counts         | exactly a month, on the first day of the period; closing is not concluding
L4       | CONSULT           | 2025-06-01   | 2025-06-02 | NFA_THRESHOLD   | 2025-06-02 | left out       | consultation
L5       | REFERRAL          | 2025-06-01   | 2025-06-10 |                 |            | left out       | outcome not recorded
L6       | REFERRAL          | 2025-06-01   |            | UNSUBSTANTIATED | 2025-06-10 | left out       | outcome without a date
L7       | REFERRAL          | 2026-03-10   | 2026-03-31 | MALICIOUS       |            | counts         | concluded on the as-at date
L8       | REFERRAL          | 2026-03-10   | 2026-04-01 | FALSE           |            | left out       | the outcome is in the future
L9       | REFERRAL          | 2025-02-01   | 2025-03-31 | FALSE           |            | left out       | concluded before the period
L10      | REFERRAL          | 2025-07-10   | 2025-07-09 | FALSE           |            | counts         | dated before the contact: a fault, still within a month
L11      | REFERRAL          | 2025-07-10   | 2025-12-09 | SUBSTANTIATED   |            | does not count | five months
L12      |                   | 2025-07-10   | 2025-07-12 | FALSE           |            | left out       | kind of contact not recorded
L13      | REFERRAL          | 2025-06-30   | 2025-07-31 | TRANSFERRED     |            | does not count | one month after 30 June is 30 July
"""
*/
