"""What this file was made from."""

from warehouse.contract import Table, date, moment, text, whole_number

TABLE = Table(
    name="quality.run",
    one_row_is="This build.",
    columns=(
        date("as_at", "The day everything is measured at."),
        moment("as_known_on", "The newest evidence used had been received by then, UTC."),
        whole_number("ledger_sequence", "Ledger entry the evidence was frozen at."),
        text("ledger_head", "SHA-256 of that entry."),
        text(
            "evidence_fingerprint",
            "SHA-256 over the extracts used, the as-at date, the settings that matter and the code version.",
        ),
        text("code_version", "Version and hash of the program's own files."),
        text(
            "authority_code", "The council's nine-character code; NULL where neither setting nor population file says."
        ),
    ),
)
