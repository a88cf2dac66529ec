"""Published figures beside ours."""

from warehouse.contract import Table, number, text, whole_number

TABLE = Table(
    name="profile.comparators",
    one_row_is="One published value of one area and year for one indicator.",
    key=(
        "indicator_code",
        "comparator",
        "reporting_year",
    ),
    columns=(
        text("indicator_code", "The indicator it is the published twin of."),
        text("comparator", "england or council."),
        text("area_code", "Nine-character code of the area."),
        text("area_name", "Name of the area."),
        whole_number("reporting_year", "Year to 31 March it was published for."),
        number("numerator", "Published count, where there is one."),
        number("denominator", "Published count it is a share of, where there is one."),
        number("value", "Percent 0-100 or rate per 10,000; NULL where withheld."),
        text("status", "published, or withheld where DfE shows a mark in place of the number."),
        text("published_as", "The mark in place of a number: c, x, z or a colon."),
        text("release", "Folder of the release it was dropped in."),
        text("published_column", "File and column it was read from."),
        text("extract_id", "SHA-256 of the file."),
    ),
)
