"""Checks one extract against its contract before it is delivered: the same reading and rules as the nightly run."""

from __future__ import annotations

import datetime
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from expectations.judge import judge
from flows.settings import Settings
from transforms.build_records import build_records
from transforms.read_extract import Arrival, read_extract
from warehouse import catalogue
from warehouse.contract import Table
from warehouse.database import build, create
from warehouse.evidence_store import sha256_of
from warehouse.extracts import file_format_of, tables_named
from warehouse.problem import Problem


@dataclass(frozen=True, slots=True)
class Checked:
    """What one file's check found.

    Attributes:
        arrivals: how each table of the file was read.
        set_aside: table, row, rule, reason of the first rows that would be set aside; counts by table.
        broken: table, promise, rows that break it, team.
        not_checked: table, promise, why.
    """

    file_name: str
    arrivals: tuple[Arrival, ...]
    set_aside_counts: dict[str, int]
    set_aside: tuple[tuple[Any, ...], ...]
    broken: tuple[tuple[Any, ...], ...]
    not_checked: tuple[tuple[Any, ...], ...]

    @property
    def accepted(self) -> bool:
        """Every table could be read and no row would be set aside."""
        return all(arrival.status != "refused" for arrival in self.arrivals) and not self.set_aside

    def as_json(self) -> dict[str, Any]:
        return {
            "file": self.file_name,
            "accepted": self.accepted,
            "tables": [
                {
                    "table": arrival.source_table,
                    "sheet": arrival.sheet,
                    "status": arrival.status,
                    "refused_because": arrival.refused_because,
                    "rows_received": arrival.rows_received,
                    "rows_set_aside": self.set_aside_counts.get(arrival.source_table, 0),
                    "missing_headings": list(arrival.missing_headings),
                    "unknown_headings": list(arrival.unknown_headings),
                    "notes": list(arrival.notes),
                }
                for arrival in self.arrivals
            ],
            "set_aside": [dict(zip(("table", "row", "rule", "reason"), row, strict=True)) for row in self.set_aside],
            "broken": [
                dict(zip(("table", "promise", "rows", "team", "first_rows"), row, strict=True)) for row in self.broken
            ],
            "not_checked": [dict(zip(("table", "promise", "because"), row, strict=True)) for row in self.not_checked],
        }


def check_file(path: Path, *, table: str | None, as_at: datetime.date, settings: Settings, listed: int = 20) -> Checked:
    """Read one file and run its contract's checks; rules that need other files are reported as not checked.

    Args:
        table: its table in a drop, where the file's name does not say.
        as_at: the day the file is true for.
        listed: rows named at most.

    Raises:
        Problem: there is no such file, or no contract knows it.
    """
    if not path.is_file():
        raise Problem("There is no such file.", where=str(path), fix="Give the path of an extract.")
    tables = _tables(path, table)
    file_format = file_format_of(path.name)
    if file_format is None:
        raise Problem("This is no CSV, XLSX or Parquet file.", where=str(path), fix="Save it as one of these.")
    # The build wants a file of its own; it is gone when the check is over.
    with (
        tempfile.TemporaryDirectory(prefix="daytwo-check-") as folder,
        build(
            Path(folder) / "check.duckdb", memory_limit=settings.memory_limit, threads=settings.threads
        ) as connection,
    ):
        for made in catalogue.tables("quality"):
            create(connection, made)
        sha256 = sha256_of(path)
        arrivals = [
            read_extract(
                connection,
                one,
                path,
                extract_id=sha256,
                file_format=file_format,
                cp1252_declared=one.source in settings.cp1252_sources.split(","),
            )
            for one in tables
        ]
        for arrival in arrivals:
            connection.execute(
                "INSERT INTO quality.arrivals (source_table, status, rows_received) VALUES (?, ?, ?)",
                [arrival.source_table, arrival.status, arrival.rows_received],
            )
        loaded = build_records(connection, only=tables)
        connection.execute("INSERT INTO quality.run (as_at) VALUES (?)", [as_at])
        judge(
            connection,
            {arrival.source_table: as_at for arrival in arrivals if arrival.status != "refused"},
            as_at=as_at,
            only=tables,
        )
        return Checked(
            file_name=path.name,
            arrivals=tuple(arrivals),
            set_aside_counts={one.file or "": loaded[one.file or ""].rows_set_aside for one in tables},
            set_aside=tuple(
                connection.execute(
                    "SELECT source_table, row_number, rule, reason FROM quality.rejected_rows"
                    " ORDER BY source_table, row_number LIMIT ?",
                    [listed],
                ).fetchall()
            ),
            broken=tuple(
                connection.execute(
                    """
                    SELECT source_table, title, rows_broken, team,
                           (SELECT list(row_number ORDER BY row_number)[:5] FROM quality.issues AS issue
                            WHERE issue.check_code = check_made.check_code
                              AND issue.source_table = check_made.source_table) AS first_rows
                    FROM quality.checks AS check_made WHERE outcome = 'broken' AND severity <> 'critical'
                    ORDER BY source_table, check_code
                    """
                ).fetchall()
            ),
            not_checked=tuple(
                connection.execute(
                    "SELECT source_table, title, because FROM quality.checks WHERE outcome = 'could not be checked'"
                    " ORDER BY source_table, check_code"
                ).fetchall()
            ),
        )


def _tables(path: Path, table: str | None) -> tuple[Table, ...]:
    if table is not None:
        known = catalogue.by_file().get(table.lower())
        if known is None:
            raise Problem(f"No contract is called {table}.", fix="daytwo where NAME finds the contract of a table.")
        return (known,)
    named = tables_named(path.name)
    if not named:
        raise Problem(
            f"No contract knows a file named {path.name}.",
            where=str(path),
            why="Its columns cannot be checked.",
            fix="Name it as its table (ssd_person.csv), or give --table.",
        )
    return named


def show(checked: Checked) -> list[str]:
    """The result as lines for a terminal."""
    lines: list[str] = []
    for arrival in checked.arrivals:
        aside = checked.set_aside_counts.get(arrival.source_table, 0)
        place = f", sheet {arrival.sheet}" if arrival.sheet else ""
        if arrival.status == "refused":
            lines.append(f"{checked.file_name}{place} would be REFUSED as {arrival.source_table}:")
            lines += [f"  {line}" for line in (arrival.refused_because or "").splitlines()]
            continue
        lines.append(
            f"{checked.file_name}{place} as {arrival.source_table}: {arrival.rows_received:,} rows received,"
            f" {(arrival.rows_received or 0) - aside:,} would be loaded, {aside:,} set aside."
        )
        lines += [f"  missing: {heading}" for heading in arrival.missing_headings]
        lines += [f"  unknown: {heading}" for heading in arrival.unknown_headings]
        lines += [f"  note: {note}" for note in arrival.notes]
    if checked.set_aside:
        lines += ["", "Rows that would be set aside:"]
        lines += [f"  {table} row {row}: {rule}. {reason}" for table, row, rule, reason in checked.set_aside]
        total = sum(checked.set_aside_counts.values())
        if total > len(checked.set_aside):
            lines.append(f"  ... and {total - len(checked.set_aside)} more")
    if checked.broken:
        lines += ["", "Loaded, and reported:"]
        lines += [
            f"  {table}: not true that {title}: {rows:,} rows (row {', '.join(map(str, first or []))}"
            f"{' ...' if rows > len(first or []) else ''}); {team}"
            for table, title, rows, team, first in checked.broken
        ]
    if checked.not_checked:
        lines += ["", "Could not be checked from this file alone:"]
        lines += [f"  {table}: {title} ({because})" for table, title, because in checked.not_checked]
    lines += ["", "Accepted." if checked.accepted else "Not accepted as it is."]
    return lines
