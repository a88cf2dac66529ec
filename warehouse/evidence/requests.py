"""What each rehearsed framework asks for, and how ready the council's answer is on the day of the build."""

from warehouse.contract import Table, text, whole_number

TABLE = Table(
    name="evidence.requests",
    one_row_is="One thing that one framework asks for, as it would be answered on the day of the build.",
    key=("framework_id", "request_id"),
    columns=(
        text("framework_id", "The framework, for example slac_2009: one that the setting `rehearse` names."),
        text("request_id", "The request, as the framework's file names it."),
        whole_number("request_number", "Its place among the framework's requests, from 1."),
        text("title", "What is asked for, in the inspectorate's words."),
        text("kind", "narrative, table or list."),
        text("sourced", "How well the request is sourced: verified, inferred or unverified."),
        whole_number("due_day", "The day of the timetable on which it is due, counted in working days; its date depends on the day of the call. NULL if no day is known."),
        text("due_day_sourced", "How well that day is sourced; NULL if no day is known."),
        text("owner", "Who in the council owns the answer, as the framework's file proposes."),
        text("status", "The worst of its answers: missing, stale, doubtful or ready; NULL if it could not be worked out."),
        text("reasons", "Why it is not ready, worst first, separated by semicolons; NULL if it is ready or restricted_reasons has all reasons."),
        text("restricted_reasons", "Further reasons, which count rows of allegations, private fostering, staff or complaints; NULL in the general file.", hidden_where="true"),
        whole_number("answer_count", "How many answers it has in evidence.answers; NULL if that could not be worked out."),
    ),
)
