"""Published figures beside ours."""

from warehouse.contract import Table, number, text, whole_number, yes_no

TABLE = Table(
    name="profile.comparators",
    one_row_is="One comparator of one indicator (or of one of its groups) in one published year.",
    # One row for each of indicator_code, breakdown, comparator, reporting_year; breakdown may be NULL, so no key is set.
    columns=(
        text("indicator_code", "The indicator it is the published twin of."),
        text("breakdown", "The group of profile.indicator_breakdowns it is the twin of; NULL: the whole indicator."),
        text("comparator", "england, region (the council's own), statistical_neighbours (their mean) or council."),
        text("area_code", "Nine-character code of the area; NULL for the neighbours."),
        text("area_name", "Name of the area; what kind of area it would be where none is known."),
        whole_number("reporting_year", "Year to 31 March it was published for; NULL where the file could not be used."),
        yes_no("is_latest", "Of the latest published year of the indicator that had ended by the as-at date."),
        yes_no("is_previous", "Of the year before the latest."),
        number("numerator", "Published count, where there is one."),
        number("denominator", "Published count it is a share of, where there is one."),
        number("value", "Percent 0-100 or rate per 10,000; for the neighbours the plain mean of theirs; else NULL."),
        text(
            "status", "published; withheld: DfE shows a mark in place of the number; not given: see not_given_because."
        ),
        text("published_as", "The mark in place of a number, as published: c, x, z, u, a colon."),
        text("not_given_because", "Why there is no such comparator; NULL where its status is another."),
        whole_number("areas", "How many areas the value is made of; 0 where there is none."),
        whole_number("areas_withheld", "How many areas are left out of it because their number is withheld."),
        whole_number(
            "areas_absent", "How many neighbours are left out because nothing is published of them that year."
        ),
        text("made_of", "The neighbours in the order of their list, each with its value or why it is left out."),
        text("neighbours_source", "Where the list of neighbours comes from, as the list says."),
        text("release", "Folder of the release it was dropped in."),
        text("published_column", "File and column it was read from."),
        text("extract_id", "SHA-256 of the file."),
    ),
)
