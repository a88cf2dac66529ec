"""The documents that answer a framework's requests, and those missing from the register."""

from warehouse.contract import Table, date, text, whole_number, yes_no

TABLE = Table(
    name="evidence.documents",
    one_row_is="One document that answers a request, or one answer whose documents are missing from the register.",
    key=("framework_id", "request_id", "answer_number", "document_number"),
    columns=(
        text("framework_id", "The framework."),
        text("request_id", "The request: evidence.requests."),
        whole_number("answer_number", "The answer: evidence.answers."),
        whole_number("document_number", "Its place among the documents of the answer, from 1, newest first; missing documents come last."),
        text("document_id", "The document: records.documents; NULL if it is missing from the register."),
        text("title", "Title in the register; if it is missing from the register, what is asked for."),
        text("owner", "Lead officer who keeps it; if the register names none or it is missing, the owner of the request."),
        text("approver", "Who approved it."),
        date("published_on", "Day it was published."),
        date("review_on", "Day it is due for review.", may_lie_ahead=True),
        yes_no("is_file_there", "Whether the store has its file as received, and packs include that kind of file."),
        text("status", "missing, stale (its review date has passed), doubtful or ready."),
        text("reasons", "Why it is not ready, worst first, separated by semicolons; NULL if it is ready."),
    ),
)
