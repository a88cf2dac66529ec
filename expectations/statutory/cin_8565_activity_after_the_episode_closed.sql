/*
code              = "8565"
source            = "CIN census"
title             = "Work on an episode is dated after the episode closed"
kind              = "error"
severity          = "warning"
table             = "records.child_in_need_episodes"
column            = "closed_on"
first_return_year = 2023
fix               = "Correct the closure, or move the work to the right episode."
*/
SELECT referral.received_row
FROM records.child_in_need_episodes AS referral
JOIN (
  SELECT activity.referral_id, max(activity.latest_on) AS latest_on
  FROM (
    SELECT assessment.referral_id, greatest(assessment.started_on, assessment.authorised_on) AS latest_on
    FROM records.assessments AS assessment
    UNION ALL SELECT enquiry.referral_id, enquiry.started_on FROM records.section_47_enquiries AS enquiry
    UNION ALL
    SELECT conference.referral_id, conference.held_on FROM records.initial_child_protection_conferences AS conference
    UNION ALL
    SELECT protection.referral_id, protection.ended_on FROM records.child_protection_plans AS protection
    UNION ALL
    SELECT plan.referral_id, greatest(plan.started_on, plan.ended_on) FROM records.child_in_need_plans AS plan
  ) AS activity
  GROUP BY activity.referral_id
) AS latest ON latest.referral_id = referral.referral_id
WHERE latest.latest_on > referral.closed_on
/*
# Worked example.
as_at = 2026-03-31
[[given]]
table = "records.child_in_need_episodes"
rows = """
received_row | referral_id | child_id | referred_on | closed_on  | verdict | because
2            | R1          | A        | 2025-05-01  | 2025-06-01 | broken  | assessment authorised on the day after
3            | R2          | B        | 2025-05-01  | 2025-06-01 | met     | everything by the day of closure
4            | R3          | C        | 2025-05-01  | 2025-06-01 | broken  | enquiry started after
5            | R4          | D        | 2025-05-01  | 2025-06-01 | broken  | conference held after
6            | R5          | E        | 2025-05-01  | 2025-06-01 | broken  | child protection plan ended after
7            | R6          | F        | 2025-05-01  | 2025-06-01 | broken  | child in need plan started after
8            | R7          | G        | 2025-05-01  |            | met     | open
"""
[[given]]
table = "records.assessments"
rows = """
assessment_id | child_id | referral_id | started_on | authorised_on
A1            | A        | R1          | 2025-05-02 | 2025-06-02
A2            | B        | R2          | 2025-05-02 | 2025-06-01
A3            | G        | R7          | 2025-05-02 | 2025-06-02
"""
[[given]]
table = "records.section_47_enquiries"
rows = """
enquiry_id | child_id | referral_id | started_on
S1         | C        | R3          | 2025-06-02
"""
[[given]]
table = "records.initial_child_protection_conferences"
rows = """
conference_id | child_id | referral_id | held_on
C1            | D        | R4          | 2025-06-02
"""
[[given]]
table = "records.child_protection_plans"
rows = """
plan_id | child_id | referral_id | started_on | ended_on
P1      | E        | R5          | 2025-05-20 | 2025-06-02
P2      | B        | R2          | 2025-05-20 | 2025-06-01
"""
[[given]]
table = "records.child_in_need_plans"
rows = """
plan_id | child_id | referral_id | started_on
N1      | F        | R6          | 2025-06-02
"""
*/
