/*
code        = "FD02"
title       = "Contacts becoming referrals"
family      = "front_door"
denominator = "contacts in the period, one for each child, excluding contacts on a case open at the time"
numerator   = "contacts that became a referral"
unit        = "percent"
good_is     = "neutral"
periods     = ["rolling_12_months", "last_6_months", "month", "week"]
history     = "recomputed"
source      = "SSD flags; join rule proposed"
sourced     = "proposed"
reading     = "A contact became a referral if its outcome says so (NEW_REFERRAL_FLAG = Y). If that flag is blank or the outcome cannot be read, it became one if the child was referred between the day of the contact and one working day later, even if that is after the period. A contact on an open case is not counted: an episode of the child, not ended in no further action, was referred before the contact and not closed by it (closed on the day is closed)."
small_numbers = "S1"
*/
WITH referral AS (
  SELECT referral.child_id, referral.referred_on, referral.is_no_further_action,
         coalesce(referral.closed_on, 'infinity'::DATE) AS open_until
  FROM records.child_in_need_episodes AS referral
  WHERE referral.referred_on <= (SELECT max(period.ends_on) FROM profile.periods AS period)
),
new_contact AS (
  SELECT contact.contact_id, contact.child_id, contact.contacted_on,
         CASE
           WHEN json_valid(contact.outcome_json)
           THEN nullif(upper(trim(json_extract_string(contact.outcome_json, '$.NEW_REFERRAL_FLAG'))), '')
         END AS flag,
         records.working_days_after(contact.contacted_on, 1) AS next_working_day
  FROM records.contacts AS contact
  ANTI JOIN (FROM referral WHERE referral.is_no_further_action IS NOT TRUE) AS open_case
    ON open_case.child_id = contact.child_id
   AND open_case.referred_on < contact.contacted_on AND open_case.open_until > contact.contacted_on
),
followed AS (
  SELECT new_contact.contact_id, new_contact.child_id, new_contact.contacted_on,
         coalesce(new_contact.flag = 'Y', following.referred_on <= new_contact.next_working_day, FALSE) AS is_referral
  FROM new_contact
  ASOF LEFT JOIN referral AS following
    ON following.child_id = new_contact.child_id AND following.referred_on >= new_contact.contacted_on
)
SELECT period.period_id, followed.contact_id AS case_id, followed.child_id, followed.is_referral AS counts
FROM followed
JOIN profile.periods AS period ON followed.contacted_on BETWEEN period.starts_on AND period.ends_on
/*
# Worked example.
as_at = 2026-03-31
period_kind = "rolling_12_months"
numerator = 8
denominator = 13
[[given]]
table = "records.contacts"
rows = """
contact_id | child_id | contacted_on | outcome_json                                  | verdict        | because
C1         | A        | 2025-04-01   | {"NEW_REFERRAL_FLAG": "Y", "NFA_FLAG": "N"}   | counts         | flagged, on the first day of the period; no referral follows
C2         | B        | 2025-07-01   | {"NEW_REFERRAL_FLAG": "N", "NFA_FLAG": "Y"}   | does not count | the flag says no, whatever happens next
C3         | C        | 2025-04-17   | {"NEW_REFERRAL_FLAG": "", "NFA_FLAG": ""}     | counts         | flag blank: referred on the next working day, over Good Friday and Easter Monday
C4         | D        | 2025-04-17   | {"NEW_REFERRAL_FLAG": null, "NFA_FLAG": null} | does not count | flag blank: referred two working days later
C5         | E        | 2025-09-06   |                                               | counts         | no outcome recorded: contact on a Saturday, referral on the Monday
C6         | F        | 2026-03-31   |                                               | does not count | the referral is in the future
C7         | G        | 2025-10-10   | {"NEW_REFERRAL_FLAG": "Y"}                    | left out       | on a case referred the day before
C8         | H        | 2025-10-10   | {"NEW_REFERRAL_FLAG": "Y"}                    | counts         | the case closed on the day of the contact
C9         | I        | 2025-10-10   | {"NEW_REFERRAL_FLAG": "Y"}                    | left out       | the case closed the day after the contact
C10        | J        | 2025-10-10   | {"NEW_REFERRAL_FLAG": "Y"}                    | counts         | the earlier referral ended in no further action: no open case
C11        | K        | 2025-10-10   | {}                                            | counts         | no flag: referred on the day of the contact
C12        | L        | 2025-10-10   | {}                                            | does not count | no flag: the only referral is from the day before, closed by the contact
C13        | M        | 2025-10-10   | {"NEW_REFERRAL_FLAG"                          | does not count | outcome cannot be read, no referral
C14        | N        | 2026-04-01   | {"NEW_REFERRAL_FLAG": "Y"}                    | left out       | the contact is in the future
C15        | O        | 2025-03-31   | {"NEW_REFERRAL_FLAG": "Y"}                    | left out       | the day before the period
C16        | P        | 2025-10-09   | {"NFA_FLAG": "Y"}                             | counts         | flag missing: referred the next day, although that referral ended in no further action
C17        | Q        | 2026-03-31   | {"NEW_REFERRAL_FLAG": "Y"}                    | counts         | flagged, on the as-at date
C18        | R        | 2025-10-10   |                                               | left out       | an older case is still open as well as a closed one
"""
[[given]]
table = "records.child_in_need_episodes"
rows = """
referral_id | child_id | referred_on | closed_on  | is_no_further_action
R1          | B        | 2025-07-01  |            | false
R2          | C        | 2025-04-22  |            | false
R3          | D        | 2025-04-23  |            | false
R4          | E        | 2025-09-08  |            |
R5          | F        | 2026-04-01  |            | false
R6          | G        | 2025-10-09  |            |
R7          | H        | 2025-06-01  | 2025-10-10 | false
R8          | I        | 2025-06-01  | 2025-10-11 | false
R9          | J        | 2025-06-01  |            | true
R10         | K        | 2025-10-10  |            | false
R11         | L        | 2025-10-09  | 2025-10-10 | false
R12         | P        | 2025-10-10  |            | true
R13         | R        | 2025-01-10  |            | false
R14         | R        | 2025-08-10  | 2025-09-10 | false
"""
*/
