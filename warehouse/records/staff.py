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
        text("staff_id", "Joins prof_staff_id.", "staff_id", required=True),
        text("professional_id", "Reference of the professional.", "professional_id", required=True, refers_to="records.professionals.professional_id"),
        text("social_work_england_number", "SW + digits.", "swe_number", identifies=True),
        date("registered_to_on", "Expiry (30 Nov yearly, general knowledge).", "swe_registered_to", may_lie_ahead=True),
        date("qualified_on", "For experience rules.", "qualified_date"),
        code("role_code", "DfE CSWW list in use.", "csww_role", "role", required=True),
        code("asye_stage_code", "Asye stage.", "asye_stage", "asye_stage"),
        code("contract_code", "Contract.", "contract", "contract", required=True),
        number("full_time_equivalent", "0.00-1.00.", "fte", required=True),
        date("started_on", "Day: started.", "start_date", required=True, event_date=True),
        date("left_on", "Day: left.", "leave_date", closes=True, may_lie_ahead=True),
        code("leave_reason_code", "Leave reason.", "csww_leave_reason", "leave_reason"),
        code("start_origin_code", "Where the worker came from (1 = newly qualified).", "csww_origin", "start_origin"),
        date("born_on", "Age band only in outputs.", "dob", identifies=True),
        text("team_id", "Reference of the team.", "team_id", required=True, refers_to="records.teams.team_id"),
        code("ethnicity_code", "Blank = unknown.", "ethnicity", "ethnicity"),
        whole_number("caseload_limit", "Local, by stage and FTE.", "caseload_limit"),
        text("supervisor_id", "Reference of the supervisor.", "supervisor_id"),
    ),
)
