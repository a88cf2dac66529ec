"""Every file used, counted twice: rows received = rows loaded + rows set aside."""

from warehouse.contract import Table, date, text, whole_number

TABLE = Table(
    name="quality.arrivals",
    one_row_is="One table of one file that was used.",
    columns=(
        text("source", "Folder of the drop."),
        date("as_at", "The day the delivery is true for."),
        text("source_table", "The table's name in the drop; NULL where no contract knows the file."),
        text("file_name", "Name of the file as received."),
        text("extract_id", "SHA-256 of the file, its name in the store."),
        text("sheet", "Sheet of the workbook; several that were stacked are parted by ' / '."),
        text("file_format", "csv, xlsx or parquet."),
        text("encoding", "How the text was encoded."),
        text("status", "loaded, empty, refused, kept (a document, a published table, a mapping), or not known where no contract knows the file."),
        text("refused_because", "Why it was refused: what, where, why it matters, how to fix it."),
        whole_number("rows_received", "Rows counted by a second, independent means."),
        whole_number("rows_loaded", "Rows in records."),
        whole_number("rows_set_aside", "Rows in quality.rejected_rows; all of them where the file was refused."),
        whole_number("blank_rows", "Wholly blank rows, which are no rows."),
        text("missing_headings", "Declared headings that are absent, each with the nearest one received."),
        text(
            "unknown_headings",
            "Headings no contract knows; kept in landing unless the file is a restricted or partner one.",
        ),
        text("notes", "What was accepted and is worth knowing."),
    ),
)
