"""The report of a nightly run: rows received and loaded, rows set aside, what could not be checked, the figures.

Counts and file names only: no key, no value of a record.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, NamedTuple

import duckdb

from flows.receiving.receive_drop import Receipt
from transforms.evidence.documents import figures
from transforms.evidence.documents.figures import SMALLEST_DENOMINATOR
from warehouse import catalogue


class Arrived(NamedTuple):
    """One table of one file, as in quality.arrivals."""

    source: str
    as_at: str | None
    table: str | None
    file_name: str
    status: str
    received: int | None
    loaded: int | None
    set_aside: int | None
    refused_because: str | None
    notes: str | None


@dataclass(frozen=True, slots=True)
class Report:
    """A run in figures.

    Attributes:
        arrivals: every table of every file used.
        set_aside: table, rule, rows.
        unmatched: table, rows.
        decisions: results of people's decisions about such rows, and how many of each.
        checks: outcome, number of checks, rows that broke them.
        broken: code, table, severity, title and rows of each broken check.
        not_checked: table, promise, skipped or failed, why; without what a first run cannot compare.
        compared: outcome of the comparison with the previous delivery, number of tables.
        since: table, day of the previous delivery, rows new, gone, gone while open, event dates changed; for tables
            with a row gone or an event date changed.
        figures: code, title, period kind, ends on, numerator, denominator, value, unit, why not computable, set aside,
            unmatched, stale, sourced.
        current_figures: code, kind, ends on, numerator, denominator, value of every current period.
        over_the_limit: needed tables with too many rows set aside.
    """

    as_at: str
    ledger_sequence: int
    code_version: str
    arrivals: tuple[Arrived, ...]
    set_aside: tuple[tuple[Any, ...], ...]
    unmatched: tuple[tuple[Any, ...], ...]
    decisions: tuple[tuple[Any, ...], ...]
    sources: tuple[tuple[Any, ...], ...]
    checks: tuple[tuple[Any, ...], ...]
    broken: tuple[tuple[Any, ...], ...]
    coverage: tuple[tuple[Any, ...], ...]
    not_checked: tuple[tuple[Any, ...], ...]
    compared: tuple[tuple[Any, ...], ...]
    since: tuple[tuple[Any, ...], ...]
    figures: tuple[tuple[Any, ...], ...]
    current_figures: tuple[tuple[Any, ...], ...]
    over_the_limit: tuple[str, ...]

    def as_json(self) -> dict[str, Any]:
        """For machines: each arrival under its names."""
        return {**asdict(self), "arrivals": [arrived._asdict() for arrived in self.arrivals]}


def read_report(connection: duckdb.DuckDBPyConnection, set_aside_limit: float) -> Report:
    """Read the report from a finished restricted file.

    Args:
        set_aside_limit: percent of a needed table's rows.
    """
    run = connection.execute("SELECT as_at::VARCHAR, ledger_sequence, code_version FROM quality.run").fetchone()
    assert run is not None
    parts = {name: tuple(connection.execute(query).fetchall()) for name, query in _QUERIES.items()}
    return Report(
        as_at=run[0],
        ledger_sequence=run[1],
        code_version=run[2],
        arrivals=tuple(
            Arrived(*row)
            for row in connection.execute(
                "SELECT source, as_at::VARCHAR, source_table, file_name, status, rows_received, rows_loaded,"
                " rows_set_aside, refused_because, notes FROM quality.arrivals"
                " ORDER BY source, as_at, file_name, source_table"
            ).fetchall()
        ),
        over_the_limit=_over_the_limit(connection, set_aside_limit),
        **parts,
    )


_QUERIES = {
    "set_aside": "SELECT source_table, rule, count(*) FROM quality.rejected_rows GROUP BY ALL ORDER BY ALL",
    "unmatched": "SELECT source_table, count(*) FROM quality.unmatched_rows GROUP BY ALL ORDER BY ALL",
    "decisions": "SELECT outcome, count(*) FROM quality.decisions GROUP BY ALL ORDER BY ALL",
    "sources": "SELECT source, as_at::VARCHAR, is_stale, days_older FROM quality.sources ORDER BY source",
    "checks": "SELECT outcome, count(*), sum(rows_broken)::BIGINT FROM quality.checks GROUP BY ALL ORDER BY ALL",
    "broken": """
        SELECT check_code, source_table, severity, title, rows_broken FROM quality.checks
        WHERE outcome = 'broken' ORDER BY ALL
    """,
    "coverage": "SELECT * FROM quality.coverage",
    "not_checked": """
        SELECT source_table, title, coverage, because FROM quality.checks
        WHERE outcome = 'could not be checked' AND NOT starts_with(coalesce(because, ''), 'first run')
        ORDER BY ALL
    """,
    "compared": "SELECT outcome, count(*) FROM quality.comparisons GROUP BY ALL ORDER BY ALL",
    "since": """
        SELECT source_table, as_at_before::VARCHAR, rows_new, rows_gone, rows_gone_while_open, event_dates_changed
        FROM quality.comparisons WHERE rows_gone > 0 OR event_dates_changed > 0 ORDER BY source_table
    """,
    "figures": """
        SELECT indicator_code, title, period_kind, ends_on::VARCHAR, result.numerator, result.denominator, value, unit,
               not_computable_because, rows_set_aside, rows_unmatched, stale_because, sourced
        FROM profile.indicator_results AS result JOIN profile.indicators USING (indicator_code)
        WHERE is_current AND period_kind IN ('rolling_12_months', 'snapshot')
        ORDER BY family, indicator_code, period_kind
    """,
    "current_figures": """
        SELECT indicator_code, period_kind, ends_on::VARCHAR, numerator, denominator, value
        FROM profile.indicator_results WHERE is_current ORDER BY ALL
    """,
}
"""The parts of a report that are rows of one query each, by their names in `Report`."""


def _over_the_limit(connection: duckdb.DuckDBPyConnection, set_aside_limit: float) -> tuple[str, ...]:
    """Needed tables with more than this percentage of their rows set aside."""
    needed = [table.file for table in catalogue.tables("records") if table.needed]
    over = connection.execute(
        "SELECT DISTINCT source_table FROM quality.arrivals WHERE status = 'loaded' AND list_contains(?, source_table)"
        " AND rows_set_aside * 100.0 > ? * rows_received ORDER BY ALL",
        [needed, set_aside_limit],
    ).fetchall()
    return tuple(row[0] for row in over)


COVERAGE = (
    "kind",
    "source",
    "checks",
    "met",
    "broken",
    "skipped",
    "failed",
    "rows checked",
    "rows that broke them",
)


def issues(connection: duckdb.DuckDBPyConnection) -> str:
    """Every row that breaks a check, with its file and row, as CSV for the people who correct it; keys, no values."""
    return _as_csv(
        ("check", "severity", "table", "file", "sheet", "row", "key", "column", "what is wrong", "team", "what to do"),
        connection.execute(
            """
            SELECT issue.check_code, issue.severity, issue.source_table,
                   coalesce(arrival.file_name, earlier.file_name_before || ' of ' || earlier.as_at_before), issue.sheet,
                   issue.row_number, issue.key, issue.column_name, issue.message, made.team, made.fix
            FROM quality.issues AS issue
            LEFT JOIN (SELECT source_table, extract_id, any_value(file_name) AS file_name
                       FROM quality.arrivals GROUP BY ALL) AS arrival
              ON arrival.source_table = issue.source_table AND arrival.extract_id = issue.extract_id
            LEFT JOIN quality.comparisons AS earlier
              ON earlier.source_table = issue.source_table AND earlier.extract_id_before = issue.extract_id
            LEFT JOIN quality.checks AS made
              ON made.check_code = issue.check_code AND made.source_table = issue.source_table
            ORDER BY made.team, issue.source_table, issue.check_code, issue.row_number, issue.key
            """
        ).fetchall(),
    )


def _as_csv(headings: Sequence[str], rows: Sequence[Sequence[Any]]) -> str:
    written = io.StringIO()
    writer = csv.writer(written, lineterminator="\n")
    writer.writerow(headings)
    writer.writerows(rows)
    return written.getvalue()


def rows_set_aside(connection: duckdb.DuckDBPyConnection) -> str:
    """Where each row set aside is, and why, as CSV for the people who correct it; keys, no content."""
    return _as_csv(
        ("table", "file", "sheet", "row", "key", "rule", "reason"),
        connection.execute(
            """
            SELECT aside.source_table, any_value(arrival.file_name), aside.sheet, aside.row_number, aside.key,
                   aside.rule, aside.reason
            FROM quality.rejected_rows AS aside
            LEFT JOIN quality.arrivals AS arrival
              ON arrival.source_table = aside.source_table AND arrival.extract_id = aside.extract_id
            GROUP BY ALL ORDER BY ALL
            """
        ).fetchall(),
    )


def shown(value: float | None, unit: str, denominator: float | None) -> str:
    """A figure as people read it; no percentage when the denominator is under six (small-number rule S1)."""
    if value is None:
        return "-"
    if unit == "percent" and denominator is not None and denominator < SMALLEST_DENOMINATOR:
        return "n/d"
    return figures.shown(unit, value)


def report_markdown(
    report: Report, receipt: Receipt | None, healed: Sequence[str], *, with_figures: bool = True
) -> str:
    """The report as a page of Markdown, without figures if they may not be shown."""
    parts = [
        _files(report, receipt, healed),
        _rows(report),
        _compared(report),
        _checks(report),
        _figures(report) if with_figures else [],
    ]
    return "\n".join(line for part in parts for line in part) + "\n"


def _files(report: Report, receipt: Receipt | None, healed: Sequence[str]) -> list[str]:
    """The run's as-at date and inputs, and what arrived."""
    lines = [
        f"# Nightly run as at {report.as_at}",
        "",
        f"Built from what was known at ledger entry {report.ledger_sequence}. Code {report.code_version}.",
        "",
    ]
    if receipt is not None:
        lines += [f"{len(receipt.received)} files received, {receipt.known} already known.", ""]
        lines += [f"- not received: {place}" for place in receipt.left_alone] + [""]
    lines += [f"- repaired: {sentence}" for sentence in healed]
    lines += ["", "## Rows received = rows loaded + rows set aside", ""]
    lines += _table(
        ("source", "as at", "table", "file", "status", "received", "loaded", "set aside"),
        [row[:8] for row in report.arrivals],
    )
    refused = [row for row in report.arrivals if row.status == "refused"]
    lines += ["", "## Files refused", ""] if refused else []
    lines += [f"- {row.file_name} ({row.source}): {row.refused_because}" for row in refused]
    noted = [row for row in report.arrivals if row.notes]
    lines += ["", "## Notes on the files", ""] if noted else []
    return lines + [f"- {row.file_name}, {row.table}: {row.notes}" for row in noted]


def _rows(report: Report) -> list[str]:
    """Rows set aside, and partner rows without a child."""
    lines = [
        "",
        "## Rows set aside",
        "",
        "rows_set_aside.csv, next to this page, lists each row with its file and reason; quality.rejected_rows holds"
        " the whole rows.",
        "",
        *_table(("table", "rule", "rows"), report.set_aside),
        "",
        "## Partner rows that match no child",
        "",
        "To list each row with its likely reason, run: daytwo review.",
        "",
        *_table(("table", "rows"), report.unmatched),
    ]
    if report.decisions:
        lines += ["", "Decisions recorded about these rows:", "", *_table(("outcome", "decisions"), report.decisions)]
    return lines


def _compared(report: Report) -> list[str]:
    """What changed since the previous delivery."""
    lines = ["", "## Compared with the previous delivery", "", *_table(("outcome", "tables"), report.compared)]
    if report.since:
        lines += [
            "",
            "Rows no longer delivered, and past events whose date changed:",
            "",
            *_table(("table", "previous", "new", "gone", "gone while open", "date changed"), report.since),
        ]
    return lines


def _checks(report: Report) -> list[str]:
    """The results of the checks, and what could not be checked."""
    return [
        "",
        "## Checks",
        "",
        *_table(("outcome", "checks", "rows that broke them"), report.checks),
        "",
        "checks.html, next to this page, shows every check; issues.csv lists every row that breaks one.",
        "",
        "### Coverage",
        "",
        *_table(COVERAGE, report.coverage),
        "",
        "### Could not be checked",
        "",
        *_table(("table", "check", "skipped or failed", "because"), report.not_checked),
    ]


FIGURES = (
    "code",
    "figure",
    "period",
    "ends on",
    "n",
    "d",
    "value",
    "set aside",
    "unmatched",
    "stale or missing",
    "sourced",
)


def _figures(report: Report) -> list[str]:
    """Every current figure; no percentage when the denominator is under six."""
    rows = []
    for code, title, kind, ends_on, n, d, value, unit, why_not, aside, unmatched, stale, sourced in report.figures:
        missing = why_not or stale or ""
        rows.append(
            (
                code,
                title,
                kind,
                ends_on,
                _count(n),
                _count(d),
                shown(value, unit, d),
                aside,
                unmatched,
                missing,
                sourced,
            )
        )
    return ["", "## Figures", "", *_table(FIGURES, rows)]


def _count(value: float | None) -> str:
    if value is None:
        return "-"
    return f"{value:,.0f}" if value == int(value) else f"{value:,.1f}"


def _table(headings: Sequence[str], rows: Sequence[Sequence[Any]]) -> list[str]:
    if not rows:
        return ["None."]
    cells = [
        [("" if cell is None else str(cell)).replace("|", "\\|").replace("\n", " ") for cell in row] for row in rows
    ]
    return [
        "| " + " | ".join(headings) + " |",
        "|" + " --- |" * len(headings),
        *("| " + " | ".join(row) + " |" for row in cells),
    ]
