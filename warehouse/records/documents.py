"""The register of narrative documents: plans, policies, minutes and reports that no table can replace."""

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
        text("document_id", "Reference of the document in the register.", "id", required=True),
        text("title", "Title.", "title", required=True),
        text("owner", "Lead officer who keeps it.", "owner", required=True),
        text("approver", "Who approved it.", "approver"),
        date("published_on", "Day it was published.", "published_on"),
        date("review_on", "Day it is due for review.", "review_on", may_lie_ahead=True),
        text("file_name", "Name of the file delivered with the register.", "file", required=True),
        text("extract_id", "SHA-256 of the file in the store; NULL if the file has not arrived."),
    ),
)
