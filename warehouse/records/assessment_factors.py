"""Factors recorded at the end of an assessment."""

from warehouse.contract import Table, json, text

TABLE = Table(
    name="records.assessment_factors",
    one_row_is="One completed assessment.",
    key=("assessment_factors_id",),
    file="ssd_assessment_factors",
    source="case_management",
    team="case system reporting",
    columns=(
        text("assessment_factors_id", "Surrogate row key.", "cinf_table_id", required=True),
        text("assessment_id", "Assessment the factors belong to.", "cinf_assessment_id", required=True, refers_to="records.assessments.assessment_id", about=True),
        json("factors_json", "JSON array of factor codes (e.g. [\"1A\",\"3B\"]); only fill when the assessment is authorised.", "cinf_assessment_factors_json", codes="assessment_factors"),
    ),
)
