"""What the council has that answers each request of a framework, and how ready each answer is on the day of the build."""

from warehouse.contract import Table, text, whole_number, yes_no

TABLE = Table(
    name="evidence.answers",
    one_row_is="One answer to one request of a framework.",
    key=("framework_id", "request_id", "answer_number"),
    columns=(
        text("framework_id", "The framework."),
        text("request_id", "The request: evidence.requests."),
        whole_number("answer_number", "Its place among the answers of the request, from 1."),
        text("product", "Where it comes from: register (documents), figures, lists, surveys (who to contact) or tables."),
        text("source_id", "The list, or the sets of figures separated by commas; NULL for documents of the register."),
        text("title", "What it is."),
        text("status", "missing, stale, doubtful or ready."),
        text("reasons", "Why it is not ready, worst first, separated by semicolons; NULL if it is ready or restricted_reasons has all reasons."),
        text("restricted_reasons", "Further reasons, which count rows of allegations, private fostering, staff or complaints; NULL in the general file.", hidden_where="true"),
        text("owner", "Who can correct it."),
        whole_number("found_count", "Rows of a list, figures of a set, documents of the register; NULL for a restricted list in the general file.", hidden_where="is_restricted"),
        whole_number("asked_count", "Documents asked for, for example six sets of minutes; NULL if no number is asked for."),
        yes_no("is_restricted", "Whether it is a list of restricted rows: allegations, private fostering, staff or complaints."),
    ),
)
