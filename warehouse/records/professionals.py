"""Workforce as recorded in the CMS."""

from warehouse.contract import Table, number, text, whole_number, yes_no

TABLE = Table(
    name="records.professionals",
    one_row_is="One worker.",
    key=("professional_id",),
    file="ssd_professionals",
    source="case_management",
    team="case system reporting",
    columns=(
        text("professional_id", "Worker key.", "prof_professional_id", required=True),
        text("staff_id", "Staff id used in reports.", "prof_staff_id"),
        text("name", "Name.", "prof_professional_name", identifies=True),
        text("social_work_england_number", "Social Work England number (SW + digits); blank if the CMS has no registration.", "prof_social_worker_registration_no", identifies=True),
        text("job_title", "Job title.", "prof_professional_job_title"),
        whole_number("caseload_count", "Cases held (snapshot computed by the script).", "prof_professional_caseload"),
        text("department", "Department.", "prof_professional_department"),
        number("full_time_equivalency", "FTE.", "prof_full_time_equivalency"),
        yes_no("is_agency_worker", "Agency worker (placeholder in releases seen).", "prof_agency_worker_flag"),
    ),
)
