"""The statement of data quality: what arrived, what was set aside or unmatched (by file and row), what was not checked.

Rows are identified by file, sheet and the row number Excel shows; their content and keys stay in the warehouse.
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import polars as pl

from transforms.evidence.documents.figures import day_in_words
from transforms.evidence.documents.workbook import Sheet, write_workbook

MOST_ROWS_ON_THE_PAGE = 40

# A file's name without its folders: no path goes into a pack.
FILE = r"regexp_extract({}, '[^/\\]*$')"

ARRIVALS = f"""
SELECT source, as_at, source_table, {FILE.format("file_name")} AS file, sheet, file_format, encoding, status,
       refused_because, rows_received, rows_loaded, rows_set_aside, blank_rows,
       missing_headings, unknown_headings, notes
FROM quality.arrivals ORDER BY source, source_table, as_at, file, sheet, extract_id
"""

# One row per file and sheet, so that each row joins to one file name.
FILES = f"""
SELECT source_table, extract_id, sheet, min({FILE.format("file_name")}) AS file
FROM quality.arrivals GROUP BY ALL
"""

SET_ASIDE = f"""
SELECT rejected.source_table, file.file, rejected.sheet, rejected.row_number, rejected.rule, rejected.reason
FROM quality.rejected_rows AS rejected
LEFT JOIN ({FILES}) AS file ON file.extract_id = rejected.extract_id AND file.source_table = rejected.source_table
  AND file.sheet IS NOT DISTINCT FROM rejected.sheet
ORDER BY ALL
"""

UNMATCHED = f"""
SELECT unmatched.source_table, file.file, unmatched.sheet, unmatched.row_number, unmatched.reason
FROM quality.unmatched_rows AS unmatched
LEFT JOIN ({FILES}) AS file ON file.extract_id = unmatched.extract_id AND file.source_table = unmatched.source_table
  AND file.sheet IS NOT DISTINCT FROM unmatched.sheet
ORDER BY ALL
"""

CHECKS = """
SELECT check_code, title, severity, source_table, outcome, rows_checked, rows_broken, because, kind, source, coverage,
       team, fix
FROM quality.checks ORDER BY outcome, severity, check_code, source_table
"""

COVERAGE = "SELECT * FROM quality.coverage"

SOURCES = "SELECT source, as_at, is_stale, days_older, files FROM quality.sources ORDER BY source"

HEADINGS = {
    "source": "Source",
    "as_at": "As at",
    "source_table": "Table",
    "file": "File",
    "sheet": "Sheet",
    "file_format": "Format",
    "encoding": "Encoding",
    "status": "Status",
    "refused_because": "Refused because",
    "rows_received": "Rows received",
    "rows_loaded": "Rows loaded",
    "rows_set_aside": "Rows set aside",
    "blank_rows": "Blank rows",
    "missing_headings": "Headings missing",
    "unknown_headings": "Headings unknown",
    "notes": "Notes",
    "row_number": "Row in the file",
    "rule": "Rule",
    "reason": "Reason",
    "check_code": "Check",
    "title": "What is checked",
    "severity": "Severity",
    "outcome": "Outcome",
    "rows_checked": "Rows checked",
    "rows_broken": "Rows broken",
    "because": "Because",
    "is_stale": "Stale",
    "days_older": "Days older",
    "files": "Files",
    "kind": "Kind of check",
    "coverage": "Ran, skipped or failed",
    "team": "Team",
    "fix": "What to do",
    "checks": "Checks",
    "met": "Met",
    "broken": "Broken",
    "skipped": "Skipped",
    "failed": "Failed",
}


@dataclass(frozen=True, slots=True)
class DataQuality:
    """The statement's tables, ready for a page and a workbook."""

    sources: pl.DataFrame
    arrivals: pl.DataFrame
    set_aside: pl.DataFrame
    unmatched: pl.DataFrame
    checks: pl.DataFrame
    coverage: pl.DataFrame


def read_data_quality(connection: duckdb.DuckDBPyConnection) -> DataQuality:
    """Read the statement from quality.*."""
    return DataQuality(
        *(connection.sql(query).pl() for query in (SOURCES, ARRIVALS, SET_ASIDE, UNMATCHED, CHECKS, COVERAGE))
    )


def write_data_quality(statement: DataQuality, path: Path, *, foot: str, created: datetime.datetime) -> None:
    """Write the full statement as a workbook.

    Args:
        foot: the pack's as-at day and moments.
        created: the creation time written into the workbook.
    """
    tables = (
        ("Sources", statement.sources),
        ("Arrivals", statement.arrivals),
        ("Rows set aside", statement.set_aside),
        ("Rows unmatched", statement.unmatched),
        ("Coverage of checks", statement.coverage),
        ("Could not be checked", _not_checked(statement.checks)),
        ("Checks broken", statement.checks.filter(pl.col("outcome") == "broken")),
    )
    write_workbook(
        path,
        title="Statement of data quality",
        about=[
            ("Dates", foot),
            ("Rows", "Identified by file, sheet and the row number Excel shows; their content stays in the warehouse."),
            ("Balance", "For every file, rows received equal rows loaded plus rows set aside."),
        ],
        sheets=[Sheet(name, frame, HEADINGS) for name, frame in tables],
        created=created,
    )


def data_quality_data(statement: DataQuality) -> dict[str, object]:
    """What data_quality.typ shows."""
    checks = statement.checks
    apart_from_first_run = _apart_from_first_run(checks)
    return {
        "totals": _totals(statement),
        "sources": [_source(row) for row in statement.sources.iter_rows(named=True)],
        "arrivals": [_arrival(row) for row in statement.arrivals.iter_rows(named=True)],
        "set_aside": _by_rule(statement.set_aside, ["source_table", "file", "sheet", "rule"]),
        "unmatched": _by_rule(statement.unmatched, ["source_table", "file", "sheet", "reason"]),
        "coverage": [
            {"kind": kind, "source": source, "counts": [f"{count:,}" for count in counts]}
            for kind, source, *counts in statement.coverage.iter_rows()
        ],
        "first_run": f"{_not_checked(checks).height - apart_from_first_run.height:,}",
        "not_checked": [
            _check(row) | {"because": row["because"] or ""} for row in apart_from_first_run.iter_rows(named=True)
        ],
        "broken": [
            _check(row) | {"severity": row["severity"], "rows": f"{row['rows_broken'] or 0:,}"}
            for row in checks.filter(pl.col("outcome") == "broken").iter_rows(named=True)
        ],
    }


def _totals(statement: DataQuality) -> dict[str, object]:
    """How many files, rows and checks, and whether the rows balance."""
    arrivals, checks = statement.arrivals, statement.checks
    received, loaded, set_aside = (
        int(arrivals[name].sum() or 0) for name in ("rows_received", "rows_loaded", "rows_set_aside")
    )
    return {
        "files": f"{arrivals.height:,}",
        "refused": f"{arrivals.filter(pl.col('status') == 'refused').height:,}",
        "received": f"{received:,}",
        "loaded": f"{loaded:,}",
        "set_aside": f"{set_aside:,}",
        "unmatched": f"{statement.unmatched.height:,}",
        "balances": received == loaded + set_aside,
        "checks": f"{checks.height:,}",
        "met": f"{checks.filter(pl.col('outcome') == 'met').height:,}",
        "broken": f"{checks.filter(pl.col('outcome') == 'broken').height:,}",
        "not_checked": f"{_not_checked(checks).height:,}",
    }


def _source(row: Mapping[str, Any]) -> dict[str, str]:
    """A source with the as-at day of its delivery."""
    return {
        "source": str(row["source"]).replace("_", " "),
        "as_at": day_in_words(row["as_at"]) if row["as_at"] else "no single date",
        "files": f"{row['files'] or 0:,}",
        "stale": f"{row['days_older']} days older" if row["is_stale"] else "up to date",
    }


def _arrival(row: Mapping[str, Any]) -> dict[str, object]:
    """A file that was used, its row counts, and remarks on it."""
    return {
        "table": row["source_table"] or row["file"],
        "file": row["file"] + (f", sheet {row['sheet']}" if row["sheet"] else ""),
        "status": row["status"],
        "received": f"{row['rows_received'] or 0:,}",
        "loaded": f"{row['rows_loaded'] or 0:,}",
        "set_aside": f"{row['rows_set_aside'] or 0:,}",
        "remarks": [
            f"{label}: {row[name]}"
            for label, name in (
                ("Refused", "refused_because"),
                ("Missing headings", "missing_headings"),
                ("Unknown headings", "unknown_headings"),
                ("Notes", "notes"),
            )
            if row[name] and (name != "notes" or not (row["missing_headings"] or row["unknown_headings"]))
        ],
    }


def _check(row: Mapping[str, Any]) -> dict[str, str]:
    return {"check": row["check_code"], "title": row["title"], "table": row["source_table"] or ""}


def _not_checked(checks: pl.DataFrame) -> pl.DataFrame:
    return checks.filter(pl.col("outcome") == "could not be checked")


def _apart_from_first_run(checks: pl.DataFrame) -> pl.DataFrame:
    """Checks that could not run, except those that only lack an earlier delivery to compare with: all are alike."""
    return _not_checked(checks).filter(~pl.col("because").fill_null("").str.starts_with("first run"))


def _by_rule(rows: pl.DataFrame, keys: Sequence[str]) -> list[dict[str, str]]:
    """Rows grouped by table, file and rule: how many, and the first row numbers."""
    grouped = rows.group_by(keys, maintain_order=True).agg(
        pl.len().alias("count"),
        pl.col("row_number").sort().head(MOST_ROWS_ON_THE_PAGE).cast(pl.String).str.join(", ").alias("first_rows"),
    )
    return [
        {
            "table": row["source_table"],
            "file": (row["file"] or "") + (f", sheet {row['sheet']}" if row["sheet"] else ""),
            "rule": row[keys[-1]] or "",
            "count": f"{row['count']:,}",
            "rows": row["first_rows"]
            + (f" and {row['count'] - MOST_ROWS_ON_THE_PAGE:,} more" if row["count"] > MOST_ROWS_ON_THE_PAGE else ""),
        }
        for row in grouped.iter_rows(named=True)
    ]
