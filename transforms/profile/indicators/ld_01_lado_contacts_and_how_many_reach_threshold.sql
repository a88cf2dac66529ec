/*
code        = "LD01"
title       = "LADO contacts and how many reach threshold"
family      = "lado"
denominator = "none, it is a count"
numerator   = "contacts with the LADO in the period, both consultations and referrals"
unit        = "count"
good_is     = "neutral"
periods     = ["rolling_12_months", "last_6_months", "week"]
history     = "recomputed"
source      = "devonscp.org.uk 2023-24 (993 referrals, 453 advice requests)"
sourced     = "verified"
reading     = "Every row in the log, by the day the LADO was first told; a contact about two adults counts as two. The kind of contact shows how many reach the threshold: REFERRAL is an allegation referral, CONSULT is advice where the threshold was not met or not tested."
broken_down_by = "kind of contact"
breakdown   = "share of all"
group_codes    = "lado_contact_type"
small_numbers = "S4"
*/
SELECT period.period_id, allegation.lado_ref AS case_id, NULL::VARCHAR AS child_id, TRUE AS counts,
       allegation.contact_type_code AS breakdown
FROM records.allegations AS allegation
JOIN profile.periods AS period ON allegation.contacted_on BETWEEN period.starts_on AND period.ends_on
/*
# Worked example.
as_at = 2026-03-31
period_kind = "last_6_months"
numerator = 6
denominator = 6
[[given]]
table = "records.allegations"
rows = """
lado_ref | subject_ref | contact_type_code | contacted_on | is_threshold_met | outcome_on | verdict  | because
L1       | S1          | REFERRAL          | 2025-10-01   | true             | 2025-12-01 | counts   | the first day of the period
L2       | S2          | REFERRAL          | 2026-03-31   | true             |            | counts   | the as-at date
L3       | S3          | REFERRAL          | 2026-03-31   | true             |            | counts   | a second adult of the same referral
L4       | S4          | CONSULT           | 2025-11-05   | false            |            | counts   | advice
L5       | S5          | CONSULT           | 2025-11-05   | true             |            | counts   | advice, whatever is recorded about the threshold
L6       | S6          |                   | 2025-12-24   | true             |            | counts   | kind not recorded
L7       | S7          | REFERRAL          | 2025-09-30   | true             | 2025-12-01 | left out | the day before the period, six months ago
L8       | S8          | REFERRAL          | 2026-04-01   | true             |            | left out | the contact is in the future
"""
[[breakdown]]
group = "REFERRAL"
numerator = 3
denominator = 6
[[breakdown]]
group = "CONSULT"
numerator = 2
denominator = 6
[[breakdown]]
group = "not recorded"
numerator = 1
denominator = 6
*/
