"""What each indicator is, as its file says."""

from warehouse.contract import Table, text

TABLE = Table(
    name="profile.indicators",
    one_row_is="One indicator.",
    key=("indicator_code",),
    columns=(
        text("indicator_code", "The profession's code, such as NI64 or CP02."),
        text("title", "Title."),
        text("family", "Family of indicators."),
        text("numerator_is", "Who counts, in words."),
        text("denominator_is", "Who is in, in words."),
        text("unit", "percent (0-100), rate_per_10000, count, average, ratio or median_days."),
        text("good_is", "low, high or neutral."),
        text("source", "Where the definition was found."),
        text("sourced", "How well the definition is sourced: verified, partly, unverified or proposed."),
        text("reading", "How the definition is read where it leaves a choice open."),
        text("threshold", "A target or reference line, with its source; NULL where none."),
        text("small_numbers", "Rule for small numbers: S1 to S4."),
        text("beside", "Another reading whose figure is shown beside, in words; NULL where none."),
        text("broken_down_by", "What profile.indicator_breakdowns groups it by; NULL where it does not."),
        text("open_and_late_is", "Who is open and late, in words; NULL where the figure is not one of timeliness."),
        text("twin", "The indicator that says who is open and late, where one does."),
        text("handling", "restricted where its rows are kept from the general file, else open."),
        text("history", "recomputed, or current state only where the source keeps no past."),
        text("feeds", "Records tables it reads, separated by commas."),
        text("query", "The SQL that selects its cases."),
        text("late_query", "The SQL that selects who is open and late; NULL where a twin or nothing says so."),
    ),
)
