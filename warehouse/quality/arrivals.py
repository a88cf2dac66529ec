"""Every file used, with its rows counted twice: rows received = rows loaded + rows set aside."""

from warehouse.contract import Table, date, text, whole_number

TABLE = Table(
    name="quality.arrivals",
    one_row_is="One table of one file that was used.",
    columns=(
        text("source", "Folder of the drop."),
        date("as_at", "The day the delivery is true for."),
        text("source_table", "The table's name in the drop; NULL if no contract knows the file."),
        text("file_name", "Name of the file as received."),
        text("extract_id", "SHA-256 of the file, its name in the store."),
        text("sheet", "Sheet of the workbook; stacked sheets are separated by ' / '."),
        text("file_format", "csv, xlsx or parquet."),
        text("encoding", "Encoding of the text."),
        text("status", "loaded, empty, refused, kept (a document, a published table, a mapping), or not known (no contract knows the file)."),
        text("refused_because", "Why it was refused: what, where, why it matters, how to fix it."),
        whole_number("rows_received", "Rows, from a second, independent count."),
        whole_number("rows_loaded", "Rows in records."),
        whole_number("rows_set_aside", "Rows in quality.rejected_rows; all rows of a refused file."),
        whole_number("blank_rows", "Blank rows, not counted as received."),
        text("missing_headings", "Declared headings that are missing, each with the nearest one received."),
        text(
            "unknown_headings",
            "Headings that the contract does not know; kept in landing, except for restricted and partner files.",
        ),
        text("notes", "What a reader should know about an accepted file."),
    ),
)
