/*
code        = "LD11"
title       = "Allegations open over three months"
family      = "lado"
denominator = "allegation referrals open at the date"
numerator   = "referrals where the LADO was first told more than three months before"
unit        = "count"
good_is     = "low"
periods     = ["snapshot"]
history     = "recomputed"
source      = "LD07 targets"
sourced     = "verified"
reading     = "Over three months means that three calendar months from the day the LADO was first told ended before the date. A referral is open until the day of its outcome: an outcome on the date is no longer open, an outcome without a date is still open, and the day the case was closed is not used. Referrals only, not consultations. Those over 12 months are included and not counted separately."
threshold   = "0 over 12 months (LD07 targets)"
small_numbers = "S4"
*/
SELECT period.period_id, allegation.lado_ref AS case_id, NULL::VARCHAR AS child_id,
       allegation.contacted_on + INTERVAL 3 MONTH < period.ends_on AS counts
FROM records.allegations AS allegation
JOIN profile.periods AS period
  ON allegation.contacted_on <= period.ends_on
 AND (allegation.outcome_on IS NULL OR allegation.outcome_on > period.ends_on)
WHERE allegation.contact_type_code = 'REFERRAL'
/*
# Worked example.
as_at = 2026-02-28
period_kind = "snapshot"
numerator = 4
denominator = 8
[[given]]
table = "records.allegations"
rows = """
lado_ref | contact_type_code | contacted_on | outcome_on | outcome_code  | closed_on  | verdict        | because
L1       | REFERRAL          | 2025-11-27   |            |               |            | counts         | the three months ended yesterday
L2       | REFERRAL          | 2025-11-28   |            |               |            | does not count | the three months end on the date
L3       | REFERRAL          | 2025-11-30   |            |               |            | does not count | three months after 30 November is 28 February
L4       | REFERRAL          | 2026-02-28   |            |               |            | does not count | told on the date
L5       | REFERRAL          | 2024-06-01   |            |               | 2025-06-01 | counts         | closed without an outcome date, over 12 months old
L6       | REFERRAL          | 2025-06-01   |            | FALSE         |            | counts         | outcome without a date
L7       | REFERRAL          | 2025-06-01   | 2026-03-01 | SUBSTANTIATED |            | counts         | the outcome is in the future
L8       | REFERRAL          | 2026-01-05   |            |               |            | does not count | seven weeks old
L9       | REFERRAL          | 2025-06-01   | 2026-02-28 | SUBSTANTIATED |            | left out       | concluded on the date
L10      | REFERRAL          | 2025-06-01   | 2025-08-01 |               |            | left out       | outcome dated, but its code not recorded
L11      | REFERRAL          | 2026-03-01   |            |               |            | left out       | the referral is in the future
L12      | CONSULT           | 2025-06-01   |            |               |            | left out       | consultation
L13      |                   | 2025-06-01   |            |               |            | left out       | kind of contact not recorded
"""
*/
