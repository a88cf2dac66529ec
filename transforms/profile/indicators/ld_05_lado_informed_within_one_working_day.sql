/*
code        = "LD05"
title       = "LADO informed within one working day"
family      = "lado"
denominator = "allegation referrals in the period that record the day the employer learned of the allegation"
numerator   = "referrals where the LADO was told within one working day"
unit        = "percent"
good_is     = "high"
periods     = ["rolling_12_months"]
history     = "recomputed"
source      = "Sheffield procedures ('within one working day'); WT"
sourced     = "verified"
reading     = "In time means told on the next working day after the employer learned of it (day 0), or earlier, even before the employer knew. Referrals only, not consultations, with both dates recorded. If the employer learned of it after the period, the date is not yet known and the referral is left out. There is no open and late figure: the log does not show cases the LADO has not been told about."
threshold   = "100% (Sheffield procedures; WT)"
small_numbers = "S4"
*/
SELECT period.period_id, allegation.lado_ref AS case_id, NULL::VARCHAR AS child_id,
       allegation.contacted_on <= allegation.employer_aware_on
         OR coalesce(
           allegation.contacted_on <= records.working_days_after(allegation.employer_aware_on, 1), FALSE
         ) AS counts
FROM records.allegations AS allegation
JOIN profile.periods AS period
  ON allegation.contacted_on BETWEEN period.starts_on AND period.ends_on
 AND allegation.employer_aware_on <= period.ends_on
WHERE allegation.contact_type_code = 'REFERRAL'
/*
# Worked example.
as_at = 2026-03-31
period_kind = "rolling_12_months"
numerator = 6
denominator = 9
[[given]]
table = "records.allegations"
rows = """
lado_ref | contact_type_code | employer_aware_on | contacted_on | verdict        | because
L1       | REFERRAL          | 2025-05-02        | 2025-05-06   | counts         | one working day over a weekend and the bank holiday on Monday 5 May
L2       | REFERRAL          | 2025-05-02        | 2025-05-07   | does not count | the second working day
L3       | REFERRAL          | 2025-04-01        | 2025-04-01   | counts         | the same day, the first of the period
L4       | REFERRAL          | 2026-03-30        | 2026-03-31   | counts         | the next working day, the as-at date
L5       | REFERRAL          | 2025-09-10        | 2025-09-08   | counts         | told before the employer knew
L6       | REFERRAL          | 2025-06-07        | 2025-06-09   | counts         | learned on a Saturday, told on the Monday
L7       | REFERRAL          | 2025-06-07        | 2025-06-10   | does not count | learned on a Saturday, told on the Tuesday
L8       | REFERRAL          | 2025-06-06        | 2025-06-07   | counts         | learned on a Friday, told on the Saturday
L9       | REFERRAL          | 1985-06-03        | 2025-06-04   | does not count | learned decades before, outside the calendar
L10      | REFERRAL          |                   | 2025-06-04   | left out       | the day the employer learned of it is not recorded
L11      | REFERRAL          | 2026-04-02        | 2026-03-25   | left out       | the day the employer learned of it is in the future
L12      | CONSULT           | 2025-06-04        | 2025-06-04   | left out       | consultation
L13      |                   | 2025-06-04        | 2025-06-04   | left out       | kind of contact not recorded
L14      | REFERRAL          | 2025-03-31        | 2025-03-31   | left out       | the day before the period
L15      | REFERRAL          | 2026-03-31        | 2026-04-01   | left out       | the contact is in the future
"""
*/
