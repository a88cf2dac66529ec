"""What this file was built from."""

from warehouse.contract import Table, date, moment, text, whole_number

TABLE = Table(
    name="quality.run",
    one_row_is="This build.",
    columns=(
        date("as_at", "The day at which everything is measured."),
        moment("as_known_on", "When the newest evidence used was received, UTC."),
        whole_number("ledger_sequence", "Last ledger entry used: later evidence is not in this build."),
        text("ledger_head", "SHA-256 of that entry."),
        text(
            "evidence_fingerprint",
            "SHA-256 of the extracts used, the as-at date, the settings that matter and the code version.",
        ),
        text("code_version", "Version and hash of the program's own files."),
        text(
            "authority_code", "The council's nine-character code; NULL if neither the settings nor the population file give it."
        ),
    ),
)
