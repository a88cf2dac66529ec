"""Records in a build what it was built from: files, deliveries, documents, the run, and values as first published."""

from __future__ import annotations

import datetime
import hashlib
import json
from collections.abc import Mapping, Sequence

import duckdb

from flows.publishing.land_extracts import Landed
from flows.secrets_folder import passphrases_stand_for
from flows.settings import Settings
from transforms.evidence.framework import framework_ids, rehearsed_frameworks
from transforms.records.build_records import Loaded
from warehouse import catalogue
from warehouse.code_version import code_version
from warehouse.database import create, insert
from warehouse.store.extracts import BENCHMARKS, DOCUMENTS, MAPPINGS, Extract, KnownExtracts
from warehouse.store.ledger import Entry

ARRIVED_FILE = "source, as_at, file_name, extract_id, file_format, status, refused_because"
ARRIVED_TABLE = (
    "source_table, sheet, encoding, rows_received, rows_loaded, rows_set_aside, blank_rows, missing_headings,"
    " unknown_headings, notes"
)


def fingerprint(known: KnownExtracts, as_at: datetime.date, settings: Settings) -> str:
    """SHA-256 over everything a build depends on: equal fingerprints, equal content."""
    said = {
        "extracts": [[*extract.slot, extract.sha256] for extract in known.extracts],
        "known": known.head.sha256,
        "as_at": as_at.isoformat(),
        "code": code_version(),
        "settings": {
            "authority": settings.authority,
            "stale_days": settings.stale_days,
            "set_aside_limit": settings.set_aside_limit,
            "cp1252_sources": settings.cp1252_sources,
            "secrets": passphrases_stand_for(settings.secrets),
            "rehearse": rehearsed(settings),
        },
    }
    return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()


def rehearsed(settings: Settings) -> list[str]:
    """Ids of the frameworks to rehearse, in order; the rehearsal itself reports a name that is not a framework."""
    return sorted(name for name in rehearsed_frameworks(settings.rehearse) if name in framework_ids())


def register_documents(connection: duckdb.DuckDBPyConnection, known: KnownExtracts) -> None:
    """List the document files, so that `name_documents` can link the register to them."""
    connection.execute("CREATE TEMP TABLE document_files (file_name VARCHAR, extract_id VARCHAR)")
    rows = [[extract.file_name, extract.sha256] for extract in known.of(DOCUMENTS)]
    if rows:
        connection.executemany("INSERT INTO document_files VALUES (?, ?)", rows)


def name_documents(connection: duckdb.DuckDBPyConnection) -> None:
    """Link each document of the register to its file."""
    connection.execute(
        "UPDATE records.documents AS document SET extract_id = there.extract_id"
        " FROM document_files AS there WHERE there.file_name = document.file_name"
    )


def describe_arrivals(
    connection: duckdb.DuckDBPyConnection,
    known: KnownExtracts,
    landed: Sequence[Landed],
    loaded: Mapping[str, Loaded],
) -> None:
    """Fill quality.arrivals: one row for each table of each file used, and one for each file without a table."""
    by_extract: dict[tuple[str, str, str, str], list[Landed]] = {}
    for one in landed:
        by_extract.setdefault(one.extract.slot, []).append(one)
    for extract in known.extracts:
        file = [extract.source, extract.as_at, extract.file_name, extract.sha256, extract.file_format]
        for one in by_extract.get(extract.slot, ()):
            count = loaded[one.table.file or ""]
            refused = one.refused_because is not None
            received = one.arrival.rows_received
            connection.execute(
                f"INSERT INTO quality.arrivals ({ARRIVED_FILE}, {ARRIVED_TABLE}) VALUES ({', '.join('?' * 17)})",
                [
                    *file,
                    "refused" if refused else one.arrival.status,
                    one.refused_because,
                    one.table.file,
                    one.arrival.sheet,
                    one.arrival.encoding,
                    received,
                    0 if refused else count.rows_loaded,
                    received if refused else count.rows_set_aside,
                    one.arrival.blank_rows,
                    "; ".join(one.arrival.missing_headings) or None,
                    "; ".join(one.arrival.unknown_headings) or None,
                    " ".join(one.arrival.notes) or None,
                ],
            )
        if extract.slot not in by_extract:
            status, because = _no_table(extract)
            connection.execute(
                f"INSERT INTO quality.arrivals ({ARRIVED_FILE}) VALUES ({', '.join('?' * 7)})", [*file, status, because]
            )


def describe_sources(
    connection: duckdb.DuckDBPyConnection, known: KnownExtracts, as_at: datetime.date, stale_days: int
) -> None:
    """Fill quality.sources: each source's newest delivery.

    Args:
        stale_days: a source is stale when its delivery is this many days older than `as_at`.
    """
    for source in sorted({extract.source for extract in known.extracts}):
        extracts = known.of(source)
        dated = [extract.as_at for extract in extracts if extract.as_at]
        older = (as_at - max(dated)).days if dated else 0
        newest = max(extract.received_at for extract in extracts)
        connection.execute(
            "INSERT INTO quality.sources VALUES (?, ?, ?, ?, ?, ?)",
            [
                source,
                max(dated, default=None),
                newest.replace(tzinfo=None),
                len(extracts),
                older >= stale_days,
                older,
            ],
        )


def _no_table(extract: Extract) -> tuple[str, str | None]:
    """Status and reason of a file that no table was read from."""
    if extract.source in (BENCHMARKS, DOCUMENTS, MAPPINGS):
        return "kept", None
    if extract.tables:
        return "not known", "superseded by another file for the same table"
    return "not known", "the file's name matches no contract"


def describe_run(
    connection: duckdb.DuckDBPyConnection,
    known: KnownExtracts,
    as_at: datetime.date,
    settings: Settings,
    authority: str | None,
) -> None:
    """Fill quality.run: what the whole file was built from."""
    connection.execute(
        "INSERT INTO quality.run VALUES (?, ?, ?, ?, ?, ?, ?)",
        [
            as_at,
            known.head_at.replace(tzinfo=None) if known.head_at else None,
            known.head.sequence,
            known.head.sha256,
            fingerprint(known, as_at, settings),
            code_version(),
            authority,
        ],
    )


def first_published(connection: duckdb.DuckDBPyConnection, published_before: Sequence[Entry]) -> None:
    """Fill profile.as_first_published: each figure's value when it was first published."""
    create(connection, catalogue.by_name()["profile.as_first_published"])
    first: dict[tuple[str, str, str], list[object]] = {}
    for entry in published_before:
        for code, kind, ends_on, numerator, denominator, value in entry.body.get("figures", []):
            first.setdefault(
                (code, kind, ends_on),
                [code, kind, ends_on, numerator, denominator, value, entry.at.replace(tzinfo=None), entry.sequence],
            )
    insert(connection, catalogue.by_name()["profile.as_first_published"], [first[key] for key in sorted(first)])
