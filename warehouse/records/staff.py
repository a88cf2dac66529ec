"""Workforce snapshot, one row per worker per snapshot."""

from warehouse.contract import Table, code, date, number, text, whole_number

TABLE = Table(
    name="records.staff",
    one_row_is="One worker.",
    key=("staff_id",),
    file="hr_staff",
    source="council",
    handling="restricted",
    keeps_unknown_columns=False,
    team="human resources",
    sourced="proposed; basis: DfE social work workforce census (liia-tools social_work_workforce_2022.xsd)",
    columns=(
        text("staff_id", "Staff id; joins to prof_staff_id.", "staff_id", required=True),
        text("professional_id", "Reference of the professional.", "professional_id", required=True, refers_to="records.professionals.professional_id"),
        text("social_work_england_number", "Social Work England number (SW + digits).", "swe_number", identifies=True),
        date("registered_to_on", "Expiry date of the registration (30 November each year, general knowledge).", "swe_registered_to", may_lie_ahead=True),
        date("qualified_on", "Date qualified, for the rules on experience.", "qualified_date"),
        code("role_code", "Role, from the DfE CSWW list in use.", "csww_role", "role", required=True),
        code("asye_stage_code", "ASYE stage.", "asye_stage", "asye_stage"),
        code("contract_code", "Contract.", "contract", "contract", required=True),
        number("full_time_equivalent", "Full-time equivalent, 0.00 to 1.00.", "fte", required=True),
        date("started_on", "Start date.", "start_date", required=True, event_date=True),
        date("left_on", "Leaving date.", "leave_date", closes=True, may_lie_ahead=True),
        code("leave_reason_code", "Leave reason.", "csww_leave_reason", "leave_reason"),
        code("start_origin_code", "Where the worker came from (1 = newly qualified).", "csww_origin", "start_origin"),
        date("born_on", "Age band only in outputs.", "dob", identifies=True),
        text("team_id", "Reference of the team.", "team_id", required=True, refers_to="records.teams.team_id"),
        code("ethnicity_code", "Ethnic group; blank if unknown.", "ethnicity", "ethnicity"),
        whole_number("caseload_limit", "Local caseload limit, by stage and FTE.", "caseload_limit"),
        text("supervisor_id", "Reference of the supervisor.", "supervisor_id"),
    ),
)
