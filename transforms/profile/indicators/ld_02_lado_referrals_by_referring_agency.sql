/*
code        = "LD02"
title       = "LADO referrals by referring agency"
family      = "lado"
denominator = "allegation referrals in the period"
numerator   = "allegation referrals, shown by the agency that referred"
unit        = "count"
good_is     = "neutral"
periods     = ["rolling_12_months"]
history     = "recomputed"
source      = "seed 002 D3; Cornwall LADO report 2017"
sourced     = "verified"
reading     = "Referrals only, not consultations, by the day the LADO was first told (our interpretation); a referral about two adults counts as two."
broken_down_by = "referring agency"
breakdown   = "share of all"
group_codes    = "lado_agency"
small_numbers = "S4"
*/
SELECT period.period_id, allegation.lado_ref AS case_id, NULL::VARCHAR AS child_id, TRUE AS counts,
       allegation.referring_agency_code AS breakdown
FROM records.allegations AS allegation
JOIN profile.periods AS period ON allegation.contacted_on BETWEEN period.starts_on AND period.ends_on
WHERE allegation.contact_type_code = 'REFERRAL'
/*
# Worked example.
as_at = 2026-03-31
period_kind = "rolling_12_months"
numerator = 5
denominator = 5
[[given]]
table = "records.allegations"
rows = """
lado_ref | contact_type_code | contacted_on | referring_agency_code | verdict  | because
L1       | REFERRAL          | 2025-04-01   | EDUCATION             | counts   | the first day of the period
L2       | REFERRAL          | 2026-03-31   | EDUCATION             | counts   | the as-at date
L3       | REFERRAL          | 2025-08-04   | POLICE                | counts   | police
L4       | REFERRAL          | 2025-08-04   | CHAPEL                | counts   | an unknown agency code is its own group
L5       | REFERRAL          | 2025-08-04   |                       | counts   | agency not recorded
L6       | CONSULT           | 2025-08-04   | EDUCATION             | left out | consultation
L7       |                   | 2025-08-04   | EDUCATION             | left out | kind of contact not recorded
L8       | REFERRAL          | 2025-03-31   | HEALTH                | left out | the day before the period
L9       | REFERRAL          | 2026-04-01   | HEALTH                | left out | the referral is in the future
"""
[[breakdown]]
group = "EDUCATION"
numerator = 2
denominator = 5
[[breakdown]]
group = "POLICE"
numerator = 1
denominator = 5
[[breakdown]]
group = "CHAPEL"
numerator = 1
denominator = 5
[[breakdown]]
group = "not recorded"
numerator = 1
denominator = 5
*/
