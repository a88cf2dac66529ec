"""The register of narrative documents: plans, policies, minutes and reports that no table can answer."""

from warehouse.contract import Table, date, text

TABLE = Table(
    name="records.documents",
    one_row_is="One narrative document of the council's register.",
    key=("document_id",),
    file="register",
    source="documents",
    team="performance team",
    sourced="proposed",
    columns=(
        text("document_id", "The register's reference for the document.", "id", required=True),
        text("title", "Title.", "title", required=True),
        text("owner", "Lead officer who keeps it.", "owner", required=True),
        text("approver", "Who approved it.", "approver"),
        date("published_on", "Day it was published.", "published_on"),
        date("review_on", "Day it is due for review.", "review_on", may_lie_ahead=True),
        text("file_name", "Name of the file beside the register.", "file", required=True),
        text("extract_id", "SHA-256 of the file as kept in the store; NULL where the file has not arrived."),
    ),
)
