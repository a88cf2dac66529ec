"""How the tables of the drop arrived, which every list and figure built from them must report."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import duckdb

from transforms.evidence.documents.readiness import Readiness, readiness_from, rows_doubt
from warehouse import catalogue


@dataclass(frozen=True, slots=True)
class TableAsArrived:
    """One table of the drop as it arrived.

    `absent_because` is empty if it arrived, `stale_because` if it is up to date; `missing_headings` are declared
    headings that one of its files lacked.
    """

    file: str
    absent_because: str = ""
    stale_because: str = ""
    came_without_rows: bool = False
    rows_set_aside: int = 0
    rows_unmatched: int = 0
    missing_headings: frozenset[str] = frozenset()


def read_sources(connection: duckdb.DuckDBPyConnection) -> Mapping[str, TableAsArrived]:
    """Every table of the drop that has a contract, by its name in the drop."""
    expected = {table.file: table.source or "" for table in catalogue.tables("records") if table.file}
    arrived = {
        name: (statuses, because, frozenset((headings or "").split("; ")) - {""})
        for name, statuses, because, headings in connection.execute(
            "SELECT source_table, list(DISTINCT status), max(refused_because), string_agg(missing_headings, '; ')"
            " FROM quality.arrivals WHERE source_table IS NOT NULL GROUP BY source_table"
        ).fetchall()
    }
    set_aside = _counts(connection, "quality.rejected_rows")
    unmatched = _counts(connection, "quality.unmatched_rows")
    stale = {
        source: f"{source.replace('_', ' ')} is as at {as_at:%d %B %Y}, {days} days older than the newest"
        for source, as_at, days in connection.execute(
            "SELECT source, as_at, days_older FROM quality.sources WHERE is_stale"
        ).fetchall()
    }
    found: dict[str, TableAsArrived] = {}
    for name, source in expected.items():
        statuses, because, headings = arrived.get(name, ([], None, frozenset()))
        absent = ""
        if not {"loaded", "empty"} & set(statuses):
            absent = f"{name} was refused: {because}" if "refused" in statuses else f"{name} was not received"
        found[name] = TableAsArrived(
            name,
            absent,
            "" if absent else stale.get(source, ""),
            "loaded" not in statuses and not absent,
            set_aside.get(name, 0),
            unmatched.get(name, 0),
            headings,
        )
    return found


def not_there(sources: Mapping[str, TableAsArrived], feed: str) -> str:
    """Why a records table or column ("records.children", "records.children.sex_code") is missing; empty if not."""
    room, table, *column = feed.split(".")
    contract = catalogue.by_name()[f"{room}.{table}"]
    source = sources.get(contract.file or "")
    if source is None or source.absent_because:
        return source.absent_because if source else ""
    headings = {one.name: one.heading for one in contract.columns}
    if column and headings[column[0]] in source.missing_headings:
        return f"column {headings[column[0]]} of {source.file} is absent"
    return ""


def fed_by(sources: Mapping[str, TableAsArrived], tables: Iterable[str]) -> tuple[TableAsArrived, ...]:
    """The drop's tables behind records tables ("records.children" or "children"), in the order given."""
    names = (table if "." in table else f"records.{table}" for table in tables)
    contracts = (catalogue.by_name().get(name) for name in names)
    files = dict.fromkeys(contract.file for contract in contracts if contract is not None and contract.file)
    return tuple(sources[file] for file in files if file in sources)


def readiness_of(feeds: Iterable[TableAsArrived]) -> Readiness:
    """How ready something built from these tables is."""
    feeds = tuple(feeds)
    return readiness_from(
        missing=[feed.absent_because for feed in feeds if feed.absent_because],
        stale=[feed.stale_because for feed in feeds if feed.stale_because],
        doubtful=[
            *rows_doubt(sum(feed.rows_set_aside for feed in feeds), sum(feed.rows_unmatched for feed in feeds)),
            *(f"{feed.file} arrived without rows" for feed in feeds if feed.came_without_rows),
        ],
    )


def reference_to(feeds: Iterable[TableAsArrived]) -> str:
    """The tables under which the statement of data quality lists these rows set aside or unmatched."""
    return ", ".join(feed.file for feed in feeds if feed.rows_set_aside or feed.rows_unmatched)


def owner_of(tables: Iterable[str]) -> str:
    """The team named by the first of these records tables whose contract names one."""
    for table in tables:
        contract = catalogue.by_name().get(table if "." in table else f"records.{table}")
        if contract is not None and contract.team:
            return contract.team
    return ""


def is_restricted(tables: Iterable[str]) -> bool:
    """Whether any of these records tables has rows that stay out of the general file."""
    contracts = (catalogue.by_name().get(table if "." in table else f"records.{table}") for table in tables)
    return any(contract is not None and contract.handling == "restricted" for contract in contracts)


def _counts(connection: duckdb.DuckDBPyConnection, table: str) -> dict[str, int]:
    return dict(connection.execute(f"SELECT source_table, count(*) FROM {table} GROUP BY source_table").fetchall())
