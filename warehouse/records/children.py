"""Child master record."""

from warehouse.contract import Table, also, code, date, text, yes_no

TABLE = Table(
    name="records.children",
    one_row_is="One person.",
    key=("child_id",),
    file="ssd_person",
    source="case_management",
    needed=True,
    team="case system reporting",
    columns=(
        text("child_id", "CMS person id, the same every year; up to 20 alphanumeric characters for returns.", "pers_person_id", required=True),
        text("forename", "Forename.", "pers_forename", identifies=True),
        text("surname", "Surname.", "pers_surname", identifies=True),
        code("sex_code", "Sex.", "sex", "pers_sex"),
        code("gender_code", "Gender identity.", "gender", "pers_gender"),
        code("ethnicity_code", "Ethnic group.", "ethnicity", "pers_ethnicity"),
        date("born_on", "Date of birth; the 15th if the day is unknown.", "pers_dob", identifies=True),
        text("nhs_number", "Common child id (NHS number); pers_single_unique_id in the scripts of all three CMSs.", "pers_common_child_id", also=(also("pers_single_unique_id", "the SSD scripts of SystemC, Mosaic and Eclipse, v1.4.5"),), identifies=True, is_nhs_number=True),
        text("legacy_id", "Id from an earlier system.", "pers_legacy_id", identifies=True),
        code("upn_unknown_code", "Why there is no UPN.", "upn_unknown", "pers_upn_unknown"),
        text("upn", "Unique pupil number, if the script supplies it.", "pers_upn", optional=True, identifies=True),
        yes_no("has_education_health_care_plan", "Whether the child has an EHC plan.", "pers_send_flag"),
        date("expected_born_on", "Due date of an unborn child; blank if there is a date of birth.", "pers_expected_dob", may_lie_ahead=True, identifies=True),
        date("died_on", "Date of death.", "pers_death_date", identifies=True),
        yes_no("is_mother", "Computed: a non-male person with a parent link to a child.", "pers_is_mother"),
        text("nationality", "Country of origin (UASC).", "pers_nationality"),
    ),
)
