"""The definition of each indicator, from its file."""

from warehouse.contract import Table, text

TABLE = Table(
    name="profile.indicators",
    one_row_is="One indicator.",
    key=("indicator_code",),
    columns=(
        text("indicator_code", "The profession's code, for example NI64 or CP02."),
        text("title", "Title."),
        text("family", "Family of indicators."),
        text("numerator_is", "Who counts, in words."),
        text("denominator_is", "Who is included, in words."),
        text("unit", "percent (0-100), rate_per_10000, count, average, ratio or median_days."),
        text("good_is", "low, high or neutral."),
        text("source", "Where the definition was found."),
        text("sourced", "How well the definition is sourced: verified, partly, unverified or proposed."),
        text("reading", "The full definition, including our choice where the source leaves one open."),
        text("threshold", "A target or reference line, with its source; NULL if there is none."),
        text("small_numbers", "Rule for small numbers: S1 to S4."),
        text("beside", "A second definition that is also measured, in words; NULL if there is none."),
        text("broken_down_by", "What profile.indicator_breakdowns groups it by; NULL if it has no groups."),
        text("open_and_late_is", "Who is open and late, in words; NULL if it is not a timeliness figure or a twin counts them."),
        text("twin", "The indicator that counts who is open and late, if one does."),
        text("handling", "restricted if its rows are kept out of the general file, otherwise open."),
        text("history", "recomputed, or current state only if the source keeps no history."),
        text("feeds", "Records tables it reads, separated by commas."),
        text("query", "The SQL that selects its cases."),
        text("late_query", "The SQL that selects who is open and late; NULL if a twin counts them or nothing does."),
    ),
)
