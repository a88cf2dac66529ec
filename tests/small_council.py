"""The small council: twenty named, invented children, each there for a reason, as a drop in the real layout.

`write(drop)` writes one weekly delivery as at 31 October 2026. Tests that need a whole world share it.
"""

from __future__ import annotations

import csv
import datetime
from pathlib import Path

import xlsxwriter

from tests.worked_example import rows_of

AS_AT = datetime.date(2026, 10, 31)
NIGHT = datetime.datetime(2026, 11, 2, 4, 15, tzinfo=datetime.UTC)
AUTHORITY = "E06999999"

# Who they are, and why they are here.
CHILDREN = """
pers_person_id | pers_forename | pers_surname | pers_sex | pers_ethnicity | pers_dob   | pers_common_child_id | pers_death_date | because
0001           | Ada           | Ashdown      | F        | WBRI           | 2012-02-29 | 9990000018           |                 | leap-day birthday; plan of 730 days
0002           | Ben           | Birch        | M        | WBRI           | 2015-06-01 | 9990000026           |                 | plan of 729 days
0003           | Cai           | Cole         | M        | MWBC           | 2018-01-15 | 9990000034           |                 | second plan, open now
0004           | Dee           | Dunn         | F        | WBRI           | 2023-03-03 |                      |                 | no NHS number; open plan, review late
0005           | Eli           | Eastwood     | M        | BAFR           | 2010-10-10 | 9990000050           |                 | plan of another authority
0006           | Fay           | Field        | F        | WBRI           | 2011-11-11 | 9990000069           |                 | looked after for three years, one placement
0007           | Gus           | Grove        | M        | WBRI           | 2013-01-01 | 9990000077           |                 | three placements in the year
0008           | Hal           | Heath        | M        | AIND           | 2014-04-04 | 9990000085           |                 | a series of short breaks
0009           | Ida           | Ives         | F        | WBRI           | 2008-12-12 | 9990000093           |                 | left care this year
0010           | Jon           | Jay          | M        | WBRI           | 2020-02-02 | 9990000107           |                 | adopted this year
0011           | Kit           | Kemp         | M        | WBRI           | 2019-07-07 | 9990000115           | 2026-03-01      | died
0012           | Liv           | Lowe         | F        | WBRI           | 2006-05-05 | 9990000123           |                 | care leaver of 20, suitable
0013           | Max           | Moor         | M        | WBRI           | 2006-01-01 | 9990000131           |                 | care leaver of 20, not in touch
0014           | Nia           | North        | F        | WBRI           | 2016-09-09 | 999000014X           |                 | NHS number that is none
0015           | Oli           | Orchard      | M        | WBRI           | 2017-01-01 | 9990000158           |                 | referred twice in a year
0016           | Pia           | Pond         | F        | APKN           | 2017-02-02 | 9990000166           |                 | referred twice, a year and a day apart
0017           | Qin           | Quay         | F        | CHNE           | 2021-03-03 | 9990000174           |                 | assessment on the 45th working day
0018           | Ray           | Reed         | M        | WBRI           | 2021-04-04 | 9990000182           |                 | assessment a day too late
0019           | Sam           | Stone        | M        | WBRI           | 2013-05-05 | 9990000190           |                 | privately fostered
0020           | Tia           | Thorn        | F        | WBRI           |            |                      |                 | unborn
"""

CASE_MANAGEMENT = {
    "ssd_contacts": """
cont_contact_id | cont_person_id | cont_contact_date | cont_contact_outcome_json
CO1             | 0015           | 2026-01-05        | {"NEW_REFERRAL_FLAG": "Y"}
CO2             | 0015           | 2026-06-05        | {"NEW_REFERRAL_FLAG": "Y"}
CO3             | 0016           | 2026-10-25        | {"NFA_FLAG": "Y"}
CO4             | 0017           | 2025-10-31        | {"NEW_REFERRAL_FLAG": "Y"}
""",
    "ssd_cin_episodes": """
cine_referral_id | cine_person_id | cine_referral_date | cine_referral_nfa | cine_close_date | cine_cin_primary_need_code
R1               | 0015           | 2026-01-05         | N                 | 2026-03-01      | N1
R2               | 0015           | 2026-06-05         | N                 |                 | N1
R3               | 0016           | 2025-01-10         | Y                 | 2025-01-10      | N5
R4               | 0016           | 2026-01-11         | N                 |                 | N5
R5               | 0017           | 2026-02-02         | N                 |                 | N1
R6               | 0018           | 2026-02-02         | N                 |                 | N1
R7               | 0001           | 2023-12-01         | N                 | 2026-02-01      | N1
R8               | 0003           | 2026-03-01         | N                 |                 | N1
R9               | 0004           | 2026-01-02         | N                 |                 | N1
R10              | 0006           | 2023-01-01         | N                 |                 | N1
""",
    "ssd_cin_assessments": """
cina_assessment_id | cina_person_id | cina_referral_id | cina_assessment_start_date | cina_assessment_child_seen | cina_assessment_auth_date
A1                 | 0017           | R5               | 2026-02-03                 | Y                          | 2026-04-08
A2                 | 0018           | R6               | 2026-02-03                 | N                          | 2026-04-09
A3                 | 0015           | R2               | 2026-06-05                 | Y                          |
""",
    "ssd_s47_enquiry": """
s47e_s47_enquiry_id | s47e_referral_id | s47e_person_id | s47e_s47_start_date | s47e_s47_end_date | s47e_s47_nfa
S1                  | R8               | 0003           | 2026-03-20          | 2026-03-30        | N
S2                  | R9               | 0004           | 2026-01-05          | 2026-01-20        | N
""",
    "ssd_initial_cp_conference": """
icpc_icpc_id | icpc_s47_enquiry_id | icpc_person_id | icpc_cp_plan_id | icpc_referral_id | icpc_icpc_transfer_in | icpc_icpc_date | icpc_icpc_outcome_cp_flag
I1           | S1                  | 0003           | PL4             | R8               | N                     | 2026-04-14     | Y
I2           | S2                  | 0004           | PL5             | R9               | N                     | 2026-01-27     | Y
I3           |                     | 0005           | PL6             |                  | Y                     | 2026-05-01     | Y
""",
    "ssd_cp_plans": """
cppl_cp_plan_id | cppl_referral_id | cppl_icpc_id | cppl_person_id | cppl_cp_plan_start_date | cppl_cp_plan_end_date | cppl_cp_plan_initial_category | cppl_cp_plan_ola | cppl_cp_plan_latest_category
PL1             | R7               |              | 0001           | 2024-02-01              | 2026-01-31            | NEG                           | N                | NEG
PL2             |                  |              | 0002           | 2024-02-01              | 2026-01-30            | EMO                           |                  | EMO
PL3             |                  |              | 0003           | 2019-01-01              | 2019-12-01            | PHY                           | N                | PHY
PL4             | R8               | I1           | 0003           | 2026-04-14              |                       | NEG                           | N                | NEG
PL5             | R9               | I2           | 0004           | 2026-01-27              |                       | NEG                           | N                | EMO
PL6             |                  | I3           | 0005           | 2026-05-01              |                       | SAB                           | Y                | SAB
""",
    "ssd_cp_reviews": """
cppr_cp_review_id | cppr_person_id | cppr_cp_plan_id | cppr_cp_review_due | cppr_cp_review_date | cppr_cp_review_quorate
V1                | 0003           | PL4             | 2026-07-14         | 2026-07-14          | Y
V2                | 0004           | PL5             | 2026-04-27         | 2026-04-28          | Y
V3                | 0004           | PL5             | 2026-10-28         |                     |
""",
    "ssd_cp_visits": """
cppv_cp_visit_id | cppv_person_id | cppv_cp_plan_id | cppv_cp_visit_date | cppv_cp_visit_seen | cppv_cp_visit_seen_alone
W1               | 0003           | PL4             | 2026-10-20         | Y                  | Y
W2               | 0003           | PL4             | 2026-10-06         | Y                  | N
W3               | 0004           | PL5             | 2026-10-07         | Y                  | N
""",
    "ssd_cla_episodes": """
clae_cla_episode_id | clae_person_id | clae_cla_episode_start_date | clae_cla_episode_start_reason | clae_cla_episode_ceased_date | clae_cla_episode_ceased_reason | clae_cla_id | clae_cla_placement_id | clae_entered_care_date
E1                  | 0006           | 2023-02-01                  | S                             |                              |                                | L1          | Q1                    | 2023-02-01
E2                  | 0007           | 2025-01-06                  | S                             | 2026-01-10                   | X1                             | L2          | Q2                    | 2025-01-06
E3                  | 0007           | 2026-01-10                  | P                             | 2026-05-01                   | X1                             | L2          | Q3                    | 2025-01-06
E4                  | 0007           | 2026-05-01                  | P                             |                              |                                | L2          | Q4                    | 2025-01-06
E5                  | 0008           | 2026-06-01                  | S                             |                              |                                | L3          | Q5                    | 2026-06-01
E6                  | 0009           | 2022-01-01                  | S                             | 2026-06-30                   | E4A                            | L4          | Q6                    | 2022-01-01
E7                  | 0010           | 2024-01-01                  | S                             | 2026-04-01                   | E11                            | L5          | Q7                    | 2024-01-01
E8                  | 0011           | 2025-01-01                  | S                             | 2026-03-01                   | E2                             | L6          | Q8                    | 2025-01-01
E9                  | 0014           | 2026-09-01                  | S                             |                              |                                | L7          | Q9                    | 2026-09-01
""",
    "ssd_cla_placement": """
clap_cla_placement_id | clap_person_id | clap_cla_id | clap_cla_placement_start_date | clap_cla_placement_end_date | clap_cla_placement_type
Q1                    | 0006           | L1          | 2023-02-01                    |                             | U4
Q2                    | 0007           | L2          | 2025-01-06                    | 2026-01-10                  | U6
Q3                    | 0007           | L2          | 2026-01-10                    | 2026-05-01                  | K2
Q4                    | 0007           | L2          | 2026-05-01                    |                             | U6
Q5                    | 0008           | L3          | 2026-06-01                    |                             | U6
Q6                    | 0009           | L4          | 2022-01-01                    | 2026-06-30                  | U6
Q7                    | 0010           | L5          | 2024-01-01                    | 2026-04-01                  | A5
Q8                    | 0011           | L6          | 2025-01-01                    | 2026-03-01                  | R2
Q9                    | 0014           | L7          | 2026-09-01                    |                             | U6
""",
    "ssd_legal_status": """
lega_legal_status_id | lega_person_id | lega_legal_status | lega_legal_status_start_date | lega_legal_status_end_date
G1                   | 0006           | C2                | 2023-02-01                   |
G2                   | 0008           | V4                | 2026-06-01                   |
""",
    "ssd_care_leavers": """
clea_table_id | clea_person_id | clea_care_leaver_eligibility | clea_care_leaver_in_touch | clea_care_leaver_latest_contact | clea_care_leaver_accommodation | clea_care_leaver_accom_suitable | clea_care_leaver_activity
K1            | 0012           | Former Relevant              | YES                       | 2026-10-01                      | U                              | 1                               | F2
K2            | 0013           | Former Relevant              | NO                        |                                 |                                |                                 |
""",
    "ssd_cla_health": """
clah_health_check_id | clah_person_id | clah_health_check_type | clah_health_check_date | clah_health_check_status
HC1                  | 0006           | DENT                   | 2026-05-05             | Completed
""",
    "ssd_involvements": """
invo_involvements_id | invo_professional_id | invo_professional_role_id | invo_involvement_start_date | invo_involvement_end_date | invo_person_id
N1                   | W1                   | CW                        | 2026-01-01                  |                           | 0003
N2                   | W1                   | CW                        | 2026-01-01                  |                           | 0004
N3                   | W2                   | CW                        | 2023-02-01                  |                           | 0006
N4                   | W2                   | IRO                       | 2023-02-01                  |                           | 0006
N5                   | W2                   | CW                        | 2025-02-01                  |                           | 0007
""",
    "ssd_professionals": """
prof_professional_id | prof_staff_id | prof_professional_name | prof_professional_job_title
W1                   | ST1           | Una Underwood          | Social worker
W2                   | ST2           | Vic Vale               | Social worker
""",
    "ssd_department": """
dept_team_id | dept_team_name
T1           | Safeguarding North
""",
}

HEALTH = {
    "nhs_health_assessments": """
request_id | nhs_number | local_child_id | dob        | assessment_kind | date_attended | date_report_returned | outcome
HA1        |            | 0014           | 2016-09-09 | IHA             | 2026-09-20    | 2026-09-29           | COMPLETED
""",
    "nhs_dental": """
row_id | nhs_number | check_date | status  | registered
D1     | 9990000077 | 2026-02-02 | CHECKED | Y
D2     | 9990000204 | 2026-02-02 | CHECKED | Y
""",
    "nhs_camhs": """
referral_id | nhs_number | date_received | referrer | urgency | decision | date_first_contact | spec_limit_weeks
CR1         | 9990000069 | 2026-01-05    | GP       | ROUTINE | ACCEPTED |                    | 18
CR2         | 9990000077 | 2026-10-05    | GP       | ROUTINE | PENDING  |                    | 18
""",
}

COUNCIL = {
    "hr_staff": """
staff_id | professional_id | role | contract | fte | start_date | team_id | ethnicity
ST1      | W1              | 5    | PERM     | 1.0 | 2020-01-01 | T1      | WBRI
ST2      | W2              | 5    | AGENCY   | 0.5 | 2024-01-01 | T1      |
""",
    "complaints": """
complaint_stage_id | complaint_id | stage | procedure | by_child | date_received | date_response | extension_agreed | outcome | theme | service_area
X1                 | XC1          | 1     | STATUTORY | Y        | 2026-03-30    | 2026-04-15    | N                | UPHELD  | DELAY | CLA
X2                 | XC2          | 1     | STATUTORY | N        | 2026-03-30    | 2026-04-16    | N                | NOT     | DELAY | CLA
""",
    "audits": """
audit_id | child_id | audit_date | programme | service_area | grade | grade_moderated | immediate_concern
AU1      | 0003     | 2026-05-01 | ROUTINE   | CIN_CP       | R     | G               | N
AU2      | 0006     | 2026-05-01 | ROUTINE   | CLA          | G     |                 | N
AU3      | 0007     | 2026-05-01 | ROUTINE   | CLA          | I     |                 | Y
""",
    "action_plan": """
action_id | inspection_id | priority_band | formal | area     | agency | owner_id | rag | due        | done       | progress_date
A1        | IN1           | IMMEDIATE     | Y      | Caseload | LA     | O1       | R   | 2026-09-30 |            | 2026-10-20
A2        | IN1           | M3            | Y      | Audit    | LA     | O1       | G   | 2026-09-30 | 2026-09-29 | 2026-10-20
""",
    "population": "la_code | year | age | persons\n"
    + "\n".join(f"{AUTHORITY} | {year} | {age} | 50" for year in (2024, 2025) for age in range(18)),
}

LADO = """
lado_ref | subject_ref | contact_type | date_contact | date_employer_aware | referring_agency | employer_sector | role    | category | threshold_criterion | threshold_met | date_outcome | outcome
LA1      | SU1         | REFERRAL     | 2026-01-31   | 2026-01-30          | SCHOOL           | EDUCATION       | TEACHER | PHYSICAL | HARM                | Y             | 2026-02-28   | SUBSTANTIATED
LA2      | SU2         | REFERRAL     | 2026-01-31   | 2026-01-30          | SCHOOL           | EDUCATION       | TEACHER | PHYSICAL | HARM                | Y             | 2026-03-01   | UNSUBSTANTIATED
"""

PRIVATE_FOSTERING = """
pf_ref | child_id | date_notified | notified_by | notification_kind | date_la_aware | date_started | date_initial_visit | country_of_birth | reason
PF1    | 0019     | 2026-04-01    | SCHOOL      | EXISTING          | 2026-04-01    | 2026-03-20   | 2026-04-14         | GB               | OTHER
PF2    | 9999     | 2026-05-01    | SCHOOL      | EXISTING          | 2026-05-01    | 2026-04-20   |                    | GB               | OTHER
"""

PF_VISITS = """
pf_visit_id | pf_ref | visit_date | visit_kind | seen_alone | report_date
PV1         | PF1    | 2026-04-14 | INITIAL    | YES        | 2026-04-20
"""

REGISTER = """
id | title                             | owner      | approver | published_on | review_on  | file
D1 | LSCB minutes, September 2026      | Head of QA | Chair    | 2026-09-10   |            | lscb_2026_09.txt
D2 | Threshold document                | Head of QA | Board    | 2024-01-01   | 2026-01-01 | thresholds.txt
D3 | Participation strategy            | Head of QA | Board    | 2026-01-01   | 2027-01-01 | never_delivered.txt
"""


def write(drop: Path, as_at: datetime.date = AS_AT) -> Path:
    """Write the delivery; returns the drop."""
    for table, drawn in {"ssd_person": CHILDREN, **CASE_MANAGEMENT}.items():
        write_csv(drop / "case_management" / as_at.isoformat() / f"{table}.csv", drawn)
    for table, drawn in HEALTH.items():
        write_csv(drop / "health" / as_at.isoformat() / f"{table}.csv", drawn)
    for table, drawn in COUNCIL.items():
        write_csv(drop / "council" / as_at.isoformat() / f"{table}.csv", drawn)
    _write_workbook(drop / "lado" / as_at.isoformat() / "lado_log.xlsx", {"lado_log": LADO})
    _write_workbook(
        drop / "private_fostering" / as_at.isoformat() / "private_fostering.xlsx",
        {"private_fostering": PRIVATE_FOSTERING, "pf_visits": PF_VISITS},
    )
    write_csv(drop / "documents" / "register.csv", REGISTER)
    for name in ("lscb_2026_09.txt", "thresholds.txt"):
        (drop / "documents" / name).write_text(f"{name}: invented for a test\n", encoding="utf-8")
    for folder in {path.parent for path in drop.rglob("*") if path.is_file()}:
        (folder / "_complete").touch()
    return drop


def write_csv(path: Path, drawn: str) -> None:
    """Write a table drawn with bars as CSV, less its `because` column."""
    rows = [{name: cell for name, cell in row.items() if name != "because"} for row in rows_of(drawn)]
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows([{name: cell or "" for name, cell in row.items()} for row in rows])


def _write_workbook(path: Path, sheets: dict[str, str]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with xlsxwriter.Workbook(str(path)) as workbook:
        day = workbook.add_format({"num_format": "dd/mm/yyyy"})
        for name, drawn in sheets.items():
            sheet = workbook.add_worksheet(name)
            rows = rows_of(drawn)
            sheet.write_row(0, 0, list(rows[0]))
            for number, row in enumerate(rows, start=1):
                for place, (heading, cell) in enumerate(row.items()):
                    if cell and "date" in heading:
                        sheet.write_datetime(number, place, datetime.date.fromisoformat(cell), day)
                    elif cell:
                        sheet.write_string(number, place, cell)
