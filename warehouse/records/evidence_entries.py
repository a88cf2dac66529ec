"""Evidence store entries."""

from warehouse.contract import Table, code, date, moment, text, yes_no

TABLE = Table(
    name="records.evidence_entries",
    one_row_is="One piece of evidence.",
    key=("evidence_id",),
    file="evidence",
    source="council",
    team="performance team",
    sourced="proposed",
    columns=(
        text("evidence_id", "Reference of the evidence.", "evidence_id", required=True),
        text("action_id", "Reference of the action.", "action_id"),
        text("indicator_code", "Indicator.", "indicator_id"),
        text("file_sha256", "SHA-256 of the file.", "file_sha256", required=True),
        text("title", "Title.", "title", required=True),
        date("document_on", "Date of the document.", "document_date", required=True),
        moment("received_at", "Date and time received.", "received", required=True),
        code("source_code", "Source.", "evidence_source", "source", required=True),
        code("classification_code", "Classification.", "classification", "classification", required=True),
        yes_no("is_personal_data", "Whether it has personal data.", "contains_personal_data", required=True),
    ),
)
