"""Published figures to compare ours with."""

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
        text("area_name", "Name of the area; if it is not known, the kind of area."),
        whole_number("reporting_year", "Year to 31 March it was published for; NULL if the file could not be used."),
        yes_no("is_latest", "The indicator's latest published year that had ended by the as-at date."),
        yes_no("is_previous", "The year before the latest."),
        number("numerator", "Published count, if there is one."),
        number("denominator", "Published count it is a share of, if there is one."),
        number("value", "Percent 0-100 or rate per 10,000; for the neighbours, the plain mean of their values; otherwise NULL."),
        text(
            "status", "published; withheld: DfE shows a mark in place of the number; not given: see not_given_because."
        ),
        text("published_as", "The mark in place of a number, as published: c, x, z, u, a colon."),
        text("not_given_because", "Why there is no such comparator; NULL if its status is not 'not given'."),
        whole_number("areas", "How many areas the value is calculated from; 0 if there is no value."),
        whole_number("areas_withheld", "How many areas are left out because their number is withheld."),
        whole_number(
            "areas_absent", "How many neighbours are left out because nothing is published for them that year."
        ),
        text("made_of", "The neighbours in the order of their list, each with its value or why it is left out."),
        text("neighbours_source", "Source of the list of neighbours, as the list gives it."),
        text("release", "The release: the folder it was dropped in."),
        text("published_column", "File and column it was read from."),
        text("extract_id", "SHA-256 of the file."),
    ),
)
